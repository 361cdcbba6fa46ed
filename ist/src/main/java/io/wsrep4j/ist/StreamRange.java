package io.wsrep4j.ist;

import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Seqno;

/**
 * Which seqno may come next in a donor's stream, and where the stream may end: whatever lies outside is refused before a byte of it is stored
 * (docs/spec/replicator-state-transfer.md 21.1, 31.10, and the end of 18: a donor sends up to the last configuration change before the request's
 * place in the group's order). Owned by the receiver's thread.
 */
final class StreamRange {

    private final IstNeed need;
    private final long firstToApply;
    private final long end;
    private long current = Seqno.UNDEFINED;
    private boolean preloading;

    /**
     * @param firstToApply where applying starts; nothing may be left out from there on
     * @param end the last seqno that the group can have meant; the stream may end from {@link IstNeed#last} to it
     */
    StreamRange(IstNeed need, long firstToApply, long end) {
        this.need = need;
        this.firstToApply = firstToApply;
        this.end = Math.max(end, need.last());
    }

    /** Takes the next ordered message. */
    void next(IstMessage message) throws IstException {
        long seqno = message.seqno();
        if (current == Seqno.UNDEFINED) {
            if (seqno < 1 || seqno > firstToApply) {
                throw refused("IST started with wrong seqno: " + seqno + ", expected at most: " + firstToApply);
            }
        } else if (seqno != current + 1) {
            throw refused("Unexpected action seqno: " + seqno + " expected: " + (current + 1));
        }
        if (seqno > end) {
            throw refused("IST goes beyond what was asked for: seqno " + seqno + ", expected last: " + end);
        }
        if (!message.preload() && (preloading || seqno < need.first())) {
            throw refused(
                    preloading
                            ? "seqno " + seqno + " leaves a hole in the certification index, which began before it"
                            : "seqno " + seqno + " was not asked for, and is not for the certification index; "
                                    + (need.first() == Long.MAX_VALUE
                                            ? "nothing else is"
                                            : "asked for: " + need.first() + " and on"));
        }
        preloading = message.preload();
        current = seqno;
    }

    /** The donor says that this was all. */
    void ends() throws IstException {
        if (current < need.last()) {
            throw IstException.incomplete(need.last(), current);
        }
    }

    /** The last one taken, or undefined. */
    long current() {
        return current;
    }

    boolean mustApply() {
        return current >= firstToApply;
    }

    private static IstException refused(String what) {
        return new IstException(Errno.EINVAL, what);
    }
}
