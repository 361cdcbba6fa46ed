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
        report(writeSet, safe);
    }

    /** Certification was all that was left to do here: somebody else sees to this event's place in the apply order, or has done so. */
    void settleCertified(OrderedEvent writeSet) {
        report(writeSet, node.certification().settled(writeSet));
    }

    /** An answer that is not passed on is lost for the next hundred write sets, and with it the commit cut of the whole group. */
    private void report(OrderedEvent writeSet, long safe) {
        if (safe != Seqno.UNDEFINED && writeSet.localSeqno() != GroupAction.NO_LOCAL_SEQNO) {
            node.discardableReports().accept(safe);
        }
    }
}
