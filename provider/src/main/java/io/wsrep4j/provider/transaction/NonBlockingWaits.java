package io.wsrep4j.provider.transaction;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The non-blocking operations that have begun on this node, and the threads of the host that have ended one and wait until all members have
 * (docs/spec/replicator-state-transfer.md 10.3). Thread-safe: guarded by its lock.
 */
final class NonBlockingWaits {

    /** What woke a waiting thread. */
    enum Wake {
        /** The last member has ended it: {@link #take} has the event. */
        ENDED,
        /** The members have changed: every end so far counts for nothing and must be sent again. */
        MEMBERS_CHANGED,
        /** What was known of open operations is gone: the end will never be noticed here. */
        LOST,
        /** Nothing yet. */
        TIME
    }

    private static final class Wait {
        private OrderedEvent end;
        private boolean membersChanged;
        private boolean lost;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Long> begun = new HashSet<>();
    private final Map<Long, Wait> waits = new HashMap<>();

    /** An operation has begun here. */
    void begin(long start) {
        guarded(() -> begun.add(start));
    }

    /** The operation is over here. */
    void finish(long start) {
        guarded(() -> begun.remove(start));
    }

    /** Announces that a thread will wait; false if no such operation has begun here, or another thread waits for its end. */
    boolean announce(long start) {
        return guarded(() -> begun.contains(start) && waits.putIfAbsent(start, new Wait()) == null);
    }

    /** Waits at most that long; nobody can interrupt it. */
    Wake await(long start, Duration atMost) {
        boolean interrupted = false;
        lock.lock();
        try {
            Wait wait = waits.get(start);
            long left = atMost.toNanos();
            while (wait.end == null && !wait.membersChanged && !wait.lost && left > 0) {
                try {
                    left = changed.awaitNanos(left);
                } catch (InterruptedException e) {
                    interrupted = true; // no step of the replicator is given up half-way
                }
            }
            if (wait.end != null) {
                return Wake.ENDED;
            }
            if (wait.lost) {
                return Wake.LOST;
            }
            boolean again = wait.membersChanged;
            wait.membersChanged = false;
            return again ? Wake.MEMBERS_CHANGED : Wake.TIME;
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends a wait; returns the event that ended the operation, null if none has come: then none will be handed over. */
    OrderedEvent take(long start) {
        return guarded(() -> waits.remove(start).end);
    }

    /** Hands the end that had an effect to the thread that waits for it; false if none does. */
    boolean handOver(OrderedEvent end) {
        return guarded(() -> {
            Wait wait = waits.get(end.ordered().endsNonBlocking());
            if (wait == null) {
                return false;
            }
            wait.end = end;
            changed.signalAll();
            return true;
        });
    }

    /** The group has other members: they must all report their end anew. */
    void membersChanged() {
        guarded(() -> {
            waits.values().forEach(wait -> wait.membersChanged = true);
            changed.signalAll();
            return true;
        });
    }

    /** Certification begins anew, without what was open. */
    void forget() {
        guarded(() -> {
            begun.clear();
            waits.values().forEach(wait -> wait.lost = true);
            changed.signalAll();
            return true;
        });
    }

    private <T> T guarded(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }
}
