package io.wsrep4j.provider.transfer;

/** This node could not get its state: it must leave the group. The message says why and what to do. */
public final class StateTransferException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean endOfHost;

    StateTransferException(String message) {
        this(message, false);
    }

    private StateTransferException(String message, boolean endOfHost) {
        super(message);
        this.endOfHost = endOfHost;
    }

    StateTransferException(String message, Throwable cause) {
        super(message, cause);
        this.endOfHost = false;
    }

    /** The host could not even prepare: it says of itself that it must be restarted. */
    static StateTransferException ofHost(String message) {
        return new StateTransferException(message, true);
    }

    /** True if the host cannot go on either, see {@link io.wsrep4j.api.Host#terminate}. */
    public boolean isEndOfHost() {
        return endOfHost;
    }
}
