package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.TransactionSource;
import io.wsrep4j.api.WriteSetHandle;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

/** The local transactions that the provider knows, by transaction id, and total order isolation by connection. Thread-safe. */
final class TransactionRegistry {

    private final ConcurrentHashMap<Long, LocalTransaction> byTransaction = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, LocalTransaction> byConnection = new ConcurrentHashMap<>();

    /** The transaction behind a handle; null if the provider knows none. */
    LocalTransaction find(WriteSetHandle handle) {
        if (handle.opaque() instanceof LocalTransaction known) {
            return known;
        }
        return handle.opaque() == null ? find(handle.transactionId()) : null;
    }

    /** The transaction of this id; null if unknown. */
    LocalTransaction find(long transactionId) {
        return transactionId == TransactionSource.UNDEFINED_ID ? null : byTransaction.get(transactionId);
    }

    /** The transaction behind a handle, made and hung on the handle if there is none. */
    LocalTransaction findOrMake(WriteSetHandle handle, LongFunction<LocalTransaction> maker) {
        LocalTransaction transaction = find(handle);
        if (transaction == null) {
            transaction = byTransaction.computeIfAbsent(handle.transactionId(), maker::apply);
        }
        handle.setOpaque(transaction);
        return transaction;
    }

    /** Forgets a transaction. */
    void remove(LocalTransaction transaction) {
        byTransaction.remove(transaction.transactionId(), transaction);
    }

    /** The isolated action of a connection; null if it has none. */
    LocalTransaction findIsolated(long connectionId) {
        return byConnection.get(connectionId);
    }

    /** Begins an isolated action; false if the connection has one already. */
    boolean addIsolated(long connectionId, LocalTransaction transaction) {
        return byConnection.putIfAbsent(connectionId, transaction) == null;
    }

    /** Ends a connection's isolated action. */
    void removeIsolated(long connectionId) {
        byConnection.remove(connectionId);
    }

    /** True if one of them may be ordered and has not ended. */
    boolean anyBeyondRecall() {
        return byTransaction.values().stream().anyMatch(LocalTransaction::isBeyondRecall)
                || byConnection.values().stream().anyMatch(LocalTransaction::isBeyondRecall);
    }

    int transactions() {
        return byTransaction.size();
    }

    int connections() {
        return byConnection.size();
    }
}
