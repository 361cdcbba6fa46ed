package io.wsrep4j.sst;

/**
 * Ends a transfer's thread from outside: the first reason counts, and the thread is interrupted out of whatever it waits for, be it the host's own
 * channel. Guarded by its own lock.
 */
final class StopSignal {

    private Thread thread;
    private SnapshotException reason;
    private boolean settled;

    /** The calling thread is the transfer's. */
    synchronized void begin() {
        thread = Thread.currentThread();
        if (reason != null) {
            thread.interrupt();
        }
    }

    /** Stops it, unless it was stopped or has settled before. Any thread. */
    synchronized void raise(SnapshotException why) {
        if (settled || reason != null) {
            return;
        }
        reason = why;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Null if nobody has stopped it. */
    synchronized SnapshotException reason() {
        return reason;
    }

    /** Fails if it was stopped. */
    synchronized void check() throws SnapshotException {
        if (reason != null) {
            throw reason;
        }
    }

    /** From now on nothing stops it any more. Fails if it was stopped before. */
    synchronized void settle() throws SnapshotException {
        check();
        settled = true;
    }

    /** The transfer is over, whichever way: nothing interrupts the thread any more. */
    synchronized void end() {
        settled = true;
        if (Thread.interrupted() && reason == null) {
            // somebody else's interruption, which is not ours to eat
            Thread.currentThread().interrupt();
        }
    }
}
