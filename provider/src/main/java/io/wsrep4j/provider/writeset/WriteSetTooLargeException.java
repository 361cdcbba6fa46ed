package io.wsrep4j.provider.writeset;

/**
 * The write set would be larger than {@code repl.max_ws_size}, or have more keys than the certification index may hold: the transaction fails with
 * SIZE_EXCEEDED, nothing is sent (docs/spec/writeset-certification.md 7.3).
 */
public final class WriteSetTooLargeException extends Exception {

    private static final long serialVersionUID = 1L;

    WriteSetTooLargeException(long size, long limit) {
        super("transaction size limit exceeded: write set of " + size + " bytes, repl.max_ws_size = " + limit
                + "; split the transaction, or raise the limit (at most 2147483647)");
    }

    private WriteSetTooLargeException(String message) {
        super(message);
    }

    /** The keys alone would break the bound of the certification index. */
    public static WriteSetTooLargeException tooManyKeys(int keys, long bytes, long limit) {
        return new WriteSetTooLargeException(keys + " keys may occupy " + bytes
                + " bytes of the certification index, which exceeds cert.max_index_size = " + limit
                + "; split the transaction, or raise the limit");
    }
}
