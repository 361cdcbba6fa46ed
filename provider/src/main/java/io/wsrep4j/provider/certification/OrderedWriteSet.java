package io.wsrep4j.provider.certification;

import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.provider.writeset.WriteSet;
import io.wsrep4j.provider.writeset.WriteSetFlags;

/**
 * A write set at its place in the total order, with what certification needs to know and what it found out (docs/spec/writeset-certification.md
 * 8.2).
 *
 * <p>Not thread-safe: it belongs to the thread that certifies it, then to the one that applies it.
 */
public final class OrderedWriteSet {

    private static final int FIRST_VERSION_WITH_RANGE = 5;

    private final WriteSet writeSet;
    private final long seqno;
    private final long lastSeen;
    private final boolean alreadyCertified;
    private int flags;
    private long dependsOn;
    private boolean endsNonBlocking;
    private int pendingEpoch = PendingWriteSets.NOT_PENDING;

    private OrderedWriteSet(WriteSet writeSet, long seqno, long lastSeen, long dependsOn, boolean alreadyCertified) {
        this.writeSet = writeSet;
        this.seqno = seqno;
        this.lastSeen = lastSeen;
        this.dependsOn = Math.min(dependsOn, seqno - 1);
        this.alreadyCertified = alreadyCertified;
        flags = writeSet.flags();
    }

    /** A write set as the group has just ordered it. */
    public static OrderedWriteSet fromGroup(WriteSet writeSet, long seqno) {
        int flags = writeSet.flags();
        long lastSeen = (flags & WriteSetFlags.PREORDERED) != 0 ? seqno - 1 : writeSet.seqnoField();
        long dependsOn = -1;
        if ((flags & (TransactionFlags.ISOLATION | TransactionFlags.PA_UNSAFE)) != 0) {
            dependsOn = seqno - 1;
        } else {
            if (writeSet.version() >= FIRST_VERSION_WITH_RANGE) {
                dependsOn = Math.max(lastSeen - writeSet.parallelRange(), -1);
            }
            if ((flags & TransactionFlags.IMPLICIT_DEPS) != 0) {
                dependsOn = lastSeen;
            }
        }
        return new OrderedWriteSet(writeSet, seqno, lastSeen, dependsOn, false);
    }

    /**
     * A write set from somebody's cache, certified there already: its header tells its seqno and dependency.
     *
     * @throws IllegalArgumentException if the copy was never certified
     */
    public static OrderedWriteSet fromHistory(WriteSet writeSet) {
        if (!writeSet.isCertified()) {
            throw new IllegalArgumentException("not a certified copy: " + writeSet);
        }
        long seqno = writeSet.seqnoField();
        boolean end = WriteSetFlags.isNonBlockingEnd(writeSet.flags());
        return new OrderedWriteSet(writeSet, seqno, -1, end ? -1 : seqno - writeSet.parallelRange(), true);
    }

    /** The bytes. */
    public WriteSet writeSet() {
        return writeSet;
    }

    /** Place in the total order. */
    public long seqno() {
        return seqno;
    }

    /** What its origin had settled when it sent it; -1 if it comes from history. */
    public long lastSeen() {
        return lastSeen;
    }

    /** It may be applied once this seqno and everything below is; negative: at once. Final after certification. */
    public long dependsOn() {
        return dependsOn;
    }

    /** {@link WriteSetFlags}; ROLLBACK is added when certification fails. */
    public int flags() {
        return flags;
    }

    /** True if it comes from history: then it never fails. */
    public boolean alreadyCertified() {
        return alreadyCertified;
    }

    /** True once it failed: it is to be applied without effect. */
    public boolean hasFailed() {
        return WriteSetFlags.isFailed(flags);
    }

    /** The start seqno of the non-blocking operation that this write set ended for all members; -1 if none. */
    public long endsNonBlocking() {
        return endsNonBlocking ? writeSet.nonBlockingStart() : Seqno.UNDEFINED;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    void dependOn(long atLeast) {
        setDependsOn(Math.max(dependsOn, atLeast));
    }

    /** On nothing after it, whatever its header claims: it would never be applied. */
    void setDependsOn(long exactly) {
        dependsOn = Math.min(exactly, seqno - 1);
    }

    void fail() {
        flags |= TransactionFlags.ROLLBACK;
    }

    void endNonBlocking() {
        endsNonBlocking = true;
    }

    int pendingEpoch() {
        return pendingEpoch;
    }

    void setPendingEpoch(int epoch) {
        pendingEpoch = epoch;
    }

    @Override
    public String toString() {
        return "seqno " + seqno + ", last seen " + lastSeen + ", depends on " + dependsOn + ", "
                + WriteSetFlags.describe(flags) + ": " + writeSet;
    }
}
