package io.wsrep4j.provider.order;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Threads that wait, without a seqno of their own, until everything up to a position has left. Guarded by the monitor's lock. */
final class PositionWatchers {

    /** One thread, and what it waits for. */
    record Watcher(long seqno, Thread thread) implements Comparable<Watcher> {
        @Override
        public int compareTo(Watcher other) {
            return Long.compare(seqno, other.seqno);
        }
    }

    private final PriorityQueue<Watcher> watchers = new PriorityQueue<>();

    boolean isEmpty() {
        return watchers.isEmpty();
    }

    void add(Watcher watcher) {
        watchers.add(watcher);
    }

    void remove(Watcher watcher) {
        watchers.remove(watcher);
    }

    /** Moves the threads whose position is reached to those that are to be woken. */
    void takeSatisfied(long lastLeft, ArrayDeque<Thread> satisfied) {
        while (!watchers.isEmpty() && watchers.peek().seqno() <= lastLeft) {
            satisfied.add(watchers.poll().thread());
        }
    }

    /** What a watcher does, without the lock, until somebody has woken it for a reason or the time is over. */
    static void parkUntil(BooleanSupplier over, long startNanos, long timeoutNanos, Object blocker) {
        boolean interrupted = false;
        while (!over.getAsBoolean()) {
            long rest = timeoutNanos - (System.nanoTime() - startNanos);
            if (rest <= 0) {
                break;
            }
            LockSupport.parkNanos(blocker, rest);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Wakes and forgets all. Allocates nothing. */
    void dismiss() {
        while (!watchers.isEmpty()) {
            LockSupport.unpark(watchers.poll().thread());
        }
    }
}
