package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which nodes the sender found slow, and how often (docs/spec/gcomm-evs.md 15). */
final class DelayedListMessage extends EvsMessage {

    static final int MAXIMUM_ENTRIES = 255;
    static final int MAXIMUM_COUNT = 255;

    private final SortedMap<Uuid, Integer> counts;

    DelayedListMessage(
            int flags, int version, long fifoSeq, Uuid source, ViewId sourceView, SortedMap<Uuid, Integer> counts) {
        super(flags, version, fifoSeq, source, sourceView);
        this.counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
    }

    @Override
    Type type() {
        return Type.DELAYED_LIST;
    }

    @Override
    EvsOrder order() {
        return EvsOrder.DROP;
    }

    @Override
    boolean isMembership() {
        return true;
    }

    SortedMap<Uuid, Integer> counts() {
        return counts;
    }
}
