package io.wsrep4j.provider.order;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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
    private static final int SPINS = 64;

    private static final int IDLE = 0;
    private static final int WAITING = 1;
    private static final int CANCELED = 2;
    private static final int INSIDE = 3;
    private static final int FINISHED = 4;
    /** Counting began anew under the thread that waits here. */
    private static final int FORGOTTEN = 5;

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(int[].class);

    private record Watcher(long seqno, Thread thread) implements Comparable<Watcher> {
        @Override
        public int compareTo(Watcher other) {
            return Long.compare(seqno, other.seqno);
        }
    }

    private final boolean strict;
    private final int[] slots = new int[WINDOW];
    private final long[] prerequisites = new long[WINDOW];
    private final Thread[] threads = new Thread[WINDOW];
    private final PriorityQueue<Watcher> watchers = new PriorityQueue<>();

    /** Skipped, and still too far ahead to have a slot. */
    private final PriorityQueue<Long> far = new PriorityQueue<>();

    private volatile Uuid history = Uuid.UNDEFINED;
    private volatile long lastLeft = Seqno.UNDEFINED;
    private long lastEntered = Seqno.UNDEFINED;
    private long drainSeqno = NO_DRAIN;
    private int waiting;
    private int blocked;
    private volatile boolean abandoned;

    private long entered;
    private long enteredEarly;
    private long leftEarly;
    private long windowSum;
    private long waits;

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
        int index = index(seqno);
        synchronized (this) {
            awaitAdmission(seqno);
            lastEntered = Math.max(lastEntered, seqno);
            if (slots[index] == CANCELED) {
                SLOT.setRelease(slots, index, IDLE);
                return false;
            }
            if (lastLeft >= prerequisite) {
                letIn(seqno, index);
                return true;
            }
            waits++;
            waiting++;
            prerequisites[index] = prerequisite;
            threads[index] = Thread.currentThread();
            SLOT.setRelease(slots, index, WAITING);
        }
        return awaitSlot(index);
    }

    /** As {@link #enter}, but goes in although somebody interrupts. */
    public void enterRegardless(long seqno, long prerequisite) {
        boolean inside = enter(seqno, prerequisite);
        while (!inside) {
            inside = enter(seqno, prerequisite);
        }
    }

    private boolean awaitSlot(int index) {
        for (int spin = 0; spin < SPINS; spin++) {
            if ((int) SLOT.getAcquire(slots, index) != WAITING) {
                break;
            }
            Thread.onSpinWait();
        }
        boolean interrupted = false;
        while ((int) SLOT.getAcquire(slots, index) == WAITING) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        int outcome = (int) SLOT.getAcquire(slots, index);
        if (outcome == INSIDE) {
            return true;
        }
        synchronized (this) {
            SLOT.setRelease(slots, index, IDLE);
            if (abandoned || outcome != CANCELED) {
                throw OrderAbandonedException.INSTANCE;
            }
        }
        return false;
    }

    private void letIn(long seqno, int index) {
        entered++;
        if (lastLeft + 1 < seqno) {
            enteredEarly++;
        }
        windowSum += lastEntered - lastLeft;
        SLOT.setRelease(slots, index, INSIDE);
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
            int index = index(seqno);
            threads[index] = null;
            if (seqno != lastLeft + 1) {
                SLOT.setRelease(slots, index, FINISHED);
                return;
            }
            SLOT.setRelease(slots, index, IDLE);
            advanceFrom(seqno);
            if (waiting > 0) {
                next = admit(lastLeft + 1);
                others = strict ? null : admitAnyAfter(lastLeft + 1);
            }
            if (!watchers.isEmpty()) {
                others = others == null ? new ArrayDeque<>() : others;
                takeSatisfiedWatchers(others);
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
        while (slots[index(left + 1)] == FINISHED) {
            left++;
            SLOT.setRelease(slots, index(left), IDLE);
            letFarComeNear(left);
        }
        lastLeft = left;
        if (left > seqno) {
            leftEarly++;
        }
        if (blocked > 0) {
            notifyAll();
        }
    }

    private void letFarComeNear(long left) {
        while (!far.isEmpty() && far.peek() - left < WINDOW) {
            long seqno = far.poll();
            lastEntered = Math.max(lastEntered, seqno);
            SLOT.setRelease(slots, index(seqno), FINISHED);
        }
    }

    /** The thread waiting at this seqno, if it may come in now; it is inside then, so that a late interrupt cannot hit it. */
    private Thread admit(long candidate) {
        int index = index(candidate);
        if (slots[index] != WAITING || lastLeft < prerequisites[index]) {
            return null;
        }
        waiting--;
        Thread thread = threads[index];
        threads[index] = null;
        letIn(candidate, index);
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

    private void takeSatisfiedWatchers(ArrayDeque<Thread> satisfied) {
        while (!watchers.isEmpty() && watchers.peek().seqno() <= lastLeft) {
            satisfied.add(watchers.poll().thread());
        }
    }

    /**
     * Interrupts a seqno that has not been let in. Never blocks.
     *
     * @return true if it is or will be outside with a false answer of {@link #enter}; false if it is inside, past, or too far ahead
     */
    public boolean interrupt(long seqno) {
        Thread thread;
        synchronized (this) {
            int index = index(seqno);
            boolean reachable = !abandoned && seqno > lastLeft && seqno - lastLeft < WINDOW;
            if (!reachable || slots[index] != WAITING && slots[index] != IDLE) {
                return false;
            }
            if (slots[index] == WAITING) {
                waiting--;
            }
            thread = threads[index];
            threads[index] = null;
            SLOT.setRelease(slots, index, CANCELED);
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
        Watcher self = new Watcher(seqno, Thread.currentThread());
        synchronized (this) {
            if (lastLeft >= seqno) {
                return true;
            }
            requireOpen();
            watchers.add(self);
        }
        boolean interrupted = false;
        while (lastLeft < seqno && !abandoned) {
            long rest = timeoutNanos - (System.nanoTime() - start);
            if (rest <= 0) {
                break;
            }
            LockSupport.parkNanos(this, rest);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
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
            forgetEverybody();
            lastLeft = seqno;
            lastEntered = seqno;
        } else {
            lastLeft = Math.max(lastLeft, seqno);
            lastEntered = Math.max(lastEntered, lastLeft);
        }
        ArrayDeque<Thread> satisfied = new ArrayDeque<>();
        takeSatisfiedWatchers(satisfied);
        satisfied.forEach(LockSupport::unpark);
        notifyAll();
    }

    private void forgetEverybody() {
        far.clear();
        waiting = 0;
        for (int i = 0; i < WINDOW; i++) {
            SLOT.setRelease(slots, i, slots[i] == WAITING ? FORGOTTEN : IDLE);
            LockSupport.unpark(threads[i]);
            threads[i] = null;
        }
    }

    /**
     * Somebody failed who had a place here, so nobody can come after it: from now on whoever waits or comes gets an {@link OrderAbandonedException},
     * who is inside leaves without effect, and the position stays. Never blocks, allocates nothing.
     */
    public synchronized void abandon() {
        abandoned = true;
        waiting = 0;
        for (int i = 0; i < WINDOW; i++) {
            if (slots[i] == WAITING) {
                SLOT.setRelease(slots, i, FORGOTTEN);
                LockSupport.unpark(threads[i]);
            }
            threads[i] = null;
        }
        while (!watchers.isEmpty()) {
            LockSupport.unpark(watchers.poll().thread());
        }
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
        double count = Math.max(1, entered);
        return new MonitorFigures(enteredEarly / count, leftEarly / count, windowSum / count, waits);
    }

    /** Begins statistics anew. */
    public synchronized void resetFigures() {
        entered = 0;
        enteredEarly = 0;
        leftEarly = 0;
        windowSum = 0;
        waits = 0;
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

    private static int index(long seqno) {
        return (int) seqno & WINDOW - 1;
    }
}
