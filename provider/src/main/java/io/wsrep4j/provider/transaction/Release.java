package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.Status;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.provider.node.NodeParts;

/** release(): the host has done with a transaction, or with a fragment of one (docs/spec/replicator-state-transfer.md 7.7). Thread-safe. */
final class Release {

    private final NodeParts node;
    private final TransactionRegistry registry;
    private final CertificationTurn certificationTurn;
    private final EventEnd eventEnd;

    Release(NodeParts node, TransactionRegistry registry, CertificationTurn certificationTurn, EventEnd eventEnd) {
        this.node = node;
        this.registry = registry;
        this.certificationTurn = certificationTurn;
        this.eventEnd = eventEnd;
    }

    Status release(WriteSetHandle handle) {
        LocalTransaction transaction = registry.find(handle);
        if (transaction == null) {
            return Status.OK;
        }
        boolean committed;
        synchronized (transaction) {
            if (transaction.state() == TransactionState.ABORTING && transaction.isAbortDeferred()) {
                return releaseDeferred(transaction);
            }
            committed = transaction.state() == TransactionState.COMMITTED;
        }
        if (committed) {
            releaseCommitted(transaction, handle);
        } else {
            rollBack(transaction);
            forget(transaction, handle);
        }
        return Status.OK;
    }

    /** The fragment has committed in order, but its transaction lost: it must be rolled back with a fragment of its own. */
    private Status releaseDeferred(LocalTransaction transaction) {
        transaction.abortDeferred(false);
        OrderedEvent ordered = transaction.ordered();
        if (ordered != null) {
            eventEnd.settle(ordered);
            transaction.ordered(null);
        }
        return Status.BF_ABORT;
    }

    private void releaseCommitted(LocalTransaction transaction, WriteSetHandle handle) {
        OrderedEvent ordered = transaction.ordered();
        boolean whole = ordered.commits();
        eventEnd.settle(ordered);
        node.figures().countCommit();
        if (whole) {
            forget(transaction, handle);
            return;
        }
        synchronized (transaction) {
            transaction.ordered(null);
            if (transaction.state() == TransactionState.COMMITTED) {
                transaction.become(TransactionState.EXECUTING);
            }
            if (transaction.isAbortDeferred()) {
                transaction.abortDeferred(false);
                transaction.become(TransactionState.MUST_ABORT);
            }
        }
    }

    private void forget(LocalTransaction transaction, WriteSetHandle handle) {
        transaction.forgetGathered();
        registry.remove(transaction);
        handle.setOpaque(null);
    }

    /** This node has failed, and nobody will pass the orders any more: all that is left of the transaction is forgotten. */
    void abandon(WriteSetHandle handle) {
        LocalTransaction transaction = registry.find(handle);
        if (transaction != null) {
            forget(transaction, handle);
        }
    }

    /** Walks an ordered write set that the host gave up through whatever it has not passed yet. Blocks for earlier seqnos. */
    void rollBack(LocalTransaction transaction) {
        OrderedEvent ordered;
        synchronized (transaction) {
            ordered = transaction.ordered();
            if (transaction.state() == TransactionState.MUST_ABORT) {
                warnIfMustReplay(transaction, ordered);
                transaction.become(TransactionState.ABORTING);
            }
            if (transaction.state() == TransactionState.ABORTING || transaction.state() == TransactionState.EXECUTING) {
                transaction.become(TransactionState.ROLLED_BACK);
            }
        }
        if (ordered == null) {
            return;
        }
        passRemaining(ordered);
        eventEnd.settle(ordered);
    }

    private void warnIfMustReplay(LocalTransaction transaction, OrderedEvent ordered) {
        if (ordered != null && ordered.commits()) {
            node.log()
                    .warn("transaction " + Long.toUnsignedString(transaction.transactionId())
                            + " is released although it was to be replayed: " + ordered);
        }
    }

    private void passRemaining(OrderedEvent ordered) {
        if (ordered.phase() == OrderedEvent.Phase.REPLICATING) {
            certificationTurn.giveUp(ordered);
        }
        if (ordered.phase() == OrderedEvent.Phase.CERTIFYING) {
            node.orders().apply().enterRegardless(ordered.seqno(), 0);
            ordered.phase(OrderedEvent.Phase.APPLYING);
        }
        if (ordered.phase() == OrderedEvent.Phase.APPLYING) {
            node.orders().enterCommitRegardless(ordered.seqno(), ordered.isLocal());
            ordered.phase(OrderedEvent.Phase.COMMITTING);
        }
        if (ordered.phase() == OrderedEvent.Phase.COMMITTING) {
            node.orders().commit().leave(ordered.seqno());
            ordered.phase(OrderedEvent.Phase.COMMITTED);
        }
    }
}
