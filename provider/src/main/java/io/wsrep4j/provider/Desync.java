package io.wsrep4j.provider;

import io.wsrep4j.api.Status;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.StateTransferAnswer;
import io.wsrep4j.provider.node.NodeParts;

/** The node takes part without slowing the group down, and comes back (docs/spec/replicator-state-transfer.md 12). Thread-safe; holds nothing itself. */
final class Desync {

    private final NodeParts node;

    Desync(NodeParts node) {
        this.node = node;
    }

    /** See {@link io.wsrep4j.api.Provider#desync}. Never waits for the local order, which a pause may hold. */
    Status begin() {
        StateTransferAnswer answer = node.group().desync();
        if (answer.localSeqno() != GroupAction.NO_LOCAL_SEQNO) {
            node.situation().becomeDonorFrom(answer.localSeqno());
            node.orders().local().skipWhenNear(answer.localSeqno());
        }
        if (answer.status() != StateTransferAnswer.Status.GRANTED) {
            node.log().warn("cannot desync: " + answer.status());
            return Status.TRANSACTION_FAIL;
        }
        return Status.OK;
    }

    /** See {@link io.wsrep4j.api.Provider#resync}. */
    Status end() {
        if (!node.situation().state().isOpen()) {
            node.log().warn("cannot resync: not connected");
            return Status.NODE_FAIL;
        }
        node.group().join(node.orders().commit().lastLeftGtid(), 0);
        return Status.OK;
    }
}
