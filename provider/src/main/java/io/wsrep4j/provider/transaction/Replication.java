package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.TransactionSource;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.gcache.CacheFullException;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.provider.certification.Verdict;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.order.SenderGate;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import io.wsrep4j.provider.writeset.WriteSetKind;
import io.wsrep4j.provider.writeset.WriteSetTooLargeException;
import java.util.concurrent.TimeUnit;

/** certify(): a local write set gets its place in the order and its verdict (docs/spec/replicator-state-transfer.md 7.2 to 7.5). Thread-safe. */
final class Replication {

    private static final int ONCE_ONLY = TransactionFlags.TRX_START | TransactionFlags.TRX_PREPARE;

    /** How long a transaction waits for the end of a pause, with whatever it has locked at the host. */
    private static final long PAUSE_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final NodeParts node;
    private final TransactionRegistry registry;
    private final Sending sending;
    private final CertificationTurn certificationTurn;
    private final Acknowledgement acknowledgement;

    Replication(
            NodeParts node,
            TransactionRegistry registry,
            Sending sending,
            CertificationTurn certificationTurn,
            Acknowledgement acknowledgement) {
        this.node = node;
        this.registry = registry;
        this.sending = sending;
        this.certificationTurn = certificationTurn;
        this.acknowledgement = acknowledgement;
    }

    Status orderAndCertify(
            long connectionId, WriteSetHandle handle, int requested, TransactionMeta meta, Runnable placed) {
        LocalTransaction transaction = registry.find(handle);
        if (transaction == null) {
            return nothingGathered(meta);
        }
        meta.setUnordered();
        meta.setSource(node.situation().ownId(), transaction.transactionId(), meta.connectionId());
        transaction.whenPlaced(placed);
        try {
            return mayBeSent(transaction)
                    ? orderUnlessPaused(connectionId, transaction, requested, meta)
                    : Status.NOT_ALLOWED;
        } finally {
            transaction.whenPlaced(null);
            // whatever came of it: what was gathered may lie in memory that is the host's again
            transaction.forgetGathered();
        }
    }

    private Status orderUnlessPaused(
            long connectionId, LocalTransaction transaction, int requested, TransactionMeta meta) {
        transaction.connectionId(connectionId);
        int flags = transaction.flags() | requested;
        boolean rollback = (requested & TransactionFlags.ROLLBACK) != 0;
        if (rollback) {
            if ((transaction.flags() & TransactionFlags.TRX_START) != 0) {
                return Status.TRANSACTION_MISSING;
            }
            flags |= TransactionFlags.PA_UNSAFE;
            synchronized (transaction) {
                if (transaction.state() == TransactionState.ABORTING) {
                    transaction.become(TransactionState.EXECUTING);
                }
            }
        }
        if (rollback) {
            Status status = order(transaction, flags, meta);
            return status == Status.OK ? passUncertified(transaction) : status;
        }
        SenderGate gate = node.orders().senders();
        if (!gate.tryEnter() && !gate.enter(PAUSE_PATIENCE_NANOS, () -> mayNotWait(transaction))) {
            return refuseDuringPause(transaction);
        }
        try {
            Status status = order(transaction, flags, meta);
            return status == Status.OK ? takeVerdict(transaction, meta) : status;
        } finally {
            gate.leave();
        }
    }

    private boolean mayNotWait(LocalTransaction transaction) {
        return isHit(transaction) || !node.situation().mayWrite();
    }

    /** Whoever paused may wait for what this transaction has locked: nothing of it is ordered, so the host takes it for a lost conflict. */
    private Status refuseDuringPause(LocalTransaction transaction) {
        Status refused = refuse(transaction);
        return node.situation().mayWrite() ? Status.TRANSACTION_FAIL : refused;
    }

    /** Read-only transactions come here; ending somebody else's detached transaction is not a thing any known host asks for. */
    private Status nothingGathered(TransactionMeta meta) {
        if (meta.transactionId() != TransactionSource.UNDEFINED_ID) {
            node.log()
                    .warn("cannot end detached transaction " + Long.toUnsignedString(meta.transactionId()) + " of node "
                            + meta.sourceNode() + ": not supported");
            meta.setUnordered();
            return Status.NOT_IMPLEMENTED;
        }
        meta.setUnordered();
        return Status.OK;
    }

    /** Brings the gathered write set into the group's order; on OK the transaction is CERTIFYING and holds it. */
    Status order(LocalTransaction transaction, int flags, TransactionMeta meta) {
        if (!node.situation().mayWrite() || isHit(transaction)) {
            return refuse(transaction);
        }
        WriteSetKind kind = Sending.kind(transaction, flags);
        Status prepared = prepare(transaction, kind);
        if (prepared != Status.OK) {
            return prepared;
        }
        ActionBuffer buffer;
        try {
            buffer = sending.seal(
                    transaction.gathered(),
                    flags,
                    node.situation().ownId(),
                    transaction.connectionId(),
                    transaction.transactionId());
        } catch (CacheFullException e) {
            node.log()
                    .error("transaction " + Long.toUnsignedString(transaction.transactionId()) + ": " + e.getMessage());
            return Status.SIZE_EXCEEDED;
        }
        synchronized (transaction) {
            if (transaction.state() != TransactionState.EXECUTING) {
                buffer.release();
                return refuse(transaction);
            }
            transaction.become(TransactionState.REPLICATING);
            transaction.sending(true);
        }
        ReplicationResult result = sending.sendUntilOrdered(transaction, buffer, kind);
        if (result.status() != ReplicationResult.Status.ORDERED) {
            buffer.release();
            return refuse(transaction);
        }
        return attach(transaction, buffer, result, meta);
    }

