package io.wsrep4j.provider.writeset;

/** The write set would be larger than {@code repl.max_ws_size}: the transaction fails with SIZE_EXCEEDED, nothing is sent (sheet 7.3). */
public final class WriteSetTooLargeException extends Exception {

    private static final long serialVersionUID = 1L;

    WriteSetTooLargeException(long size, long limit) {
        super("write set of " + size + " bytes exceeds repl.max_ws_size = " + limit
                + "; split the transaction, or raise the limit (at most 2147483647)");
    }
}
