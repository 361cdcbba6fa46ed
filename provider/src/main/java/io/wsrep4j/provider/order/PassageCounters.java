package io.wsrep4j.provider.order;

/** Counts who enters and leaves a monitor, and how far out of order (docs/spec/options-status.md 10.1). Guarded by the monitor's lock. */
final class PassageCounters {

    private long entered;
    private long enteredEarly;
    private long leftEarly;
    private long windowSum;
    private long waits;

    /**
     * Somebody has entered.
     *
     * @param early before a lower seqno has left
     * @param window seqnos from the last that left without a gap to the last that came to enter
     */
    void entered(boolean early, long window) {
        entered++;
        if (early) {
            enteredEarly++;
        }
        windowSum += window;
    }

    /** Somebody left after a higher seqno had left. */
    void leftEarly() {
        leftEarly++;
    }

    /** Somebody has to wait. */
    void waits() {
        waits++;
    }

    /** What was counted since the last reset. */
    MonitorFigures figures() {
        double count = Math.max(1, entered);
        return new MonitorFigures(enteredEarly / count, leftEarly / count, windowSum / count, waits);
    }

    void reset() {
        entered = 0;
        enteredEarly = 0;
        leftEarly = 0;
        windowSum = 0;
        waits = 0;
    }
}
