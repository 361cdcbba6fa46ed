package io.wsrep4j.provider.transfer;

import io.wsrep4j.api.EventService;
import java.util.function.LongSupplier;

/**
 * Tells the host how far an incremental transfer is (docs/spec/replicator-state-transfer.md 26.1): at its begin and end, in between not more often than
 * anybody can read. Thread-safe: guarded by its lock, which is held while the host is told, so that
 * reports come in order.
 */
final class TransferProgress {

    /** Least nanoseconds and least events from one report to the next. */
    static final long PERIOD_NANOS = 500_000_000L;

    static final long STEP = 16;

    private static final String NAME = "progress";
    private static final int JOINER = 1;
    private static final int JOINED = 3;

    private final EventService host;
    private final LongSupplier nanoTime;
    private boolean running;
    private long total;
    private long done;
    private long reported;
    private long reportedNanos;

    /** @param host null for one that wants no reports */
    TransferProgress(EventService host, LongSupplier nanoTime) {
        this.host = host;
        this.nanoTime = nanoTime;
    }

    /** A transfer of so many events begins. */
    synchronized void begin(long events) {
        running = host != null && events > 0;
        total = events;
        done = 0;
        report();
    }

    /** One more event is through. */
    synchronized void step() {
        done++;
        if (running && done - reported >= STEP && nanoTime.getAsLong() - reportedNanos >= PERIOD_NANOS) {
            report();
        }
    }

    /** The transfer has ended, one way or the other. */
    synchronized void end() {
        if (running && done != reported) {
            report();
        }
        running = false;
    }

    private void report() {
        if (!running) {
            return;
        }
        reported = done;
        reportedNanos = nanoTime.getAsLong();
        host.event(
                NAME,
                "{ \"from\": " + JOINER + ", \"to\": " + JOINED + ", \"total\": " + total + ", \"done\": " + done
                        + ", \"undefined\": -1 }");
    }
}
