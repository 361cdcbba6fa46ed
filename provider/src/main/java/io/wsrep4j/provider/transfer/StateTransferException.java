package io.wsrep4j.provider.transfer;

/** This node could not get its state: it must leave the group. The message says why and what to do. */
public final class StateTransferException extends Exception {

    private static final long serialVersionUID = 1L;

    StateTransferException(String message) {
        super(message);
    }

    StateTransferException(String message, Throwable cause) {
        super(message, cause);
    }
}
