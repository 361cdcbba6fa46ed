package io.wsrep4j.provider.transfer;

import io.wsrep4j.api.Errno;
import io.wsrep4j.api.View;
import io.wsrep4j.ist.IstException;
import io.wsrep4j.provider.transaction.OrderedEvent;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * What an incremental transfer has brought and nobody has applied yet (docs/spec/replicator-state-transfer.md 22.3). Filled by the receiver's thread,
 * emptied by all appliers. Thread-safe: guarded by its lock. Nobody is woken for less than half a queue of room: to wake the receiver for each write
 * set cost a tenth of what it takes to apply a small one.
 */
final class TransferEvents {

    /** Read ahead of the appliers, so much and no more: the donor then waits. */
    static final int LONGEST = 1024;

    /** How often a waiter looks whether the group is still there. */
    private static final long LOOK_MILLIS = 100;

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
    private final Condition through = lock.newCondition();
    private final Condition idle = lock.newCondition();
    private BooleanSupplier givenUp = () -> false;
    private boolean open;
    private IstException error;
    /** Items that were taken and are not {@link #done}. */
    private int applying;

    /**
     * A transfer begins.
     *
     * @param isGivenUp asked whenever nothing comes for a while: true ends the waiting for more
     */
    void open(BooleanSupplier isGivenUp) {
        lock.lock();
        try {
            items.clear();
            open = true;
            error = null;
            givenUp = isGivenUp;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds an item; where there are too many, waits until half of them are gone.
     *
     * @throws IstException if the transfer was given up meanwhile; the item is not taken
     */
    void add(Item item) throws IstException, InterruptedException {
        lock.lock();
        try {
            while (items.size() >= LONGEST && open) {
                room.await();
            }
            requireOpen();
            items.add(item);
            something.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody is to wait any longer for what may still come; what is here already is still handed out. */
    void giveUp() {
        lock.lock();
        try {
            close();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Nothing more comes.
     *
     * @param failure null if everything has come
     * @return what nobody shall apply: what a stream that failed has left
     */
    List<Item> end(IstException failure) {
        lock.lock();
        try {
            error = failure;
            List<Item> refused = failure == null ? List.of() : List.copyOf(items);
            if (failure != null) {
                items.clear();
            }
            close();
            return refused;
        } finally {
            lock.unlock();
        }
    }

    private void close() {
        open = false;
        something.signalAll();
        room.signalAll();
        through.signalAll();
    }

    /** An item that was taken is through. */
    void done() {
        lock.lock();
        try {
            if (--applying == 0) {
                idle.signalAll();
                through.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until everything that was added is through. For the one who adds.
     *
     * @throws IstException if the transfer was given up meanwhile
     */
    void awaitApplied() throws IstException, InterruptedException {
        lock.lock();
        try {
            while (open && (applying > 0 || !items.isEmpty())) {
                through.await();
            }
            requireOpen();
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() throws IstException {
        if (!open) {
            throw new IstException(Errno.ECANCELED, "the state transfer was given up");
        }
    }

    /** Waits until everything that was taken is through. Of use after the end only. */
    void awaitIdle() {
        lock.lock();
        try {
            while (applying > 0) {
                idle.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next item; waits for one. Who gets one says {@link #done} after it.
     *
     * @return null at the end, or if there is no transfer
     * @throws IstException once, to the first who finds that the transfer failed
     */
    Item take() throws IstException, InterruptedException {
        lock.lock();
        try {
            while (items.isEmpty() && open) {
                if (!something.await(LOOK_MILLIS, TimeUnit.MILLISECONDS) && givenUp.getAsBoolean()) {
                    close();
                }
            }
            Item item = items.poll();
            if (item != null) {
                applying++;
            }
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
