package io.wsrep4j.provider.transfer;

import io.wsrep4j.api.View;
import io.wsrep4j.ist.IstException;
import io.wsrep4j.provider.transaction.OrderedEvent;
import java.util.ArrayDeque;

/**
 * What an incremental transfer has brought and nobody has applied yet (sheet replicator-state-transfer, 22.3). Filled by the receiver's thread,
 * emptied by all appliers. Thread-safe; guarded by its own lock.
 */
final class TransferEvents {

    /** Read ahead of the appliers, so much and no more: the donor then waits. */
    private static final int LONGEST = 1024;

    /** Something to apply. */
    sealed interface Item {

        /** A write set, or a seqno without one. */
        record Apply(OrderedEvent event) implements Item {}

        /** A configuration of the past; its seqno has entered both orders already. */
        record Show(View view, long seqno) implements Item {}
    }

    private final ArrayDeque<Item> items = new ArrayDeque<>();
    private boolean open;
    private IstException error;

    /** A transfer begins. */
    synchronized void open() {
        items.clear();
        open = true;
        error = null;
    }

    /** Adds an item; waits while too many are there. */
    synchronized void add(Item item) throws InterruptedException {
        while (items.size() >= LONGEST && open) {
            wait();
        }
        items.add(item);
        notifyAll();
    }

    /** Nothing more comes. */
    synchronized void end(IstException failure) {
        open = false;
        error = failure;
        notifyAll();
    }

    /**
     * The next item; waits for one.
     *
     * @return null at the end, or if there is no transfer
     * @throws IstException once, to the first who finds that the transfer failed
     */
    synchronized Item take() throws IstException, InterruptedException {
        while (items.isEmpty() && open) {
            wait();
        }
        Item item = items.poll();
        notifyAll();
        if (item == null && error != null) {
            IstException failure = error;
            error = null;
            throw failure;
        }
        return item;
    }

    /** True while a transfer runs, or has left something. */
    synchronized boolean isActive() {
        return open || !items.isEmpty();
    }
}
