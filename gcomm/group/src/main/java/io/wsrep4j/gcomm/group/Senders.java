package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Uuid;
import java.util.Arrays;

/** Who sent the last write sets: as many as a node may be behind with before it is held or fails. Owned by {@link Votes}. */
public final class Senders {

    private static final int KEPT = 1 << 15;

    private final Uuid[] senders = new Uuid[KEPT];
    private long last = -1L;

    /** The next write set; seqnos grow, those between have none. */
    void ordered(long seqno, Uuid sender) {
        for (long skipped = Math.max(last + 1, seqno - KEPT + 1); skipped < seqno; skipped++) {
            senders[(int) skipped & KEPT - 1] = null;
        }
        senders[(int) seqno & KEPT - 1] = sender;
        last = seqno;
    }

    /** Null if that is not known. */
    Uuid of(long seqno) {
        return seqno < 0 || seqno > last || seqno <= last - KEPT ? null : senders[(int) seqno & KEPT - 1];
    }

    /** Seqno of the last write set; -1 if there was none. */
    long last() {
        return last;
    }

    /** Another history begins, or this one goes back. */
    void forget() {
        Arrays.fill(senders, null);
        last = -1L;
    }
}
