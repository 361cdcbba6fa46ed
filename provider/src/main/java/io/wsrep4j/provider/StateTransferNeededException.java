package io.wsrep4j.provider;

import io.wsrep4j.api.Gtid;

/** The group is ahead of this node, or has another history, and this release cannot receive a state transfer yet. */
final class StateTransferNeededException extends CriticalCallbackException {

    private static final long serialVersionUID = 1L;

    StateTransferNeededException(Gtid own, Gtid group) {
        super("this node is at " + own + ", the group at " + group
                + ": a state transfer is needed, which this release cannot receive yet");
    }
}
