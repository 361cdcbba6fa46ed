package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionSource;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.writeset.KeyFormat;
import io.wsrep4j.provider.writeset.WriteSetBuilder;
import io.wsrep4j.provider.writeset.WriteSetFlags;
import io.wsrep4j.provider.writeset.WriteSetFormat;
import io.wsrep4j.provider.writeset.WriteSetKind;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Events that are sent without waiting for their order: rollback fragments and preordered events (docs/spec/replicator-state-transfer.md 7.8 and 11).
 * They come back like remote ones. Thread-safe.
 */
final class AsynchronousSends {

    private final NodeParts node;
    private final TransactionRegistry registry;
    private final Sending sending;
    private final AtomicLong preorderedId = new AtomicLong();

    AsynchronousSends(NodeParts node, TransactionRegistry registry, Sending sending) {
        this.node = node;
        this.registry = registry;
        this.sending = sending;
    }

    /** Sends the rollback of a streaming transaction, ahead of everybody and through flow control. */
    Status rollback(long transactionId, ByteBuffer data) {
        if (!node.situation().mayWrite()) {
            return Status.TRANSACTION_FAIL;
        }
        abortOwner(transactionId);
        WriteSetBuilder gathered = new WriteSetBuilder(node.settings().format());
        if (data != null && data.hasRemaining()) {
            gathered.appendData(data, DataType.ORDERED, false);
        }
        ActionBuffer buffer = sending.seal(
                gathered,
                WriteSetFlags.ROLLBACK_FRAGMENT,
                node.situation().ownId(),
                TransactionSource.UNDEFINED_ID,
                transactionId);
        return sending.sendWithoutWaiting(gathered, buffer, WriteSetKind.ROLLBACK_FRAGMENT, true)
                ? Status.OK
                : Status.TRANSACTION_FAIL;
    }

    /** One of them lost its place in a change of configuration: it is sent again before anything else is taken. Blocks. */
    void sendAgain(GroupAction.LostWriteSet lost) {
        sending.sendAgain(lost.buffer());
    }

    private void abortOwner(long transactionId) {
        LocalTransaction owner = registry.find(transactionId);
        if (owner == null) {
            return;
        }
        synchronized (owner) {
            if (owner.state() == TransactionState.EXECUTING) {
                owner.become(TransactionState.MUST_ABORT);
            }
            if (owner.state() == TransactionState.MUST_ABORT) {
                owner.become(TransactionState.ABORTING);
            }
        }
    }

    Status collectPreordered(WriteSetHandle handle, List<ByteBuffer> data) {
        if (!(handle.opaque() instanceof WriteSetBuilder)) {
            // always the newest format, whatever the group speaks
            handle.setOpaque(
                    new WriteSetBuilder(WriteSetFormat.ofProtocol(WriteSetFormat.MAX_PROTOCOL, KeyFormat.FLAT8)));
        }
        WriteSetBuilder gathered = (WriteSetBuilder) handle.opaque();
        for (int i = 0; i < data.size(); i++) {
            gathered.appendData(data.get(i), DataType.ORDERED, true);
        }
        return Status.OK;
    }

    Status commitPreordered(WriteSetHandle handle, Uuid source, int flags, int parallelRange, boolean commit) {
        Object opaque = handle.opaque();
        handle.setOpaque(null);
        if (!(opaque instanceof WriteSetBuilder gathered) || !commit) {
            return Status.OK;
        }
        if (!node.situation().mayWrite()) {
            return Status.TRANSACTION_FAIL;
        }
        ActionBuffer buffer =
                sending.seal(gathered, flags | WriteSetFlags.PREORDERED, source, 0L, preorderedId.incrementAndGet());
        long range = WriteSetKind.PREORDERED.range(gathered.format().writeSetVersion(), 0, 0, parallelRange);
        return sending.sendPreordered(gathered, buffer, range) ? Status.OK : Status.TRANSACTION_FAIL;
    }
}
