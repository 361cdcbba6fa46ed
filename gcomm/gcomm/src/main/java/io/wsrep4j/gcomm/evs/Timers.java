package io.wsrep4j.gcomm.evs;

import java.util.Arrays;

/** Deadlines, one a timer (docs/spec/gcomm-evs.md 9.3). */
final class Timers {

    /** The timers, in the order in which they are served when several are due. */
    enum Timer {
        INACTIVITY,
        RETRANS,
        INSTALL,
        STATISTICS
    }

    /** No deadline. */
    static final long NEVER = Long.MAX_VALUE;

    // a period of zero is legal for the check; a timer that is due again at once would never let go
    private static final long SHORTEST = 1_000_000L;

    private final long[] deadlines = new long[Timer.values().length];

    Timers() {
        cancelAll();
    }

    void arm(Timer timer, long now, long period) {
        deadlines[timer.ordinal()] = now + Math.max(period, SHORTEST);
    }

    void armIfIdle(Timer timer, long now, long period) {
        if (deadlines[timer.ordinal()] == NEVER) {
            arm(timer, now, period);
        }
    }

    /** Lets a timer that runs end sooner. */
    void pull(Timer timer, long now, long period) {
        deadlines[timer.ordinal()] = Math.min(deadlines[timer.ordinal()], now + Math.max(period, SHORTEST));
    }

    void cancel(Timer timer) {
        deadlines[timer.ordinal()] = NEVER;
    }

    void cancelAll() {
        Arrays.fill(deadlines, NEVER);
    }

    boolean isDue(Timer timer, long now) {
        return deadlines[timer.ordinal()] <= now;
    }

    /** Time until a timer, nanoseconds. */
    long left(Timer timer, long now) {
        return deadlines[timer.ordinal()] == NEVER ? NEVER : deadlines[timer.ordinal()] - now;
    }

    long next() {
        long next = NEVER;
        for (long deadline : deadlines) {
            next = Math.min(next, deadline);
        }
        return next;
    }
}
