package io.wsrep4j.provider;

/** The host failed in a callback without which this node cannot go on. */
class CriticalCallbackException extends Exception {

    private static final long serialVersionUID = 1L;

    CriticalCallbackException(String message) {
        super(message);
    }
}
