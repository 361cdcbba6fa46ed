package io.wsrep4j.gcomm;

/** A group cannot be joined, or was lost. The message says what happened, to which peer or address, and what to do. */
public final class GroupException extends Exception {

    private static final long serialVersionUID = 1L;

    public GroupException(String message) {
        super(message);
    }

    public GroupException(String message, Throwable cause) {
        super(message, cause);
    }
}
