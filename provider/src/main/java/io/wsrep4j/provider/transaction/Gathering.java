package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.DataType;
import io.wsrep4j.api.GatheredWriteSet;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionSource;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.provider.node.NodeParts;
import java.nio.ByteBuffer;
import java.util.List;

/** What a transaction collects before it is certified (docs/spec/replicator-state-transfer.md 7.1). Thread-safe between transactions. */
final class Gathering {

    private final NodeParts node;
    private final TransactionRegistry registry;
    private final Builders builders;

    Gathering(NodeParts node, TransactionRegistry registry, Builders builders) {
        this.node = node;
        this.registry = registry;
        this.builders = builders;
    }

    Status appendKey(WriteSetHandle handle, List<Key> keys, KeyType type) {
        transaction(handle).gathered().appendKeys(keys, type);
        return Status.OK;
    }

    Status appendData(WriteSetHandle handle, List<ByteBuffer> data, DataType type, boolean copy) {
        LocalTransaction transaction = transaction(handle);
        for (int i = 0; i < data.size(); i++) {
            ByteBuffer piece = data.get(i);
            if (!hasRoomFor(transaction, piece.remaining())) {
                return Status.SIZE_EXCEEDED;
            }
            transaction.gathered().appendData(piece, type, copy);
        }
        return Status.OK;
    }

    Status append(WriteSetHandle handle, GatheredWriteSet gathered) {
        LocalTransaction transaction = transaction(handle);
        long bytes = (long) gathered.ordered().remaining()
                + gathered.unordered().remaining()
                + gathered.annotation().remaining();
        if (!hasRoomFor(transaction, bytes)) {
            return Status.SIZE_EXCEEDED;
        }
        transaction.gathered().append(gathered);
        return Status.OK;
    }

    /** Refuses to grow beyond what could ever be sent; certify then says so again, since hosts ignore it here. */
    private boolean hasRoomFor(LocalTransaction transaction, long bytes) {
        if (transaction.isTooLarge()) {
            return false;
        }
        if (transaction.gathered().sealedBytes() + bytes > node.settings().maximumWriteSetBytes()) {
            transaction.markTooLarge();
            return false;
        }
        return true;
    }

    private LocalTransaction transaction(WriteSetHandle handle) {
        return handle.opaque() instanceof LocalTransaction known ? known : registry.findOrMake(handle, this::make);
    }

    private LocalTransaction make(long transactionId) {
        return new LocalTransaction(transactionId, TransactionSource.UNDEFINED_ID, false, builders);
    }
}
