package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.Seqno;
import io.wsrep4j.gcomm.group.GroupAction;

/** The end of an event: it leaves the apply order, and now and then the group hears how far this node is. Thread-safe. */
final class Settling {

    private final NodeParts node;

    Settling(NodeParts node) {
        this.node = node;
    }

    /** Everything about this event is over here. */
    void settle(OrderedEvent writeSet) {
        long safe =
                writeSet.isGivenUp() ? Seqno.UNDEFINED : node.certification().settled(writeSet);
        node.orders().apply().leave(writeSet.seqno());
        if (safe != Seqno.UNDEFINED && writeSet.localSeqno() != GroupAction.NO_LOCAL_SEQNO) {
            node.lastCommittedReports().accept(safe);
        }
    }
}
