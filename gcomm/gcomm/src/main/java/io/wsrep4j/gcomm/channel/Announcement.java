package io.wsrep4j.gcomm.channel;

import io.wsrep4j.gcomm.evs.Evs;
import java.util.concurrent.CompletableFuture;

/**
 * A joiner's first steps: it calls until somebody is known, for a while, and then joins in earnest (docs/spec/gcomm-transport-pc.md 14.1, 4 and 5).
 * Owned by the channel's lock.
 */
final class Announcement {

    private static final long PERIOD_NANOS = 500_000_000L;

    private final Evs evs;
    private final CompletableFuture<Void> joined = new CompletableFuture<>();
    private long next = Long.MAX_VALUE;
    private long end;

    Announcement(Evs evs) {
        this.evs = evs;
    }

    /** Completes when the node has joined in earnest. */
    CompletableFuture<Void> joined() {
        return joined;
    }

    /** Calls for at most so long; a bootstrapping node does not call. */
    void begin(boolean bootstrap, long timeoutNanos, long nowNanos) {
        end = nowNanos + Math.min(timeoutNanos, Long.MAX_VALUE - nowNanos);
        if (bootstrap) {
            joinInEarnest(nowNanos);
        } else {
            next = nowNanos;
            onTime(nowNanos);
        }
    }

    void onTime(long nowNanos) {
        if (next == Long.MAX_VALUE || nowNanos < next && !evs.knowsOthers()) {
            return;
        }
        switch (evs.state()) {
            case JOINING -> {
                if (evs.knowsOthers() || nowNanos >= end) {
                    joinInEarnest(nowNanos);
                } else {
                    evs.announce(nowNanos);
                    next = Math.min(nowNanos + PERIOD_NANOS, end);
                }
            }
            case CLOSED, LEAVING -> cancel();
            case GATHER, INSTALL, OPERATIONAL -> done();
        }
    }

    private void joinInEarnest(long nowNanos) {
        evs.join(nowNanos);
        done();
    }

    private void done() {
        next = Long.MAX_VALUE;
        joined.complete(null);
    }

    void cancel() {
        next = Long.MAX_VALUE;
        joined.cancel(false);
    }

    long nextDeadlineNanos() {
        return next;
    }
}
