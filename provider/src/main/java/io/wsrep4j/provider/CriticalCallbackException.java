package io.wsrep4j.provider;

/** The host failed where this node cannot go on without it, or this node could not get its state. */
final class CriticalCallbackException extends Exception {

    private static final long serialVersionUID = 1L;

    CriticalCallbackException(String message) {
        super(message);
    }

    CriticalCallbackException(String message, Throwable cause) {
        super(message, cause);
    }
}
