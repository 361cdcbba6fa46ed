package io.wsrep4j.provider.transfer;

import io.wsrep4j.api.View;
import io.wsrep4j.ist.IstException;
import io.wsrep4j.provider.transaction.OrderedEvent;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What an incremental transfer has brought and nobody has applied yet (sheet replicator-state-transfer, 22.3). Filled by the receiver's thread,
 * emptied by all appliers. Thread-safe: guarded by its lock. Nobody is woken for less than half a queue of room: to wake the receiver for each write
 * set cost a tenth of what it takes to apply a small one.
 */
final class TransferEvents {

    /** Read ahead of the appliers, so much and no more: the donor then waits. */
    static final int LONGEST = 1024;

    /** Something to apply. */
    sealed interface Item {

        /** A write set, or a seqno without one. */
        record Apply(OrderedEvent event) implements Item {}

        /** A configuration of the past; its seqno has entered both orders already. */
        record Show(View view, long seqno) implements Item {}
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition something = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final ArrayDeque<Item> items = new ArrayDeque<>();
    private boolean open;
    private IstException error;

    /** A transfer begins. */
    void open() {
        lock.lock();
        try {
            items.clear();
            open = true;
            error = null;
        } finally {
            lock.unlock();
        }
    }

    /** Adds an item; where there are too many, waits until half of them are gone. */
    void add(Item item) throws InterruptedException {
        lock.lock();
        try {
            while (items.size() >= LONGEST && open) {
                room.await();
            }
            items.add(item);
            something.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more comes. */
    void end(IstException failure) {
        lock.lock();
        try {
            open = false;
            error = failure;
            something.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next item; waits for one.
     *
     * @return null at the end, or if there is no transfer
     * @throws IstException once, to the first who finds that the transfer failed
     */
    Item take() throws IstException, InterruptedException {
        lock.lock();
        try {
            while (items.isEmpty() && open) {
                something.await();
            }
            Item item = items.poll();
            if (items.size() == LONGEST / 2) {
                room.signal();
            }
            if (item == null && error != null) {
                IstException failure = error;
                error = null;
                throw failure;
            }
            return item;
        } finally {
            lock.unlock();
        }
    }

    /** True while a transfer runs, or has left something. */
    boolean isActive() {
        lock.lock();
        try {
            return open || !items.isEmpty();
        } finally {
            lock.unlock();
        }
    }
}
