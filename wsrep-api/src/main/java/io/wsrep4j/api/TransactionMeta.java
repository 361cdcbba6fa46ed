package io.wsrep4j.api;

/**
 * Position, origin and dependency of an event (docs/spec/wsrep-api-v26.md 3.3, {@code wsrep_trx_meta_t}).
 *
 * <p>A mutable carrier, filled by the provider as an out-parameter and reused by its owner so that the hot path allocates nothing. Not
 * thread-safe: it belongs to the calling thread for the length of the call, and nobody keeps a reference after it.
 */
public final class TransactionMeta {

    private Uuid historyUuid = Uuid.UNDEFINED;
    private long seqno = Seqno.UNDEFINED;
    private Uuid sourceNode = Uuid.UNDEFINED;
    private long transactionId = TransactionSource.UNDEFINED_ID;
    private long connectionId = TransactionSource.UNDEFINED_ID;
    private long dependsOn = Seqno.UNDEFINED;

    /** Everything undefined again. */
    public void clear() {
        setUnordered();
        setSource(Uuid.UNDEFINED, TransactionSource.UNDEFINED_ID, TransactionSource.UNDEFINED_ID);
    }

    /** "Not ordered": both halves of the GTID and the dependency become undefined; the source stays. */
    public void setUnordered() {
        historyUuid = Uuid.UNDEFINED;
        seqno = Seqno.UNDEFINED;
        dependsOn = Seqno.UNDEFINED;
    }

    /** Sets position and dependency. */
    public void setOrdered(Uuid history, long orderedSeqno, long dependsOnSeqno) {
        historyUuid = history;
        seqno = orderedSeqno;
        dependsOn = dependsOnSeqno;
    }

    /** Sets the origin. */
    public void setSource(Uuid node, long transaction, long connection) {
        sourceNode = node;
        transactionId = transaction;
        connectionId = connection;
    }

    /** True unless both halves of the GTID are undefined. */
    public boolean isOrdered() {
        return seqno != Seqno.UNDEFINED || !historyUuid.isUndefined();
    }

    /** The history that {@link #seqno()} counts in. */
    public Uuid historyUuid() {
        return historyUuid;
    }

    /** The global seqno. */
    public long seqno() {
        return seqno;
    }

    /** A fresh immutable copy of the position. */
    public Gtid gtid() {
        return new Gtid(historyUuid, seqno);
    }

    /** The member that originated the event. */
    public Uuid sourceNode() {
        return sourceNode;
    }

    /** The transaction's id at its origin; {@link TransactionSource#UNDEFINED_ID} for total order isolation. */
    public long transactionId() {
        return transactionId;
    }

    /** The connection at the origin. */
    public long connectionId() {
        return connectionId;
    }

    /** The event may be applied once this seqno and everything before it is settled. */
    public long dependsOn() {
        return dependsOn;
    }

    @Override
    public String toString() {
        return historyUuid + ":" + seqno + " source " + sourceNode + " trx " + Long.toUnsignedString(transactionId)
                + " conn " + Long.toUnsignedString(connectionId) + " depends " + dependsOn;
    }
}
