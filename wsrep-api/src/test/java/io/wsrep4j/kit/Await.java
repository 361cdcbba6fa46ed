package io.wsrep4j.kit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for conditions that can only be polled: often at first, then less and less, since those of other processes are dear. */
public final class Await {

    /** There to end a hang, not to judge speed: the machine may be slow. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration WATCHED = Duration.ofSeconds(2);
    private static final long FIRST_POLL_NANOS = 100_000;
    private static final long LONGEST_POLL_NANOS = 20_000_000;
    private static final long WATCH_POLL_NANOS = 1_000_000;

    private Await() {}

    /**
     * Returns when the condition holds. What it throws means that it does not hold yet, and is the cause if it never does.
     *
     * @param what said when it does not, after {@code timeout}
     * @param state described in the failure; evaluated only then
     */
    public static void until(String what, Duration timeout, Callable<Boolean> condition, Supplier<String> state) {
        long deadline = System.nanoTime() + timeout.toNanos();
        long poll = FIRST_POLL_NANOS;
        Exception last = null;
        while (true) {
            try {
                if (condition.call()) {
                    return;
                }
                last = null;
            } catch (Exception notYet) {
                last = notYet;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + timeout + ": " + what + "; " + state.get(), last);
            }
            LockSupport.parkNanos(poll);
            poll = Math.min(2 * poll, LONGEST_POLL_NANOS);
        }
    }

    /** As {@link #until(String, Duration, Callable, Supplier)}, without a description of the state. */
    public static void until(String what, Duration timeout, Callable<Boolean> condition) {
        until(what, timeout, condition, () -> "");
    }

    /** A condition of this process, within a minute; what it throws ends the waiting. */
    public static void until(String what, BooleanSupplier condition) {
        until(what, condition, () -> "");
    }

    /** As {@link #until(String, BooleanSupplier)}, with a description of the state for the failure. */
    public static void until(String what, BooleanSupplier condition, Supplier<String> state) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (long poll = FIRST_POLL_NANOS; !condition.getAsBoolean(); poll = Math.min(2 * poll, LONGEST_POLL_NANOS)) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + PATIENCE + ": " + what + "; " + state.get());
            }
            LockSupport.parkNanos(poll);
        }
    }

    /** Watches a condition that is to hold for so long: where absence is the claim. */
    public static void holds(String what, Duration watch, BooleanSupplier condition) {
        long end = System.nanoTime() + watch.toNanos();
        while (System.nanoTime() - end < 0) {
            if (!condition.getAsBoolean()) {
                throw new AssertionError("did not hold for " + watch + ": " + what);
            }
            LockSupport.parkNanos(WATCH_POLL_NANOS);
        }
    }

    /** The condition stays false for a while that is long enough for what must not happen. */
    public static void never(String what, BooleanSupplier condition) {
        holds("never: " + what, WATCHED, () -> !condition.getAsBoolean());
    }
}
