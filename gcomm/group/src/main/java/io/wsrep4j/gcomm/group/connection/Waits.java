package io.wsrep4j.gcomm.group.connection;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for answers that always come: a closed connection answers everybody. */
final class Waits {

    private Waits() {}

    /**
     * The answer; an interrupt of the thread does not end the wait.
     *
     * @param timeoutNanos {@link Long#MAX_VALUE} for ever
     * @param late given back when there is no answer in time
     */
    static <T> T answer(CompletableFuture<T> future, long timeoutNanos, T late) {
        long deadline = System.nanoTime() + timeoutNanos;
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return timeoutNanos == Long.MAX_VALUE
                            ? future.get()
                            : future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    return late;
                } catch (ExecutionException e) {
                    throw new IllegalStateException("an answer failed", e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
