package io.wsrep4j.api;

/**
 * Where a transaction comes from (docs/spec/wsrep-api-v26.md 3.3, {@code wsrep_stid_t}). Immutable.
 *
 * @param node the member that originated it
 * @param transactionId its id there, unsigned; {@link #UNDEFINED_ID} for total order isolation
 * @param connectionId the connection there, unsigned; {@link #UNDEFINED_ID} when unknown
 */
public record TransactionSource(Uuid node, long transactionId, long connectionId) {

    /** All bits set: no such id. */
    public static final long UNDEFINED_ID = -1L;

    /** Nothing known. */
    public static final TransactionSource UNDEFINED = new TransactionSource(Uuid.UNDEFINED, UNDEFINED_ID, UNDEFINED_ID);
}
