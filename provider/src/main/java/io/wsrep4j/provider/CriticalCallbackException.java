package io.wsrep4j.provider;

import io.wsrep4j.provider.transfer.StateTransferException;

/** The host failed where this node cannot go on without it, or this node could not get its state. */
final class CriticalCallbackException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean endOfHost;

    CriticalCallbackException(String message) {
        super(message);
        endOfHost = false;
    }

    CriticalCallbackException(StateTransferException cause) {
        super(cause.getMessage(), cause);
        endOfHost = true;
    }

    /** True if the host cannot go on either unless it is leaving already, see {@link io.wsrep4j.api.Host#terminate}. */
    boolean isEndOfHost() {
        return endOfHost;
    }
}
