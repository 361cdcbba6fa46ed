package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.flow.PauseMeter;
import io.wsrep4j.flow.QueueStatistics;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets senders in one at a time, first come, first served (docs/spec/gcs.md 14); flow control pauses it. Thread-safe, by a lock of its own inside
 * of which nothing else is called.
 *
 * <p>The sender inside also sends for some of those that wait, in their order, so that a busy queue needs no switch of threads for each
 * action.
 */
final class SendMonitor {

    /** How a wait for the turn ended. */
    enum Entry {
        /** It is this sender's turn; {@link #leave} must follow. */
        ENTERED,
        /** Somebody else has sent for this sender; there is nothing to leave. */
        SENT_BY_OTHER,
        INTERRUPTED,
        TIMED_OUT,
        CLOSED
    }

    /** A sender's place. */
    abstract static class Place {
        private enum Stage {
            NEW,
            WAITING,
            GRANTED,
            DELEGATED,
            DONE,
            INTERRUPTED,
            CLOSED
        }

        private volatile Stage stage = Stage.NEW;
        private volatile Thread thread;

        /**
         * Sends in place of the owner, on another sender's thread. Never blocks.
         *
         * @return false if it could not be sent just now: its owner will do it
         */
        abstract boolean sendNow();

        private void stage(Stage next) {
            stage = next;
            Thread owner = thread;
            if (owner != Thread.currentThread()) {
                LockSupport.unpark(owner);
            }
        }
    }

    /** How many others a sender sends for before its own call goes on. */
    private static final int MOST_DELEGATED = 32;

    /** Turns of the processor spent looking for the own turn before the thread goes to sleep. */
    private static final int SPINS = 200;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Deque<Place> queue = new ArrayDeque<>();
    private final Deque<Place> urgent = new ArrayDeque<>();
    private final QueueStatistics users = new QueueStatistics();
    private final PauseMeter pauses;
    private volatile boolean paused;
    private boolean occupied;
    private boolean open;

    SendMonitor(long nowNanos) {
        pauses = new PauseMeter(nowNanos);
    }

