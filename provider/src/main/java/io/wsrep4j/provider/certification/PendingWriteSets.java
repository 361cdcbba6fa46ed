package io.wsrep4j.provider.certification;

import io.wsrep4j.api.Seqno;

/**
 * Write sets certified but not yet through the apply monitor, by what they had seen; and when to tell the group how far this node is
 * (docs/spec/writeset-certification.md 8.12).
 *
 * <p>Thread-safe: certification adds, appliers take away, each under this object's lock for a few dozen nanoseconds.
 */
final class PendingWriteSets {

    static final int NOT_PENDING = -1;

    private static final int REPORT_AFTER_KEYS = 1024;
    private static final long REPORT_AFTER_BYTES = 128L << 20;
    private static final int REPORT_AFTER_WRITE_SETS = 127;

    private final LongMinQueue lastSeen = new LongMinQueue();
    private int epoch;
    private long safe = Seqno.UNDEFINED;
    private long reported = Seqno.UNDEFINED;

    private long keys;
    private long bytes;
    private long writeSets;

    /** Nothing pending; everything up to {@code safeSeqno} may be discarded. */
    synchronized void restart(long safeSeqno) {
        lastSeen.clear();
        epoch++;
        safe = safeSeqno;
        reported = Seqno.UNDEFINED;
        keys = 0;
        bytes = 0;
        writeSets = 0;
    }

    /**
     * A write set was certified, whatever the verdict: it is pending if it comes from the group.
     *
     * @param keyCount key records that count towards the next report: those of a write set that passed the key test
     * @param byteCount bytes that count: those of a write set that went as far as the key test
     * @param passed whether it passed the key test
     */
    synchronized void certified(OrderedWriteSet writeSet, int keyCount, int byteCount, boolean passed) {
        bytes += byteCount;
        keys += keyCount;
        writeSets += passed ? 1 : 0;
        if (!writeSet.alreadyCertified()) {
            lastSeen.add(writeSet.lastSeen());
            writeSet.setPendingEpoch(epoch);
        }
    }

    /**
     * A write set has left the apply monitor.
     *
     * @return the seqno to report to the group as this node's last committed; -1 if it is not time
     */
    synchronized long left(OrderedWriteSet writeSet) {
        if (writeSet.pendingEpoch() == epoch) {
            if (lastSeen.size() == 1) {
                safe = writeSet.lastSeen();
            }
            lastSeen.remove(writeSet.lastSeen());
        }
        writeSet.setPendingEpoch(NOT_PENDING);
        if (keys <= REPORT_AFTER_KEYS && bytes <= REPORT_AFTER_BYTES && writeSets <= REPORT_AFTER_WRITE_SETS) {
            return Seqno.UNDEFINED;
        }
        keys = 0;
        bytes = 0;
        writeSets = 0;
        long discardable = safeToDiscard();
        if (discardable <= reported) {
            return Seqno.UNDEFINED;
        }
        reported = discardable;
        return discardable;
    }

    /** Everything up to here was seen by every write set that this node still has to apply. */
    synchronized long safeToDiscard() {
        return lastSeen.size() == 0 ? safe : lastSeen.min() - 1;
    }

    /** As {@link #safeToDiscard}; but if nothing is still to be applied here, everything certified so far. */
    synchronized long settledUpTo(long position) {
        return lastSeen.size() == 0 ? position : lastSeen.min() - 1;
    }
}