    private static boolean mayBeSent(LocalTransaction transaction) {
        synchronized (transaction) {
            return switch (transaction.state()) {
                case EXECUTING, MUST_ABORT, ABORTING -> true;
                default -> false;
            };
        }
    }

    private static boolean isHit(LocalTransaction transaction) {
        synchronized (transaction) {
            return transaction.state() != TransactionState.EXECUTING;
        }
    }

    private Status prepare(LocalTransaction transaction, WriteSetKind kind) {
        transaction.gathered().appendZeroLevelKey(kind);
        try {
            transaction.gathered().checkSize(node.settings().maximumWriteSetBytes());
            node.certification().checkRoom(transaction.gathered());
        } catch (WriteSetTooLargeException e) {
            node.log()
                    .warn(e.getMessage() + " (transaction " + Long.toUnsignedString(transaction.transactionId()) + ")");
            return Status.SIZE_EXCEEDED;
        }
        return transaction.isTooLarge() ? Status.SIZE_EXCEEDED : Status.OK;
    }

    /** Nothing was ordered: an abort that comes this early looks to the host like a lost connection. */
    private Status refuse(LocalTransaction transaction) {
        synchronized (transaction) {
            if (transaction.state() == TransactionState.EXECUTING
                    || transaction.state() == TransactionState.REPLICATING) {
                transaction.become(TransactionState.MUST_ABORT);
            }
            if (transaction.state() == TransactionState.MUST_ABORT) {
                transaction.become(TransactionState.ABORTING);
            }
            transaction.ordered(null);
        }
        return node.situation().isCorrupt() ? Status.NODE_FAIL : Status.CONNECTION_FAIL;
    }

    private Status attach(
            LocalTransaction transaction, ActionBuffer buffer, ReplicationResult result, TransactionMeta meta) {
        OrderedEvent ordered = adopt(buffer, result);
        node.figures().countReplicated(ordered.writeSet());
        meta.setOrdered(node.situation().history(), ordered.seqno(), ordered.dependsOn());
        if (!transaction.isIsolated()) {
            transaction.flags(transaction.flags() & ~ONCE_ONLY);
        }
        synchronized (transaction) {
            transaction.ordered(ordered);
            if (transaction.state() != TransactionState.MUST_ABORT) {
                transaction.become(TransactionState.CERTIFYING);
                return Status.OK;
            }
        }
        return interruptedBeforeCertification(transaction, ordered);
    }

    private OrderedEvent adopt(ActionBuffer buffer, ReplicationResult result) {
        try {
            return OrderedEvent.fromGroup(
                    sending.read(buffer, result.seqno(), node.situation().ownId()),
                    buffer,
                    result.localSeqno(),
                    result.seqno(),
                    true);
        } catch (CorruptWriteSetException e) {
            throw new IllegalStateException("own write set cannot be read back; memory is damaged", e);
        }
    }

    private Status passUncertified(LocalTransaction transaction) {
        OrderedEvent ordered = transaction.ordered();
        synchronized (transaction) {
            transaction.become(TransactionState.ABORTING);
        }
        certificationTurn.giveUp(ordered);
        return Status.OK;
    }

    private Status interruptedBeforeCertification(LocalTransaction transaction, OrderedEvent ordered) {
        if (ordered.commits()) {
            synchronized (transaction) {
                transaction.become(TransactionState.MUST_REPLAY);
            }
            return Status.BF_ABORT;
        }
        synchronized (transaction) {
            transaction.become(TransactionState.ABORTING);
        }
        certificationTurn.giveUp(ordered);
        return Status.TRANSACTION_FAIL;
    }

    private Status takeVerdict(LocalTransaction transaction, TransactionMeta meta) {
        OrderedEvent ordered = transaction.ordered();
        Verdict verdict = certificationTurn.take(ordered);
        if (verdict == null) {
            return interruptedBeforeCertification(transaction, ordered);
        }
        if (verdict == Verdict.FAILED) {
            node.figures().countCertificationFailure();
            meta.setOrdered(node.situation().history(), ordered.seqno(), -1L);
            synchronized (transaction) {
                abortInPlace(transaction);
            }
            return Status.TRANSACTION_FAIL;
        }
        meta.setOrdered(node.situation().history(), ordered.seqno(), ordered.dependsOn());
        synchronized (transaction) {
            if (transaction.state() == TransactionState.MUST_ABORT) {
                transaction.become(ordered.commits() ? TransactionState.MUST_REPLAY : TransactionState.ABORTING);
                return Status.BF_ABORT;
            }
            transaction.become(TransactionState.APPLYING);
        }
        Status status = enterApply(transaction, ordered);
        if (status == Status.OK) {
            acknowledgement.await(ordered);
        }
        return status;
    }

    private static void abortInPlace(LocalTransaction transaction) {
        if (transaction.state() != TransactionState.ABORTING) {
            transaction.become(TransactionState.ABORTING);
        }
    }

    private Status enterApply(LocalTransaction transaction, OrderedEvent ordered) {
        boolean entered = node.orders().apply().enter(ordered.seqno(), ordered.applyPrerequisite());
        synchronized (transaction) {
            if (entered) {
                ordered.phase(OrderedEvent.Phase.APPLYING);
                // hit just now: commit_order_enter, or replay, will sort it out
                return transaction.state() == TransactionState.MUST_ABORT ? Status.BF_ABORT : Status.OK;
            }
            boolean commits = ordered.commits();
            transaction.become(commits ? TransactionState.MUST_REPLAY : TransactionState.ABORTING);
            return commits ? Status.BF_ABORT : Status.TRANSACTION_FAIL;
        }
    }
}
