package io.wsrep4j.api;

/**
 * The host's grip on a transaction inside the provider (docs/spec/wsrep-api-v26.md 5.1, {@code wsrep_ws_handle_t}).
 *
 * <p>The host creates it with its own transaction id; the provider hangs its object on it at the first append and takes it off at the
 * release that ends the transaction. Not thread-safe: calls on one handle come from one thread at a time.
 */
public final class WriteSetHandle {

    private final long transactionId;
    private Object opaque;

    /** A handle without a provider's object. */
    public WriteSetHandle(long transactionId) {
        this(transactionId, null);
    }

    /** A handle that already carries the provider's object, as given to {@link Host#apply}. */
    public WriteSetHandle(long transactionId, Object opaque) {
        this.transactionId = transactionId;
        this.opaque = opaque;
    }

    /** The host's id, unsigned; {@link TransactionSource#UNDEFINED_ID} when it has none. */
    public long transactionId() {
        return transactionId;
    }

    /** The provider's object; null before the first append and after the release that ends the transaction. The host never looks inside. */
    public Object opaque() {
        return opaque;
    }

    /** Only for the provider. */
    public void setOpaque(Object opaque) {
        this.opaque = opaque;
    }

    @Override
    public String toString() {
        return "transaction " + Long.toUnsignedString(transactionId);
    }
}
