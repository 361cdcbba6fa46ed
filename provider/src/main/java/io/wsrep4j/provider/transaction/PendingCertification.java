package io.wsrep4j.provider.transaction;

import java.util.PriorityQueue;

/**
 * Own write sets that were ordered but whose owner gave up before certification and will not replay; they must be certified at their place all
 * the same, so that all nodes certify the same sequence (docs/spec/replicator-state-transfer.md 2 and 7.6). Guarded by its own lock.
 */
final class PendingCertification {

    private final PriorityQueue<OrderedEvent> queue = new PriorityQueue<>();
    private volatile boolean empty = true;

    synchronized void add(OrderedEvent writeSet) {
        queue.add(writeSet);
        empty = false;
    }

    /** The next write set before a place in the local order; null if there is none. */
    OrderedEvent takeBefore(long localSeqno) {
        return empty ? null : takeBeforeLocked(localSeqno);
    }

    private synchronized OrderedEvent takeBeforeLocked(long localSeqno) {
        OrderedEvent first = queue.peek();
        if (first == null || first.localSeqno() >= localSeqno) {
            return null;
        }
        queue.remove();
        empty = queue.isEmpty();
        return first;
    }

    /** Forgets everything; a change of history makes it meaningless. */
    synchronized void clear() {
        for (OrderedEvent writeSet : queue) {
            writeSet.buffer().release();
        }
        queue.clear();
        empty = true;
    }
}
