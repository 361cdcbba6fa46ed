package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.Seqno;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.provider.node.NodeParts;

/** The end of an event: it leaves the apply order, and now and then the group hears how far this node is. Thread-safe. */
final class EventEnd {

    private final NodeParts node;

    EventEnd(NodeParts node) {
        this.node = node;
    }

    /** Everything about this event is over here. */
    void settle(OrderedEvent writeSet) {
        long safe = writeSet.isGivenUp() ? Seqno.UNDEFINED : leaveIndex(writeSet);
        node.orders().apply().leave(writeSet.seqno());
        report(writeSet, safe);
    }

    /** Certification was all that was left to do here: somebody else sees to this event's place in the apply order, or has done so. */
    void settleCertified(OrderedEvent writeSet) {
        report(writeSet, leaveIndex(writeSet));
    }

    /** Nobody reads its bytes here any more. */
    private long leaveIndex(OrderedEvent writeSet) {
        long safe = node.certification().settled(writeSet.ordered());
        writeSet.buffer().release();
        return safe;
    }

    /** An answer that is not passed on is lost for the next hundred write sets, and with it the commit cut of the whole group. */
    private void report(OrderedEvent writeSet, long safe) {
        if (safe != Seqno.UNDEFINED && writeSet.localSeqno() != GroupAction.NO_LOCAL_SEQNO) {
            node.discardableReports().accept(safe);
        }
    }
}
