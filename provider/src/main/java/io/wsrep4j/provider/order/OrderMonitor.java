package io.wsrep4j.provider.order;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Lets seqnos in according to what has left already, each seqno exactly once (docs/spec/replicator-state-transfer.md 5).
 *
 * <p>Every seqno after the initial position must pass: by {@link #enter} and {@link #leave}, or by {@link #skip}. One that is forgotten
 * holds up everything behind it. Thread-safe. All state is guarded by this object's lock, which is held for a few instructions at a time and
 * never while waiting; a waiting thread spins for a moment on its own slot, then parks, and is woken only when it has been let in or
 * interrupted, so that a hand-over costs one wake-up and no lock.
 *
 * <p>{@link #abandon} ends all of this when somebody failed between entering and leaving: the position stays where it is, and whoever waits or comes
 * gets an {@link OrderAbandonedException}, until {@link #begin}.
 */
public final class OrderMonitor {

    /** Seqnos further ahead than this of the last one that left have to wait before they may enter, be skipped or be interrupted. */
    public static final int WINDOW = 1 << 16;

    private static final long NO_DRAIN = Long.MAX_VALUE;

    private final boolean strict;
    private final SeqnoSlots slots = new SeqnoSlots(WINDOW);
    private final PositionWatchers watchers = new PositionWatchers();
    private final PassageCounters counters = new PassageCounters();

    /** Skipped, and still too far ahead to have a slot. */
    private final PriorityQueue<Long> far = new PriorityQueue<>();

    private volatile Uuid history = Uuid.UNDEFINED;
    private volatile long lastLeft = Seqno.UNDEFINED;
    private long lastEntered = Seqno.UNDEFINED;
    private long drainSeqno = NO_DRAIN;
    private int waiting;
    private int blocked;
    private volatile boolean abandoned;

    /**
     * Makes a monitor without a position.
     *
     * @param strict everybody who waits, waits for the seqno just before its own: then a hand-over looks at one slot only
     */
    public OrderMonitor(boolean strict) {
        this.strict = strict;
    }

    /** Everything up to here has left. */
    public long lastLeft() {
        return lastLeft;
    }

    /** The position up to which everything has left. */
    public synchronized Gtid lastLeftGtid() {
        return new Gtid(history, lastLeft);
    }

    /**
     * Enters once everything up to and including {@code prerequisite} has left. Blocks.
     *
     * @return false if {@link #interrupt} hit this seqno before it was let in: it is outside then, and still has to pass
     * @throws OrderAbandonedException if nobody passes any more
     */
    public boolean enter(long seqno, long prerequisite) {
        synchronized (this) {
            awaitAdmission(seqno);
            lastEntered = Math.max(lastEntered, seqno);
            if (slots.state(seqno) == SeqnoSlots.CANCELED) {
                slots.become(seqno, SeqnoSlots.IDLE);
                return false;
            }
            if (lastLeft >= prerequisite) {
                letIn(seqno);
                return true;
            }
            counters.waits();
            waiting++;
            slots.beginWaiting(seqno, prerequisite);
        }
        return awaitTurn(seqno);
    }

    /** As {@link #enter}, but goes in although somebody interrupts. */
    public void enterRegardless(long seqno, long prerequisite) {
        boolean inside = enter(seqno, prerequisite);
        while (!inside) {
            inside = enter(seqno, prerequisite);
        }
    }

    private boolean awaitTurn(long seqno) {
        int outcome = slots.awaitOutcome(seqno, this);
        if (outcome == SeqnoSlots.INSIDE) {
            return true;
        }
        synchronized (this) {
            slots.become(seqno, SeqnoSlots.IDLE);
            if (abandoned || outcome != SeqnoSlots.CANCELED) {
                throw OrderAbandonedException.INSTANCE;
            }
        }
        return false;
    }

    private void letIn(long seqno) {
        counters.entered(lastLeft + 1 < seqno, lastEntered - lastLeft);
        slots.become(seqno, SeqnoSlots.INSIDE);
    }

    /** Leaves after {@link #enter}. Without effect once abandoned. */
    public void leave(long seqno) {
        pass(seqno);
    }

    /** Lets a seqno pass that nobody will enter. Blocks while it is too far ahead. Without effect once abandoned. */
    public void skip(long seqno) {
        synchronized (this) {
            if (seqno - lastLeft >= WINDOW) {
                blockWhile(() -> seqno - lastLeft >= WINDOW);
            }
            if (abandoned) {
                return;
            }
            lastEntered = Math.max(lastEntered, seqno);
        }
        pass(seqno);
    }

    /** As {@link #skip}, but leaves a seqno alone that has passed, or that is so far ahead that nobody can be waiting behind it. Never blocks. */
    public void skipIfNear(long seqno) {
        synchronized (this) {
            if (abandoned || seqno <= lastLeft || seqno - lastLeft >= WINDOW) {
                return;
            }
            lastEntered = Math.max(lastEntered, seqno);
        }
        pass(seqno);
    }

    /** As {@link #skip}, but never blocks: one that is too far ahead passes as soon as the others have come near. */
    public void skipWhenNear(long seqno) {
        synchronized (this) {
            if (abandoned) {
                return;
            }
            if (seqno - lastLeft >= WINDOW) {
                far.add(seqno);
                return;
            }
            lastEntered = Math.max(lastEntered, seqno);
        }
        pass(seqno);
    }

    private void pass(long seqno) {
        Thread next = null;
        ArrayDeque<Thread> others = null;
        synchronized (this) {
            if (abandoned || seqno <= lastLeft) {
                // of a connection that has failed, and whose slots may be others' by now
                return;
            }
            slots.takeThread(seqno);
            if (seqno != lastLeft + 1) {
                slots.become(seqno, SeqnoSlots.FINISHED);
                return;
            }
            slots.become(seqno, SeqnoSlots.IDLE);
            advanceFrom(seqno);
            if (waiting > 0) {
                next = admit(lastLeft + 1);
                others = strict ? null : admitAnyAfter(lastLeft + 1);
            }
            if (!watchers.isEmpty()) {
                others = others == null ? new ArrayDeque<>() : others;
                watchers.takeSatisfied(lastLeft, others);
            }
        }
        LockSupport.unpark(next);
        if (others != null) {
            others.forEach(LockSupport::unpark);
        }
    }

    private void advanceFrom(long seqno) {
        long left = seqno;
        letFarComeNear(left);
        while (slots.state(left + 1) == SeqnoSlots.FINISHED) {
            left++;
            slots.become(left, SeqnoSlots.IDLE);
            letFarComeNear(left);
        }
        lastLeft = left;
        if (left > seqno) {
            counters.leftEarly();
        }
        if (blocked > 0) {
            notifyAll();
        }
    }

    private void letFarComeNear(long left) {
        while (!far.isEmpty() && far.peek() - left < WINDOW) {
            long seqno = far.poll();
            lastEntered = Math.max(lastEntered, seqno);
            slots.become(seqno, SeqnoSlots.FINISHED);
        }
    }

    /** The thread waiting at this seqno, if it may come in now; it is inside then, so that a late interrupt cannot hit it. */
    private Thread admit(long candidate) {
        if (!slots.isDue(candidate, lastLeft)) {
            return null;
        }
        waiting--;
        Thread thread = slots.takeThread(candidate);
        letIn(candidate);
        return thread;
    }

    private ArrayDeque<Thread> admitAnyAfter(long seqno) {
        ArrayDeque<Thread> admitted = new ArrayDeque<>();
        for (long candidate = seqno + 1; candidate <= lastEntered && waiting > 0; candidate++) {
            Thread thread = admit(candidate);
            if (thread != null) {
                admitted.add(thread);
            }
        }
        return admitted;
    }

    /**
     * Interrupts a seqno that has not been let in. Never blocks.
     *
     * @return true if it is or will be outside with a false answer of {@link #enter}; false if it is inside, past, or too far ahead
     */
    public boolean interrupt(long seqno) {
        Thread thread;
        synchronized (this) {
            boolean reachable = !abandoned && seqno > lastLeft && seqno - lastLeft < WINDOW;
            int state = slots.state(seqno);
            if (!reachable || state != SeqnoSlots.WAITING && state != SeqnoSlots.IDLE) {
                return false;
            }
            if (state == SeqnoSlots.WAITING) {
                waiting--;
            }
            thread = slots.takeThread(seqno);
            slots.become(seqno, SeqnoSlots.CANCELED);
        }
        LockSupport.unpark(thread);
        return true;
    }

    /** Waits until everything up to {@code seqno} has left, keeping later seqnos from entering meanwhile. Blocks. One drain at a time. */
    public synchronized void drain(long seqno) {
        blockWhile(() -> drainSeqno != NO_DRAIN);
        requireOpen();
        drainSeqno = seqno;
        blockWhile(() -> lastLeft < seqno);
        drainSeqno = NO_DRAIN;
        notifyAll();
        requireOpen();
    }

    /** Waits until everything up to {@code seqno} has left. Blocks. */
    public void await(long seqno) {
        await(seqno, Long.MAX_VALUE);
    }

    /**
     * Waits until everything up to {@code seqno} has left. Blocks, at most for {@code timeoutNanos}.
     *
     * @return false if the time ran out
     */
    public boolean await(long seqno, long timeoutNanos) {
        if (lastLeft >= seqno) {
            return true;
        }
        long start = System.nanoTime();
        PositionWatchers.Watcher self = new PositionWatchers.Watcher(seqno, Thread.currentThread());
        synchronized (this) {
            if (lastLeft >= seqno) {
                return true;
            }
            requireOpen();
            watchers.add(self);
        }
        PositionWatchers.parkUntil(() -> lastLeft >= seqno || abandoned, start, timeoutNanos, this);
        synchronized (this) {
            watchers.remove(self);
            if (lastLeft < seqno) {
                requireOpen();
            }
            return lastLeft >= seqno;
        }
    }

    /**
     * Sets where counting begins; once it has begun, moves it only forward. Everything up to here counts as having left.
     *
     * @param seqno {@link Seqno#UNDEFINED} begins anew
     */
    public synchronized void initialPosition(Uuid uuid, long seqno) {
        history = uuid;
        if (lastEntered == Seqno.UNDEFINED || seqno == Seqno.UNDEFINED) {
            far.clear();
            waiting = 0;
            slots.clear();
            lastLeft = seqno;
            lastEntered = seqno;
        } else {
            lastLeft = Math.max(lastLeft, seqno);
            lastEntered = Math.max(lastEntered, lastLeft);
        }
        ArrayDeque<Thread> satisfied = new ArrayDeque<>();
        watchers.takeSatisfied(lastLeft, satisfied);
        satisfied.forEach(LockSupport::unpark);
        notifyAll();
    }

    /**
     * Somebody failed who had a place here, so nobody can come after it: from now on whoever waits or comes gets an {@link OrderAbandonedException},
     * who is inside leaves without effect, and the position stays. Never blocks, allocates nothing.
     */
    public synchronized void abandon() {
        abandoned = true;
        waiting = 0;
        slots.dismissWaiting();
        watchers.dismiss();
        notifyAll();
    }

    /**
     * After {@link #abandon}: begins anew at a position.
     *
     * @param seqno {@link Seqno#UNDEFINED} for none yet
     */
    public synchronized void begin(Uuid uuid, long seqno) {
        abandoned = false;
        initialPosition(uuid, Seqno.UNDEFINED);
        initialPosition(uuid, seqno);
    }

    /** True from {@link #abandon} to {@link #begin}. */
    public boolean isAbandoned() {
        return abandoned;
    }

    /** True if everything that was let in has left: the position then says all that was done. */
    public synchronized boolean isIdle() {
        return lastEntered == lastLeft;
    }

    private void requireOpen() {
        if (abandoned) {
            throw OrderAbandonedException.INSTANCE;
        }
    }

    /** Statistics since the last reset. */
    public synchronized MonitorFigures figures() {
        return counters.figures();
    }

    /** Begins statistics anew. */
    public synchronized void resetFigures() {
        counters.reset();
    }

    private void awaitAdmission(long seqno) {
        if (seqno - lastLeft >= WINDOW || seqno > drainSeqno) {
            blockWhile(() -> seqno - lastLeft >= WINDOW || seqno > drainSeqno);
        }
        requireOpen();
    }

    /** Waits, giving up the lock, for a change of position or drain that ends the condition, or for the end of everything. */
    private void blockWhile(BooleanSupplier condition) {
        boolean interrupted = false;
        blocked++;
        while (condition.getAsBoolean() && !abandoned) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        blocked--;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
