package io.wsrep4j.flow;

/** How long sending was paused (docs/spec/gcs.md 20). Times are nanoseconds of a monotonic clock. Not thread-safe. */
public final class PauseMeter {

    private long total;
    private long pausedSince;
    private boolean paused;
    private long windowStart;
    private long totalAtWindowStart;

    public PauseMeter(long nowNanos) {
        windowStart = nowNanos;
    }

    /** A pause begins; does nothing during one. */
    public void pause(long nowNanos) {
        if (!paused) {
            paused = true;
            pausedSince = nowNanos;
        }
    }

    /** A pause ends; does nothing outside one. */
    public void resume(long nowNanos) {
        if (paused) {
            total += nowNanos - pausedSince;
            paused = false;
        }
    }

    public boolean isPaused() {
        return paused;
    }

    /** All pauses since the start, the present one included. */
    public long pausedNanos(long nowNanos) {
        return paused ? total + nowNanos - pausedSince : total;
    }

    /** Share of the time since the last flush, 0 to 1. */
    public double pausedShare(long nowNanos) {
        long window = nowNanos - windowStart;
        return window <= 0 ? 0.0 : (double) (pausedNanos(nowNanos) - totalAtWindowStart) / window;
    }

    /** FLUSH STATUS: the window of the share begins anew; the total stays. */
    public void flush(long nowNanos) {
        totalAtWindowStart = pausedNanos(nowNanos);
        windowStart = nowNanos;
    }
}
