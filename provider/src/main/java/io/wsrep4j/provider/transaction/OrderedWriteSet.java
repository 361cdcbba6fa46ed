package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.TransactionSource;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.provider.writeset.WriteSet;
import io.wsrep4j.provider.writeset.WriteSetFlags;

/**
 * A write set with its place in the group's order (sheet replicator-state-transfer, 6.2 to 6.4). It is what a host gets hold of when it applies,
 * and what a local transaction carries once it is ordered.
 *
 * <p>Handed from thread to thread, one owner at a time; {@link #phase} says which orders it has been through, and so what still has to pass.
 */
final class OrderedWriteSet implements Comparable<OrderedWriteSet> {

    /** The orders passed so far; entered after the step succeeded. */
    enum Phase {
        REPLICATING,
        /** Has been through the local order. */
        CERTIFYING,
        /** Holds its place in the apply order. */
        APPLYING,
        /** Holds its place in the commit order. */
        COMMITTING,
        /** Has left the commit order. */
        COMMITTED
    }

    private final WriteSet writeSet;
    private final ActionBuffer buffer;
    private final long localSeqno;
    private final long seqno;
    private final boolean local;
    private int flags;
    private long dependsOn;
    private volatile Phase phase = Phase.REPLICATING;
    private boolean certified;
    private boolean errorReported;

    OrderedWriteSet(WriteSet writeSet, ActionBuffer buffer, long localSeqno, long seqno, boolean local) {
        this.writeSet = writeSet;
        this.buffer = buffer;
        this.localSeqno = localSeqno;
        this.seqno = seqno;
        this.local = local;
        this.flags = writeSet.flags();
        this.dependsOn = presetDependency();
    }

    private long presetDependency() {
        if ((flags & (TransactionFlags.ISOLATION | TransactionFlags.PA_UNSAFE)) != 0) {
            return seqno - 1;
        }
        long lastSeen = lastSeen();
        if ((flags & TransactionFlags.IMPLICIT_DEPS) != 0) {
            return lastSeen;
        }
        boolean presetByOrigin = writeSet.version() >= FIRST_VERSION_WITH_RANGE;
        return presetByOrigin ? Math.max(lastSeen - writeSet.parallelRange(), Seqno.UNDEFINED) : Seqno.UNDEFINED;
    }

    private static final int FIRST_VERSION_WITH_RANGE = 5;

    WriteSet writeSet() {
        return writeSet;
    }

    ActionBuffer buffer() {
        return buffer;
    }

    /** Place in the order of this node; {@link GroupAction#NO_LOCAL_SEQNO} when it came by state transfer. */
    long localSeqno() {
        return localSeqno;
    }

    long seqno() {
        return seqno;
    }

    /** It was made by a transaction of this node that waits for it. */
    boolean isLocal() {
        return local;
    }

    /** What had been settled at the origin when it was sent. */
    long lastSeen() {
        return (flags & WriteSetFlags.PREORDERED) != 0 ? seqno - 1 : writeSet.seqnoField();
    }

    /** {@link WriteSetFlags}, with ROLLBACK once it failed certification. */
    int flags() {
        return flags;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    boolean commits() {
        return has(TransactionFlags.TRX_END);
    }

    void markFailed() {
        flags |= TransactionFlags.ROLLBACK;
    }

    long dependsOn() {
        return dependsOn;
    }

    void dependsOn(long newDependency) {
        dependsOn = newDependency;
    }

    Phase phase() {
        return phase;
    }

    void phase(Phase next) {
        phase = next;
    }

    boolean isCertified() {
        return certified;
    }

    void markCertified() {
        certified = true;
    }

    /** The host has told of an error through the commit order, and it was voted on. */
    boolean isErrorReported() {
        return errorReported;
    }

    void markErrorReported() {
        errorReported = true;
    }

    /** What the apply order waits for: a local transaction's row locks have ordered it already. */
    long applyPrerequisite() {
        return local && !has(TransactionFlags.ISOLATION) ? Seqno.UNDEFINED : dependsOn;
    }

    void describe(TransactionMeta meta, Uuid history) {
        meta.setOrdered(history, seqno, dependsOn);
        meta.setSource(writeSet.source(), writeSet.transactionId(), writeSet.connectionId());
    }

    TransactionSource source() {
        return new TransactionSource(writeSet.source(), writeSet.transactionId(), writeSet.connectionId());
    }

    @Override
    public int compareTo(OrderedWriteSet other) {
        return Long.compare(localSeqno, other.localSeqno);
    }

    @Override
    public String toString() {
        return "seqno " + seqno + " (" + phase + ", depends on " + dependsOn + "): " + writeSet;
    }
}
