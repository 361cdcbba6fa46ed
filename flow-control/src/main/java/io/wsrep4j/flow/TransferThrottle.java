package io.wsrep4j.flow;

/**
 * Slows the group down while this member receives a state transfer and its queue grows (docs/spec/gcs.md 13): not at all below the soft limit,
 * linearly down to the lowest rate at the hard limit. Not thread-safe.
 */
public final class TransferThrottle {

    /** Answer of {@link #queued}: stop the group until the transfer is over. */
    public static final long FOREVER = Long.MAX_VALUE;

    /** Answer of {@link #queued}: the queue must not grow any more, and the settings forbid stopping the group. */
    public static final long EXCEEDED = -1L;

    private static final double HARD_SHARE = 0.9;
    private static final double SHORTEST_PAUSE_SECONDS = 0.001;
    private static final double NANOS = 1e9;

    private long hard;
    private double soft;
    private double maxThrottle;
    private long size;
    private long initial;
    private long clock;
    private double lastPause;
    private double scale;
    private double offset;
    private boolean measured;

    public TransferThrottle(FlowSettings settings) {
        settings(settings);
    }

    /** Replaces the limits. */
    public void settings(FlowSettings settings) {
        hard = (long) (settings.hardLimit() * HARD_SHARE);
        soft = hard * settings.softLimit();
        maxThrottle = settings.maxThrottle();
        measured = false;
    }

    /**
     * A transfer begins.
     *
     * @param queueBytes in the queue now
     */
    public void begin(long queueBytes, long nowNanos) {
        size = queueBytes;
        initial = queueBytes;
        clock = nowNanos;
        lastPause = 0;
        measured = false;
    }

    /**
     * An action goes into the queue.
     *
     * @return how long the group should pause, in nanoseconds; 0, {@link #FOREVER} or {@link #EXCEEDED}
     */
    public long queued(long actionBytes, long nowNanos) {
        size += actionBytes;
        if (size <= soft) {
            return 0;
        }
        if (size >= hard) {
            return maxThrottle == 0.0 ? FOREVER : EXCEEDED;
        }
        double interval = Math.max(1, nowNanos - clock) / NANOS;
        if (!measured) {
            interval = measure(interval, nowNanos);
        }
        double desired = size * scale + offset;
        double pause = (size - lastPause) / desired - interval;
        if (pause < SHORTEST_PAUSE_SECONDS) {
            return 0;
        }
        lastPause = size;
        clock = nowNanos;
        return (long) (pause * NANOS);
    }

    /** Takes the rate at which the queue grew up to here, and draws the line from it at the soft limit down to its lowest share. */
    private double measure(double interval, long nowNanos) {
        double grown = Math.max(1, size - initial);
        double rate = grown / interval;
        double slope = (1.0 - maxThrottle) / (soft - hard);
        scale = slope * rate;
        offset = (1.0 - slope * soft) * rate;
        double above = interval * (size - soft) / grown;
        lastPause = soft;
        clock = nowNanos - (long) (above * NANOS);
        measured = true;
        return above;
    }

    /** Bytes that count against the limits. */
    public long size() {
        return size;
    }

    /** The limit in bytes that is never exceeded. */
    public long hardLimit() {
        return hard;
    }
}
