package io.wsrep4j.provider.order;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Where own transactions wait while the node is paused, before they are sent (docs/spec/replicator-state-transfer.md
 * 31.7): what is ordered after a pause began cannot be taken back, and would hold its
 * locks until the pause ends, which may be waiting for just these locks. Thread-safe: guarded by this object's lock, held for a few instructions at a time.
 */
public final class SenderGate {

    private static final long LOOK_MILLIS = 10;

    /** Pauses that are wanted or held. */
    private int closed;
    /** Senders that have come in and are not through certification. */
    private int inside;

    /** Comes in if the gate is open; {@link #leave} must follow then. Never blocks. */
    public synchronized boolean tryEnter() {
        if (closed > 0) {
            return false;
        }
        inside++;
        return true;
    }

    /**
     * Waits until the gate is open, and comes in; {@link #leave} must follow then.
     *
     * @param patienceNanos how long at most
     * @param givesUp ends the wait once it says true
     * @return false if it did not come in
     */
    public boolean enter(long patienceNanos, BooleanSupplier givesUp) {
        long start = System.nanoTime();
        boolean interrupted = false;
        boolean in = tryEnter();
        while (!in && !givesUp.getAsBoolean() && System.nanoTime() - start < patienceNanos) {
            interrupted |= look();
            in = tryEnter();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return in;
    }

    private synchronized boolean look() {
        try {
            if (closed > 0) {
                wait(LOOK_MILLIS);
            }
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    /** Is through certification, or was not sent. */
    public synchronized void leave() {
        inside--;
        if (closed > 0 && inside == 0) {
            notifyAll();
        }
    }

    /** Lets nobody in until as many {@link #open} have followed, and waits for those inside, but no longer than this: some may be held up by the group. */
    public synchronized void close(long limitNanos) {
        closed++;
        boolean interrupted = false;
        long deadline = System.nanoTime() + limitNanos;
        long left = limitNanos;
        while (inside > 0 && left > 0) {
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            left = deadline - System.nanoTime();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends one {@link #close}. */
    public synchronized void open() {
        closed--;
        notifyAll();
    }
}
