package io.wsrep4j.provider.order;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * One slot for each seqno of a monitor's window: how far the seqno is, and the thread that waits with it (docs/spec/replicator-state-transfer.md 5).
 *
 * <p>Guarded by the monitor's lock, all but {@link #awaitOutcome}: a thread waits on its own slot without the lock, and whoever lets it in tells it
 * through the slot.
 */
final class SeqnoSlots {

    static final int IDLE = 0;
    static final int WAITING = 1;
    static final int CANCELED = 2;
    static final int INSIDE = 3;
    static final int FINISHED = 4;
    /** Counting began anew under the thread that waits here. */
    static final int FORGOTTEN = 5;

    private static final int SPINS = 64;
    private static final VarHandle STATE = MethodHandles.arrayElementVarHandle(int[].class);

    private final int mask;
    private final int[] states;
    private final long[] prerequisites;
    private final Thread[] threads;

    /**
     * Makes slots that are all idle.
     *
     * @param window how many, a power of two
     */
    SeqnoSlots(int window) {
        mask = window - 1;
        states = new int[window];
        prerequisites = new long[window];
        threads = new Thread[window];
    }

    private int index(long seqno) {
        return (int) seqno & mask;
    }

    int state(long seqno) {
        return states[index(seqno)];
    }

    void become(long seqno, int state) {
        STATE.setRelease(states, index(seqno), state);
    }

    /** The calling thread will wait here, until everything up to the prerequisite has left. */
    void beginWaiting(long seqno, long prerequisite) {
        int index = index(seqno);
        prerequisites[index] = prerequisite;
        threads[index] = Thread.currentThread();
        STATE.setRelease(states, index, WAITING);
    }

    /** True if a thread waits here that need not wait any longer. */
    boolean isDue(long seqno, long lastLeft) {
        int index = index(seqno);
        return states[index] == WAITING && lastLeft >= prerequisites[index];
    }

    /** The thread that waits here, which is forgotten; null if there is none. */
    Thread takeThread(long seqno) {
        int index = index(seqno);
        Thread thread = threads[index];
        threads[index] = null;
        return thread;
    }

    /** Waits on the caller's own slot, without the lock: spins for a moment, then parks. Returns what became of it; never {@link #WAITING}. */
    int awaitOutcome(long seqno, Object blocker) {
        int index = index(seqno);
        for (int spin = 0; spin < SPINS; spin++) {
            if ((int) STATE.getAcquire(states, index) != WAITING) {
                break;
            }
            Thread.onSpinWait();
        }
        boolean interrupted = false;
        while ((int) STATE.getAcquire(states, index) == WAITING) {
            LockSupport.park(blocker);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return (int) STATE.getAcquire(states, index);
    }

    /** Whoever waits learns that it waits for nothing; all other slots are idle. */
    void clear() {
        for (int i = 0; i < states.length; i++) {
            STATE.setRelease(states, i, states[i] == WAITING ? FORGOTTEN : IDLE);
            LockSupport.unpark(threads[i]);
            threads[i] = null;
        }
    }

    /** Whoever waits learns that it waits for nothing; all other slots stay as they are. Allocates nothing. */
    void dismissWaiting() {
        for (int i = 0; i < states.length; i++) {
            if (states[i] == WAITING) {
                STATE.setRelease(states, i, FORGOTTEN);
                LockSupport.unpark(threads[i]);
            }
            threads[i] = null;
        }
    }
}
