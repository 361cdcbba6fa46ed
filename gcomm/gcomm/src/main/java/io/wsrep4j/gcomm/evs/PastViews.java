package io.wsrep4j.gcomm.evs;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Views that are over; messages from them are ignored (docs/spec/gcomm-evs.md 10.3). */
final class PastViews {

    /** More than any group has in a day; a bound for what a broken peer can make us remember. */
    private static final int MOST = 1 << 12;

    private final Environment env;
    private final CurrentView current;
    private final Map<ViewId, Long> seenAt = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ViewId, Long> eldest) {
            return size() > MOST;
        }
    };

    PastViews(Environment env, CurrentView current) {
        this.env = env;
        this.current = current;
    }

    void add(Collection<ViewId> views) {
        for (ViewId view : views) {
            seenAt.put(view, env.now());
        }
    }

    /** True if a message was sent in a view that is over. */
    boolean contain(EvsMessage message) {
        ViewId view = message.sourceView();
        if (view.equals(current.id())) {
            // a JOIN that named it too early must not make us deaf to ourselves
            return false;
        }
        return seenAt.containsKey(view) || view.seq() < current.id().seq() && current.hasMember(message.source());
    }

    void expire() {
        long oldest = env.now() - env.settings().viewForgetTimeout();
        seenAt.values().removeIf(at -> at < oldest);
    }
}