    void open() {
        lock.lock();
        try {
            open = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the turn.
     *
     * @param ahead before all others, and even during a pause
     * @param timeoutNanos how long to wait at most; {@link Long#MAX_VALUE} for ever
     */
    Entry enter(Place place, boolean ahead, long timeoutNanos) {
        lock.lock();
        try {
            if (place.stage == Place.Stage.INTERRUPTED) {
                return Entry.INTERRUPTED;
            }
            if (!open) {
                return Entry.CLOSED;
            }
            boolean mustWait = occupied || !urgent.isEmpty() || !ahead && (paused || !queue.isEmpty());
            users.length(users.length() + 1);
            users.sample(mustWait ? users.length() - 1 : 0);
            if (!mustWait) {
                occupied = true;
                place.stage = Place.Stage.GRANTED;
                return Entry.ENTERED;
            }
            place.thread = Thread.currentThread();
            place.stage = Place.Stage.WAITING;
            (ahead ? urgent : queue).add(place);
        } finally {
            lock.unlock();
        }
        return await(place, timeoutNanos);
    }

    private Entry await(Place place, long timeoutNanos) {
        long deadline = timeoutNanos == Long.MAX_VALUE ? 0 : System.nanoTime() + timeoutNanos;
        boolean interrupted = false;
        int spins = 0;
        try {
            while (true) {
                switch (place.stage) {
                    case GRANTED -> {
                        return Entry.ENTERED;
                    }
                    case DONE -> {
                        return Entry.SENT_BY_OTHER;
                    }
                    case INTERRUPTED -> {
                        return Entry.INTERRUPTED;
                    }
                    case CLOSED -> {
                        return Entry.CLOSED;
                    }
                    default -> {}
                }
                if (spins++ < SPINS) {
                    Thread.onSpinWait();
                } else if (timeoutNanos == Long.MAX_VALUE) {
                    LockSupport.park(this);
                } else {
                    long left = deadline - System.nanoTime();
                    if (left <= 0 && withdraw(place)) {
                        return Entry.TIMED_OUT;
                    }
                    LockSupport.parkNanos(this, Math.max(1, left));
                }
                // an interrupt of the thread does not end the wait: the host interrupts through the ticket
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean withdraw(Place place) {
        lock.lock();
        try {
            if (place.stage != Place.Stage.WAITING) {
                return false;
            }
            remove(place);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void remove(Place place) {
        if (!queue.remove(place)) {
            urgent.remove(place);
        }
        users.length(users.length() - 1);
    }

    /** Ends the turn, and sends for others. */
    void leave() {
        Place former = null;
        boolean sent = true;
        for (int served = 0; ; served++) {
            Place next;
            lock.lock();
            try {
                if (former != null && !sent) {
                    // its owner repeats it; the turn goes over to it
                    former.stage(Place.Stage.GRANTED);
                    return;
                }
                if (former != null) {
                    former.stage(Place.Stage.DONE);
                }
                users.length(users.length() - 1);
                next = next();
                if (next == null) {
                    occupied = false;
                    idle.signalAll();
                    return;
                }
                if (served >= MOST_DELEGATED) {
                    next.stage(Place.Stage.GRANTED);
                    return;
                }
                next.stage = Place.Stage.DELEGATED;
            } finally {
                lock.unlock();
            }
            former = next;
            sent = sendFor(next);
        }
    }

    /** A failure is the failure of whoever it happened to; the owner gets its turn, and so does everybody after it. */
    private boolean sendFor(Place place) {
        boolean ended = false;
        try {
            boolean sent = place.sendNow();
            ended = true;
            return sent;
        } finally {
            if (!ended) {
                lock.lock();
                try {
                    place.stage(Place.Stage.GRANTED);
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    private Place next() {
        Place next = urgent.poll();
        return next != null || paused ? next : queue.poll();
    }

    /** Makes a sender that waits, or will wait, return. @return false if its turn has come already */
    boolean interrupt(Place place) {
        lock.lock();
        try {
            switch (place.stage) {
                case WAITING -> {
                    remove(place);
                    place.stage(Place.Stage.INTERRUPTED);
                    return true;
                }
                case NEW -> {
                    place.stage = Place.Stage.INTERRUPTED;
                    return true;
                }
                default -> {
                    return place.stage == Place.Stage.INTERRUPTED;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nobody is let in any more, except ahead of others. Who is inside is not affected. */
    void pause(long nowNanos) {
        lock.lock();
        try {
            if (open) {
                paused = true;
                pauses.pause(nowNanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends a pause; does nothing outside one. */
    void resume(long nowNanos) {
        lock.lock();
        try {
            paused = false;
            pauses.resume(nowNanos);
            grantNext();
        } finally {
            lock.unlock();
        }
    }

    private void grantNext() {
        if (!occupied) {
            Place next = next();
            if (next != null) {
                occupied = true;
                next.stage(Place.Stage.GRANTED);
            }
        }
    }

    boolean isPaused() {
        return paused;
    }

    /** Turns everybody away who waits, and all who come. */
    void close(long nowNanos) {
        lock.lock();
        try {
            open = false;
            paused = false;
            pauses.resume(nowNanos);
            queue.forEach(place -> place.stage(Place.Stage.CLOSED));
            urgent.forEach(place -> place.stage(Place.Stage.CLOSED));
            users.length(users.length() - queue.size() - urgent.size());
            queue.clear();
            urgent.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nobody is inside. */
    void awaitIdle() {
        lock.lock();
        try {
            while (occupied) {
                idle.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Adds this monitor's figures to those of the caller, under its lock. */
    Figures figures(long nowNanos) {
        lock.lock();
        try {
            return new Figures(
                    users.length(),
                    users.longest(),
                    users.shortest(),
                    users.average(),
                    pauses.pausedNanos(nowNanos),
                    pauses.pausedShare(nowNanos));
        } finally {
            lock.unlock();
        }
    }

    void flush(long nowNanos) {
        lock.lock();
        try {
            users.flush();
            pauses.flush(nowNanos);
        } finally {
            lock.unlock();
        }
    }

    /** Users and pauses at one moment. */
    record Figures(long users, long most, long fewest, double average, long pausedNanos, double pausedShare) {}
}
