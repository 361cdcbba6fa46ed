package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.TransactionSource;
import io.wsrep4j.provider.certification.Verdict;
import io.wsrep4j.provider.writeset.WriteSetBuilder;
import io.wsrep4j.provider.writeset.WriteSetFlags;
import java.nio.ByteBuffer;
import java.util.List;

/** Total order isolation at its origin (sheet replicator-state-transfer, 10). Thread-safe. */
final class Isolation {

    private final NodeParts node;
    private final TransactionRegistry registry;
    private final Builders builders;
    private final Replication replication;
    private final LocalStep localStep;
    private final ErrorVoting voting;
    private final Settling settling;

    Isolation(
            NodeParts node,
            TransactionRegistry registry,
            Builders builders,
            Replication replication,
            LocalStep localStep,
            ErrorVoting voting,
            Settling settling) {
        this.node = node;
        this.registry = registry;
        this.builders = builders;
        this.replication = replication;
        this.localStep = localStep;
        this.voting = voting;
        this.settling = settling;
    }

    Status start(long connectionId, List<Key> keys, List<ByteBuffer> data, int requested, TransactionMeta meta) {
        int whole = requested & (TransactionFlags.TRX_START | TransactionFlags.TRX_END);
        boolean contradictory =
                (requested & TransactionFlags.TRX_END) != 0 && (requested & TransactionFlags.ROLLBACK) != 0;
        if (whole == 0 || contradictory) {
            meta.setUnordered();
            return Status.CONNECTION_FAIL;
        }
        if (whole != (TransactionFlags.TRX_START | TransactionFlags.TRX_END)) {
            warn(connectionId, "asks for a non-blocking operation, which is not supported");
            meta.setUnordered();
            return Status.NOT_IMPLEMENTED;
        }
        LocalTransaction transaction =
                new LocalTransaction(TransactionSource.UNDEFINED_ID, connectionId, true, builders);
        if (!registry.addIsolated(connectionId, transaction)) {
            warn(connectionId, "has not ended its isolated action");
            meta.setUnordered();
            return Status.CONNECTION_FAIL;
        }
        WriteSetBuilder gathered = transaction.gathered();
        for (int i = 0; i < keys.size(); i++) {
            gathered.appendKey(keys.get(i), KeyType.EXCLUSIVE);
        }
        for (int i = 0; i < data.size(); i++) {
            gathered.appendData(data.get(i), DataType.ORDERED, false);
        }
        return replicate(transaction, requested | TransactionFlags.ISOLATION, meta);
    }

    private Status replicate(LocalTransaction transaction, int flags, TransactionMeta meta) {
        meta.setUnordered();
        meta.setSource(node.situation().ownId(), TransactionSource.UNDEFINED_ID, transaction.connectionId());
        boolean ordered = false;
        try {
            Status status = replication.replicate(transaction, flags, meta);
            ordered = meta.isOrdered();
            return status == Status.OK ? begin(transaction, meta) : status;
        } finally {
            transaction.forgetGathered();
            if (!ordered) {
                registry.removeIsolated(transaction.connectionId());
            }
        }
    }

    private void warn(long connectionId, String what) {
        node.log().warn("connection " + Long.toUnsignedString(connectionId) + " " + what);
    }

    private Status begin(LocalTransaction transaction, TransactionMeta meta) {
        OrderedEvent ordered = transaction.ordered();
        Verdict verdict = localStep.certifyRegardless(ordered);
        node.orders().apply().enterRegardless(ordered.seqno(), ordered.seqno() - 1);
        ordered.phase(OrderedEvent.Phase.APPLYING);
        node.orders().enterCommitRegardless(ordered);
        ordered.phase(OrderedEvent.Phase.COMMITTING);
        meta.setOrdered(node.situation().history(), ordered.seqno(), ordered.seqno() - 1);
        synchronized (transaction) {
            if (verdict == Verdict.FAILED) {
                transaction.become(TransactionState.ABORTING);
                return Status.TRANSACTION_FAIL;
            }
            transaction.become(TransactionState.APPLYING);
            transaction.become(TransactionState.COMMITTING);
        }
        node.savedState().markUnsafe();
        return Status.OK;
    }

    Status end(long connectionId, ByteBuffer error) {
        LocalTransaction transaction = registry.findIsolated(connectionId);
        if (transaction == null || transaction.ordered() == null) {
            warn(connectionId, "has no isolated action to end");
            return Status.CONNECTION_FAIL;
        }
        OrderedEvent ordered = transaction.ordered();
        if (ordered.phase() != OrderedEvent.Phase.COMMITTING) {
            return Status.CONNECTION_FAIL;
        }
        Status status = error == null ? Status.OK : voting.vote(ordered, error);
        node.orders().commit().leave(ordered.seqno());
        ordered.phase(OrderedEvent.Phase.COMMITTED);
        settling.settle(ordered);
        if (!WriteSetFlags.isFailed(ordered.flags())) {
            node.savedState().markSafe();
        }
        registry.removeIsolated(connectionId);
        return status;
    }
}
