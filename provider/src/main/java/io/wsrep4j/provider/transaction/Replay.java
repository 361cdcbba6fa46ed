package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.provider.certification.Verdict;
import io.wsrep4j.provider.node.NodeParts;

/**
 * replay_trx(): applies a transaction again that lost against a brute-force abort after it was ordered (docs/spec/replicator-state-transfer.md 7.9).
 */
final class Replay {

    private final NodeParts node;
    private final TransactionRegistry registry;
    private final CertificationTurn certificationTurn;
    private final HostCalls host;
    private final Acknowledgement acknowledgement;

    Replay(
            NodeParts node,
            TransactionRegistry registry,
            CertificationTurn certificationTurn,
            HostCalls host,
            Acknowledgement acknowledgement) {
        this.node = node;
        this.registry = registry;
        this.certificationTurn = certificationTurn;
        this.host = host;
        this.acknowledgement = acknowledgement;
    }

    Status replay(WriteSetHandle handle, ApplierContext context) {
        LocalTransaction transaction = registry.find(handle);
        if (transaction == null) {
            return Status.TRANSACTION_MISSING;
        }
        OrderedEvent ordered;
        synchronized (transaction) {
            ordered = transaction.ordered();
            if (ordered == null || !ordered.commits() || !makeReady(transaction)) {
                return Status.NOT_ALLOWED;
            }
        }
        if (ordered.phase() == OrderedEvent.Phase.REPLICATING
                && certificationTurn.takeRegardless(ordered) == Verdict.FAILED) {
            node.figures().countCertificationFailure();
            synchronized (transaction) {
                transaction.become(TransactionState.ABORTING);
            }
            return Status.TRANSACTION_FAIL;
        }
        if (ordered.phase() == OrderedEvent.Phase.CERTIFYING) {
            node.orders().apply().enterRegardless(ordered.seqno(), ordered.applyPrerequisite());
            ordered.phase(OrderedEvent.Phase.APPLYING);
        }
        node.figures().countReplay();
        node.orders().commit().await(ordered.seqno() - 1);
        synchronized (transaction) {
            transaction.become(TransactionState.REPLAYING);
        }
        return apply(transaction, ordered, context);
    }

    /** The host may come here although certify said OK: an abort was on its way just then. */
    private static boolean makeReady(LocalTransaction transaction) {
        switch (transaction.state()) {
            case APPLYING -> {
                transaction.become(TransactionState.MUST_ABORT);
                transaction.become(TransactionState.MUST_REPLAY);
            }
            case MUST_ABORT -> transaction.become(TransactionState.MUST_REPLAY);
            case MUST_REPLAY -> {
                // as it should be
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private Status apply(LocalTransaction transaction, OrderedEvent ordered, ApplierContext context) {
        ApplyResult result = host.apply(context, ordered, node.situation().history());
        boolean passed;
        synchronized (transaction) {
            passed = ordered.phase() == OrderedEvent.Phase.COMMITTED
                    && transaction.state() == TransactionState.COMMITTED;
        }
        if (result != ApplyResult.FAILURE && passed) {
            acknowledgement.await(ordered);
            return Status.OK;
        }
        node.situation()
                .declareInconsistent(
                        "replay failed (" + result + (passed ? "" : ", commit order not left") + "): " + ordered);
        return Status.NODE_FAIL;
    }
}
