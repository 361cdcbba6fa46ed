package io.wsrep4j.gcomm.transport;

/**
 * A transport cannot be used: it cannot listen, join its multicast group, or read its TLS files. The message says what happened, where, and what to do.
 */
public final class TransportException extends Exception {

    private static final long serialVersionUID = 1L;

    public TransportException(String message) {
        super(message);
    }

    public TransportException(String message, Throwable cause) {
        super(message, cause);
    }
}
