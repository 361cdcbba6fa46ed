package io.wsrep4j.api;

/** Result of a provider call (docs/spec/wsrep-api-v26.md 3.2). The code is the value in the C interface. */
public enum Status {
    /** Done. */
    OK(0),
    /** A minor problem, logged. */
    WARNING(1),
    /** The provider does not know the transaction (or history) named. */
    TRANSACTION_MISSING(2),
    /** The transaction must roll back; the node is fine. */
    TRANSACTION_FAIL(3),
    /** Victim of a brute-force abort after it was ordered; must roll back and be replayed. */
    BF_ABORT(4),
    /** The write set is larger than allowed. */
    SIZE_EXCEEDED(5),
    /** Not connected, not in the primary component, or interrupted before ordering. */
    CONNECTION_FAIL(6),
    /** The node's state is bad; it must be initialised anew. */
    NODE_FAIL(7),
    /** The host must abort. */
    FATAL(8),
    /** The provider lacks this function. */
    NOT_IMPLEMENTED(9),
    /** The call is not allowed now, or refused by policy. */
    NOT_ALLOWED(10);

    private static final Status[] BY_CODE = values();

    private final int code;

    Status(int code) {
        this.code = code;
    }

    /** The value in the C interface. */
    public int code() {
        return code;
    }

    /**
     * The status with this code.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Status ofCode(int code) {
        if (code < 0 || code >= BY_CODE.length) {
            throw new IllegalArgumentException("no wsrep status has code " + code + "; allowed: 0 to 10");
        }
        return BY_CODE[code];
    }
}
