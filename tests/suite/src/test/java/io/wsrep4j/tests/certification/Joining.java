package io.wsrep4j.tests.certification;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** Waits for threads that were told to end. */
final class Joining {

    private static final long TIMEOUT_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private Joining() {}

    static void all(List<Thread> threads) {
        try {
            for (Thread thread : threads) {
                thread.join(TIMEOUT_MILLIS);
                if (thread.isAlive()) {
                    throw new AssertionError(thread.getName() + " does not end");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for threads to end", e);
        }
    }
}
