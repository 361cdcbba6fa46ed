package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.TransactionSource;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.provider.certification.Verdict;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.writeset.WriteSetBuilder;
import io.wsrep4j.provider.writeset.WriteSetFlags;
import io.wsrep4j.provider.writeset.WriteSetKind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;

/** Total order isolation, and non-blocking operations, at their origin (docs/spec/replicator-state-transfer.md 10). Thread-safe. */
final class Isolation {

    private static final Duration POLL = Duration.ofSeconds(1);

    private final NodeParts node;
    private final TransactionRegistry registry;
    private final Builders builders;
    private final Replication replication;
    private final CertificationTurn certificationTurn;
    private final ErrorVoting voting;
    private final EventEnd eventEnd;
    private final Sending sending;
    private final NonBlockingWaits nonBlocking;
    private final Acknowledgement acknowledgement;

    Isolation(
            NodeParts node,
            TransactionRegistry registry,
            Builders builders,
            Replication replication,
            CertificationTurn certificationTurn,
            ErrorVoting voting,
            EventEnd eventEnd,
            Sending sending,
            NonBlockingWaits nonBlocking,
            Acknowledgement acknowledgement) {
        this.node = node;
        this.registry = registry;
        this.builders = builders;
        this.replication = replication;
        this.certificationTurn = certificationTurn;
        this.voting = voting;
        this.eventEnd = eventEnd;
        this.sending = sending;
        this.nonBlocking = nonBlocking;
        this.acknowledgement = acknowledgement;
    }

    Status start(long connectionId, List<Key> keys, List<ByteBuffer> data, int requested, TransactionMeta meta) {
        int whole = requested & (TransactionFlags.TRX_START | TransactionFlags.TRX_END);
        boolean contradictory =
                (requested & TransactionFlags.TRX_END) != 0 && (requested & TransactionFlags.ROLLBACK) != 0;
        if (whole == 0 || contradictory) {
            meta.setUnordered();
            return Status.CONNECTION_FAIL;
        }
        LocalTransaction transaction =
                new LocalTransaction(TransactionSource.UNDEFINED_ID, connectionId, true, builders);
        if (!registry.addIsolated(connectionId, transaction)) {
            warn(connectionId, "has not ended its isolated action");
            meta.setUnordered();
            return Status.CONNECTION_FAIL;
        }
        int flags = requested | TransactionFlags.ISOLATION;
        boolean end = WriteSetFlags.isNonBlockingEnd(flags);
        WriteSetBuilder gathered = transaction.gathered();
        for (int i = 0; i < keys.size(); i++) {
            gathered.appendKey(keys.get(i), KeyType.EXCLUSIVE);
        }
        for (int i = 0; i < data.size() && !end; i++) {
            gathered.appendData(data.get(i), DataType.ORDERED, false);
        }
        try {
            return end ? endNonBlocking(transaction, flags, meta) : order(transaction, flags, meta);
        } catch (Throwable thrown) {
            registry.removeIsolated(connectionId);
            if (!transaction.isBeyondRecall()) {
                throw thrown;
            }
            return node.failStop().failed("isolating an action", transaction.orderedSeqno(), thrown);
        }
    }

