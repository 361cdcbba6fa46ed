package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.Status;
import io.wsrep4j.provider.node.NodeParts;
import java.nio.ByteBuffer;

/** commit_order_enter and commit_order_leave (docs/spec/replicator-state-transfer.md 7.7). Thread-safe. */
final class CommitSection {

    private final NodeParts node;
    private final ErrorVoting voting;

    CommitSection(NodeParts node, ErrorVoting voting) {
        this.node = node;
        this.voting = voting;
    }

    /** For appliers and replay: nothing interrupts them. */
    Status enter(OrderedEvent writeSet) {
        node.orders().enterCommitRegardless(writeSet.seqno(), writeSet.isLocal());
        writeSet.phase(OrderedEvent.Phase.COMMITTING);
        return Status.OK;
    }

    Status enter(LocalTransaction transaction) {
        OrderedEvent ordered;
        synchronized (transaction) {
            ordered = transaction.ordered();
            if (ordered == null) {
                return Status.TRANSACTION_FAIL;
            }
            if (transaction.state() == TransactionState.MUST_ABORT) {
                return sortOutHit(transaction, ordered);
            }
            if (!mayEnter(transaction.state())) {
                return Status.NOT_ALLOWED;
            }
        }
        if (ordered.phase().compareTo(OrderedEvent.Phase.APPLYING) < 0) {
            node.orders().apply().enterRegardless(ordered.seqno(), ordered.applyPrerequisite());
            ordered.phase(OrderedEvent.Phase.APPLYING);
        }
        synchronized (transaction) {
            if (transaction.state() == TransactionState.MUST_ABORT) {
                return sortOutHit(transaction, ordered);
            }
            transaction.become(
                    transaction.state() == TransactionState.ABORTING
                            ? TransactionState.ROLLING_BACK
                            : TransactionState.COMMITTING);
        }
        if (ordered.phase() == OrderedEvent.Phase.COMMITTING) {
            return Status.OK;
        }
        return waitForTurn(transaction, ordered);
    }

    private static boolean mayEnter(TransactionState state) {
        return state == TransactionState.APPLYING
                || state == TransactionState.ABORTING
                || state == TransactionState.REPLAYING;
    }

    private static Status sortOutHit(LocalTransaction transaction, OrderedEvent ordered) {
        if (ordered.commits()) {
            transaction.become(TransactionState.MUST_REPLAY);
            return Status.BF_ABORT;
        }
        transaction.become(TransactionState.ABORTING);
        return Status.TRANSACTION_FAIL;
    }

    private Status waitForTurn(LocalTransaction transaction, OrderedEvent ordered) {
        boolean entered = node.orders().enterCommit(ordered.seqno(), ordered.isLocal());
        synchronized (transaction) {
            if (entered) {
                ordered.phase(OrderedEvent.Phase.COMMITTING);
            }
            boolean hit = transaction.state() == TransactionState.MUST_ABORT;
            if (entered && !(hit && !ordered.commits())) {
                return Status.OK;
            }
            return sortOutHit(transaction, ordered);
        }
    }

    Status leave(OrderedEvent writeSet, ByteBuffer error) {
        if (writeSet.phase() != OrderedEvent.Phase.COMMITTING) {
            return Status.NOT_ALLOWED;
        }
        Status status = error == null ? Status.OK : voting.vote(writeSet, error);
        node.orders().commit().leave(writeSet.seqno());
        writeSet.phase(OrderedEvent.Phase.COMMITTED);
        return status;
    }

    Status leave(LocalTransaction transaction, ByteBuffer error) {
        OrderedEvent ordered;
        synchronized (transaction) {
            ordered = transaction.ordered();
            if (ordered == null || ordered.phase() != OrderedEvent.Phase.COMMITTING) {
                return Status.NOT_ALLOWED;
            }
            if (transaction.state() == TransactionState.MUST_ABORT) {
                transaction.become(TransactionState.ABORTING);
            }
        }
        Status status = leave(ordered, error);
        synchronized (transaction) {
            switch (transaction.state()) {
                case ABORTING -> transaction.abortDeferred(true);
                case MUST_ABORT -> {
                    // hit between the two blocks: only a fragment can be
                    transaction.become(TransactionState.ABORTING);
                    transaction.abortDeferred(true);
                }
                case ROLLING_BACK -> transaction.become(TransactionState.ROLLED_BACK);
                default -> transaction.become(TransactionState.COMMITTED);
            }
        }
        return status;
    }
}
