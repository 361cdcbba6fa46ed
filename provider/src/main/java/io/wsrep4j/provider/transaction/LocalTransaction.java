package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.gcomm.group.SendTicket;
import io.wsrep4j.provider.writeset.WriteSetBuilder;

/**
 * A transaction of this node, from its first append to the release that ends it (docs/spec/replicator-state-transfer.md 6).
 *
 * <p>The host's thread owns the gathering and the ordered write set; {@link #state} and what belongs to it are guarded by this object's lock,
 * because a brute-force abort comes from another thread. Nobody waits while holding the lock.
 */
final class LocalTransaction {

    private final long transactionId;
    private final boolean isolated;
    private final Builders builders;
    private WriteSetBuilder gathered;

    private TransactionState state = TransactionState.EXECUTING;
    private int flags = TransactionFlags.TRX_START;
    private long connectionId;
    private OrderedEvent ordered;
    private SendTicket ticket;
    private long lastFragmentSeqno = Seqno.UNDEFINED;
    private Runnable whenPlaced;
    private boolean abortDeferred;
    private boolean tooLarge;
    private boolean sending;

    LocalTransaction(long transactionId, long connectionId, boolean isolated, Builders builders) {
        this.transactionId = transactionId;
        this.connectionId = connectionId;
        this.isolated = isolated;
        this.builders = builders;
    }

    long transactionId() {
        return transactionId;
    }

    /** Total order isolation: belongs to a connection, not to a transaction id. */
    boolean isIsolated() {
        return isolated;
    }

    /** What was gathered since the last write set. */
    WriteSetBuilder gathered() {
        if (gathered == null) {
            gathered = builders.take();
        }
        return gathered;
    }

    long connectionId() {
        return connectionId;
    }

    void connectionId(long id) {
        connectionId = id;
    }

    /** Guarded by the lock. */
    TransactionState state() {
        return state;
    }

    /**
     * Guarded by the lock.
     *
     * @throws IllegalStateException if docs/spec/replicator-state-transfer.md 6.1 knows no such transition
     */
    void become(TransactionState next) {
        if (!state.maybeFollowedBy(next)) {
            throw new IllegalStateException(
                    "transaction " + Long.toUnsignedString(transactionId) + " cannot go from " + state + " to " + next);
        }
        state = next;
    }

    int flags() {
        return flags;
    }

    void flags(int newFlags) {
        flags = newFlags;
    }

    /** The write set that was ordered last and is not settled; null if none. Guarded by the lock. */
    OrderedEvent ordered() {
        return ordered;
    }

    void ordered(OrderedEvent writeSet) {
        ordered = writeSet;
        sending = false;
        if (writeSet != null) {
            lastFragmentSeqno = writeSet.seqno();
        }
    }

    /** From now on the group may have it, or part of it. Guarded by the lock. */
    void sending(boolean begun) {
        sending = begun;
    }

    /** The others may have what this transaction sent: whatever goes wrong now goes wrong with something that is ordered. */
    synchronized boolean isBeyondRecall() {
        return sending || ordered != null;
    }

    /** Seqno of what was ordered last and is not settled; {@link Seqno#UNDEFINED} if nothing. */
    synchronized long orderedSeqno() {
        return ordered == null ? Seqno.UNDEFINED : ordered.seqno();
    }

    /** Place among the senders while there is one; null otherwise. Guarded by the lock. */
    SendTicket ticket() {
        return ticket;
    }

    void ticket(SendTicket newTicket) {
        ticket = newTicket;
    }

    /** What the host wants to be run once its write set cannot be overtaken; null for nothing. The host's thread only. */
    void whenPlaced(Runnable task) {
        whenPlaced = task;
    }

    boolean awaitsPlace() {
        return whenPlaced != null;
    }

    /** Runs that task, once. */
    void tellPlaced() {
        Runnable task = whenPlaced;
        whenPlaced = null;
        if (task != null) {
            task.run();
        }
    }

    /** Seqno of the fragment before, {@link Seqno#UNDEFINED} if there was none. */
    long lastFragmentSeqno() {
        return lastFragmentSeqno;
    }

    /** A fragment was aborted inside the commit order: its release has to tell. Guarded by the lock. */
    boolean isAbortDeferred() {
        return abortDeferred;
    }

    void abortDeferred(boolean deferred) {
        abortDeferred = deferred;
    }

    /** An append was refused, and must not be forgotten although the host may go on to certify. */
    boolean isTooLarge() {
        return tooLarge;
    }

    void markTooLarge() {
        tooLarge = true;
    }

    void forgetGathered() {
        if (gathered != null) {
            builders.give(gathered);
            gathered = null;
        }
        tooLarge = false;
    }
}