    private Status order(LocalTransaction transaction, int flags, TransactionMeta meta) {
        meta.setUnordered();
        meta.setSource(node.situation().ownId(), TransactionSource.UNDEFINED_ID, transaction.connectionId());
        boolean ordered = false;
        try {
            Status status = replication.order(transaction, flags, meta);
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
        Verdict verdict = certificationTurn.takeRegardless(ordered);
        isolate(ordered, meta);
        synchronized (transaction) {
            if (verdict == Verdict.FAILED) {
                transaction.become(TransactionState.ABORTING);
                return Status.TRANSACTION_FAIL;
            }
            transaction.become(TransactionState.APPLYING);
            transaction.become(TransactionState.COMMITTING);
        }
        markUnsafe(ordered);
        return Status.OK;
    }

    /** Blocks until everything before is settled; nothing later begins from then on. */
    private void isolate(OrderedEvent ordered, TransactionMeta meta) {
        node.orders().apply().enterRegardless(ordered.seqno(), ordered.seqno() - 1);
        ordered.phase(OrderedEvent.Phase.APPLYING);
        node.orders().enterCommitRegardless(ordered.seqno(), ordered.isLocal());
        ordered.phase(OrderedEvent.Phase.COMMITTING);
        meta.setOrdered(node.situation().history(), ordered.seqno(), ordered.seqno() - 1);
    }

    private void markUnsafe(OrderedEvent ordered) {
        if (WriteSetFlags.isNonBlockingEnd(ordered.flags())) {
            return; // since its start
        }
        node.savedState().markUnsafe();
        if (WriteSetFlags.isNonBlockingStart(ordered.flags())) {
            nonBlocking.begin(ordered.seqno());
        }
    }

    private void markSafe(OrderedEvent ordered) {
        if (WriteSetFlags.isFailed(ordered.flags()) || WriteSetFlags.isNonBlockingStart(ordered.flags())) {
            return;
        }
        node.savedState().markSafe();
        if (WriteSetFlags.isNonBlockingEnd(ordered.flags())) {
            nonBlocking.finish(ordered.ordered().endsNonBlocking());
        }
    }

    /** This member has ended an operation; blocks until all have. {@code meta} says with which seqno it began. */
    private Status endNonBlocking(LocalTransaction transaction, int flags, TransactionMeta meta) {
        long start = meta.seqno();
        meta.setUnordered();
        meta.setSource(node.situation().ownId(), TransactionSource.UNDEFINED_ID, transaction.connectionId());
        Status status = Status.CONNECTION_FAIL;
        try {
            if (!nonBlocking.announce(start)) {
                warn(transaction.connectionId(), "ends non-blocking operation " + start + ", which is not open here");
                return status;
            }
            ByteBuffer which = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            transaction.gathered().appendData(which.putLong(0, start), DataType.ORDERED, true);
            synchronized (transaction) {
                transaction.sending(true);
            }
            status = sendEnd(transaction, flags);
            if (status == Status.OK) {
                status = awaitEnd(transaction, start, flags, meta);
            } else {
                nonBlocking.take(start);
            }
            return status;
        } finally {
            transaction.forgetGathered();
            if (status != Status.OK) {
                registry.removeIsolated(transaction.connectionId());
            }
        }
    }

    private Status sendEnd(LocalTransaction transaction, int flags) {
        WriteSetBuilder gathered = transaction.gathered();
        ActionBuffer buffer = sending.seal(
                gathered, flags, node.situation().ownId(), transaction.connectionId(), TransactionSource.UNDEFINED_ID);
        if (sending.sendWithoutWaiting(gathered, buffer, WriteSetKind.NON_BLOCKING_END, false)) {
            return Status.OK;
        }
        return node.situation().state().isOpen() ? Status.CONNECTION_FAIL : Status.NODE_FAIL;
    }

    private Status awaitEnd(LocalTransaction transaction, long start, int flags, TransactionMeta meta) {
        boolean again = false;
        NonBlockingWaits.Wake wake = NonBlockingWaits.Wake.TIME;
        while (wake != NonBlockingWaits.Wake.ENDED
                && wake != NonBlockingWaits.Wake.LOST
                && node.situation().state().isOpen()
                && !node.situation().isCorrupt()) {
            wake = nonBlocking.await(start, POLL);
            // at the change itself this node may not be ready to send yet: then later
            again |= wake == NonBlockingWaits.Wake.MEMBERS_CHANGED;
            if (again && node.situation().mayWrite()) {
                again = sendEnd(transaction, flags) != Status.OK;
            }
        }
        OrderedEvent end = nonBlocking.take(start);
        if (end != null) {
            return begin(transaction, end, meta);
        }
        node.log()
                .error("Closing during nonblocking operation " + start + ": this node cannot learn its end any more,"
                        + " and the others go on with it. The node needs a full state transfer");
        node.savedState().markCorrupt();
        return Status.FATAL;
    }

    /** The end that had an effect: its turn, as at the start. */
    private Status begin(LocalTransaction transaction, OrderedEvent end, TransactionMeta meta) {
        synchronized (transaction) {
            transaction.ordered(end);
            transaction.become(TransactionState.REPLICATING);
            transaction.become(TransactionState.CERTIFYING);
        }
        isolate(end, meta);
        synchronized (transaction) {
            transaction.become(TransactionState.APPLYING);
            transaction.become(TransactionState.COMMITTING);
        }
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
        if (error != null) {
            // what the group makes of it is no matter of the host's, whose action is over: a node that was outvoted is
            // leaving already
            voting.vote(ordered, error);
        }
        node.orders().commit().leave(ordered.seqno());
        ordered.phase(OrderedEvent.Phase.COMMITTED);
        eventEnd.settle(ordered);
        markSafe(ordered);
        registry.removeIsolated(connectionId);
        acknowledgement.await(ordered);
        return Status.OK;
    }
}
