package io.wsrep4j.provider;

import io.wsrep4j.gcomm.group.GroupAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The threads that the host has lent, and a wait for them that has a bound (docs/spec/replicator-state-transfer.md 31.19): it ends when none of them
 * has got anything done for that long. However much is queued, it is waited for as long as it goes on.
 *
 * <p>All but a {@link Visit} is guarded by the replicator's lock, which is also what is waited on.
 */
final class Receivers {

    private static final long LOOK_MILLIS = 100;

    private final Object lock;
    private final LongSupplier limitNanos;
    private final List<Visit> visits = new ArrayList<>();

    /** One thread inside; written by it alone. */
    static final class Visit {

        private final Thread thread = Thread.currentThread();
        private final long connection;
        private volatile GroupAction doing;
        private volatile long done;

        private Visit(long connection) {
            this.connection = connection;
        }

        /** Number of the connection that the thread came to. */
        long connection() {
            return connection;
        }

        /** What this thread does from now on. */
        void begins(GroupAction action) {
            doing = action;
        }

        /** That is done. */
        @SuppressWarnings("NonAtomicOperationOnVolatileField")
        void ends() {
            doing = null;
            done++;
        }

        private boolean isBusy() {
            return doing != null;
        }

        private String describe() {
            GroupAction action = doing;
            if (action == null) {
                return "thread '" + thread.getName() + "' between two actions";
            }
            String seqno = action instanceof GroupAction.WriteSet writeSet ? " " + writeSet.seqno() : "";
            return "thread '" + thread.getName() + "' with a "
                    + action.getClass().getSimpleName() + seqno;
        }
    }

    /**
     * @param lock the replicator
     * @param limitNanos how long nothing may get done in a wait
     */
    Receivers(Object lock, LongSupplier limitNanos) {
        this.lock = lock;
        this.limitNanos = limitNanos;
    }

    /** The calling thread has come. */
    Visit enter(long connection) {
        Visit visit = new Visit(connection);
        visits.add(visit);
        return visit;
    }

    /** The thread goes. */
    void leave(Visit visit) {
        visits.remove(visit);
    }

    int count() {
        return visits.size();
    }

    boolean isEmpty() {
        return visits.isEmpty();
    }

    /** How long nothing may get done in a wait. */
    Duration limit() {
        return Duration.ofNanos(limitNanos.getAsLong());
    }

    /** Who is inside, and with what; only those who do something, if there are such. */
    String describe() {
        boolean any = visits.stream().anyMatch(Visit::isBusy);
        return visits.stream()
                .filter(visit -> visit.isBusy() || !any)
                .map(Visit::describe)
                .collect(Collectors.joining(", "));
    }

    /**
     * Waits until all have gone, or it is over.
     *
     * @return false if nothing got done for too long
     */
    boolean awaitUntil(BooleanSupplier over) {
        long progress = progress();
        long since = System.nanoTime();
        while (!over.getAsBoolean() && !visits.isEmpty()) {
            awaitNews();
            long now = progress();
            if (now != progress) {
                progress = now;
                since = System.nanoTime();
            } else if (System.nanoTime() - since >= limitNanos.getAsLong()) {
                return over.getAsBoolean() || visits.isEmpty();
            }
        }
        return true;
    }

    /** Changes with whatever gets done, and with whoever goes. */
    private long progress() {
        long sum = -visits.size();
        for (Visit visit : visits) {
            sum += 2 * visit.done;
        }
        return sum;
    }

    /** Gives the lock up for a moment. An interrupt is kept for later: to leave half-way would help nobody. */
    void awaitNews() {
        boolean interrupted = Thread.interrupted();
        try {
            TimeUnit.MILLISECONDS.timedWait(lock, LOOK_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
