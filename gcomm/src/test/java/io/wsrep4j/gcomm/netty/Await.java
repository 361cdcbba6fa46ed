package io.wsrep4j.gcomm.netty;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for conditions; the machine may be slow. */
final class Await {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final Duration WATCHED = Duration.ofSeconds(2);

    private Await() {}

    /** The condition stays false for a while that is long enough for what must not happen. */
    static void never(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + WATCHED.toNanos();
        while (System.nanoTime() < end) {
            if (condition.getAsBoolean()) {
                throw new AssertionError(what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + LIMIT + ": " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
