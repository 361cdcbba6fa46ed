package io.wsrep4j.tests.process;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for conditions of other processes, which can only be polled. */
public final class Await {

    private static final long POLL_NANOS = Duration.ofMillis(20).toNanos();

    private Await() {}

    /**
     * Returns when the condition holds.
     *
     * @param what said when it does not, after {@code timeout}
     * @param state described in the failure; evaluated only then
     */
    public static void until(String what, Duration timeout, Callable<Boolean> condition, Supplier<String> state) {
        long deadline = System.nanoTime() + timeout.toNanos();
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
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Watches a condition that is to hold for so long: where absence is the claim. */
    public static void holds(String what, Duration watch, BooleanSupplier condition) {
        long end = System.nanoTime() + watch.toNanos();
        while (System.nanoTime() < end) {
            if (!condition.getAsBoolean()) {
                throw new AssertionError("did not hold for " + watch + ": " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** As {@link #until(String, Duration, Callable, Supplier)}, without a description of the state. */
    public static void until(String what, Duration timeout, Callable<Boolean> condition) {
        until(what, timeout, condition, () -> "");
    }
}
