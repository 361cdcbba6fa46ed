package io.wsrep4j.sst;

import java.util.function.LongSupplier;

/** Counts what goes through, and tells the host now and then. Owned by the transfer's thread. */
final class ProgressMeter {

    private final SnapshotProgress listener;
    private final long intervalNanos;
    private final LongSupplier clock;
    private long total = -1;
    private long bytes;
    private long lastTold;

    ProgressMeter(SnapshotProgress listener, long intervalNanos, LongSupplier clock) {
        this.listener = listener;
        this.intervalNanos = intervalNanos;
        this.clock = clock;
    }

    void begin(long totalBytes) {
        total = totalBytes;
        tell(clock.getAsLong());
    }

    void add(int more) {
        bytes += more;
        long now = clock.getAsLong();
        if (now - lastTold >= intervalNanos) {
            tell(now);
        }
    }

    void end() {
        tell(clock.getAsLong());
    }

    long bytes() {
        return bytes;
    }

    String describe() {
        return bytes + (total < 0 ? "" : " of " + total) + " bytes";
    }

    private void tell(long now) {
        lastTold = now;
        listener.progress(bytes, total);
    }
}
