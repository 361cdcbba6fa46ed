package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.provider.certification.OrderedWriteSet;
import io.wsrep4j.provider.writeset.WriteSet;
import io.wsrep4j.provider.writeset.WriteSetFlags;

/**
 * A write set on its way through the orders (docs/spec/replicator-state-transfer.md 6.2 and 6.3). It is what a host gets hold of when it applies, and
 * what a local transaction carries once it is ordered.
 *
 * <p>Handed from thread to thread, one owner at a time; {@link #phase} says which orders it has been through, and so what still has to pass.
 */
public final class OrderedEvent implements Comparable<OrderedEvent> {

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

    private final OrderedWriteSet ordered;
    private final ActionBuffer buffer;
    private final long localSeqno;
    private final boolean local;
    private volatile Phase phase = Phase.REPLICATING;
    private volatile boolean givenUp;
    private boolean errorReported;

    private OrderedEvent(OrderedWriteSet ordered, ActionBuffer buffer, long localSeqno, boolean local) {
        this.ordered = ordered;
        this.buffer = buffer;
        this.localSeqno = localSeqno;
        this.local = local;
    }

    /** A write set as the group has just ordered it. */
    static OrderedEvent fromGroup(WriteSet writeSet, ActionBuffer buffer, long localSeqno, long seqno, boolean local) {
        return new OrderedEvent(OrderedWriteSet.fromGroup(writeSet, seqno), buffer, localSeqno, local);
    }

    /** A write set of the past, certified where it comes from. */
    static OrderedEvent fromHistory(WriteSet writeSet, ActionBuffer buffer) {
        OrderedEvent event =
                new OrderedEvent(OrderedWriteSet.fromHistory(writeSet), buffer, GroupAction.NO_LOCAL_SEQNO, false);
        event.phase = Phase.CERTIFYING;
        return event;
    }

    /** What certification sees of it. */
    public OrderedWriteSet ordered() {
        return ordered;
    }

    WriteSet writeSet() {
        return ordered.writeSet();
    }

    /** Where the bytes lie. */
    ActionBuffer buffer() {
        return buffer;
    }

    /** Place in the order of this node; {@link GroupAction#NO_LOCAL_SEQNO} when it came by state transfer. */
    long localSeqno() {
        return localSeqno;
    }

    /** Its global seqno. */
    public long seqno() {
        return ordered.seqno();
    }

    /** It was made by a transaction of this node that waits for it. */
    boolean isLocal() {
        return local;
    }

    /** {@link WriteSetFlags}, with ROLLBACK once it failed certification. */
    int flags() {
        return ordered.flags();
    }

    /** The start or an end of a non-blocking operation. */
    public boolean isNonBlocking() {
        return WriteSetFlags.isNonBlockingStart(flags()) || WriteSetFlags.isNonBlockingEnd(flags());
    }

    boolean commits() {
        return (ordered.flags() & TransactionFlags.TRX_END) != 0;
    }

    /** Final after certification. */
    long dependsOn() {
        return ordered.dependsOn();
    }

    Phase phase() {
        return phase;
    }

    void phase(Phase next) {
        phase = next;
    }

    /** Its owner left it to be certified, and settled there, by whoever comes next: nobody else may let go of its bytes. */
    boolean isGivenUp() {
        return givenUp;
    }

    void markGivenUp() {
        givenUp = true;
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
        return local && !WriteSetFlags.isTotalOrder(flags()) ? Seqno.UNDEFINED : ordered.dependsOn();
    }

    void describe(TransactionMeta meta, Uuid history) {
        meta.setOrdered(history, seqno(), dependsOn());
        meta.setSource(
                writeSet().source(), writeSet().transactionId(), writeSet().connectionId());
    }

    /** By local seqno. */
    @Override
    public int compareTo(OrderedEvent other) {
        return Long.compare(localSeqno, other.localSeqno);
    }

    @Override
    public String toString() {
        return "(" + phase + ") " + ordered;
    }
}
