package io.wsrep4j.gcomm.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.wsrep4j.gcomm.transport.ProtocolStack;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** The lock that the protocol stack runs under, and its timer. Thread-safe. */
final class StackRunner {

    /** Something to be done on the event loop after a run of the stack, without the lock. */
    interface Output {

        /** Called with the lock held at the end of each run. */
        boolean hasWork();

        /** Called on the event loop without the lock. */
        void write();
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final EventLoop loop;
    private final LongSupplier clock;
    private final Logger log;
    private final Runnable writeTask = this::write;
    private final Runnable timerTask = this::onTimer;

    private Output output;
    private ProtocolStack stack;
    private boolean broken;
    private boolean stopped;
    private boolean writeScheduled;
    /** When the earliest armed timer fires. */
    private long armedNanos = Long.MAX_VALUE;

    StackRunner(EventLoop loop, LongSupplier clock, Logger log) {
        this.loop = loop;
        this.clock = clock;
        this.log = log;
    }

    void setOutput(Output output) {
        this.output = output;
    }

    void start(ProtocolStack protocols) {
        stack = protocols;
    }

    /** No event reaches the stack any more, and no other thread gives the event loop anything: it may end. */
    void stop() {
        lock.lock();
        try {
            stack = null;
            stopped = true;
        } finally {
            lock.unlock();
        }
    }

    long now() {
        return clock.getAsLong();
    }

    /** Null before the start, after the stop, and when a layer threw. Lock held. */
    ProtocolStack stack() {
        return broken ? null : stack;
    }

    void enter() {
        lock.lock();
    }

    void leave() {
        if (lock.getHoldCount() > 1) {
            lock.unlock();
            return;
        }
        boolean writeHere = false;
        try {
            arm();
            if (output.hasWork() && !writeScheduled) {
                writeHere = loop.inEventLoop();
                writeScheduled = !writeHere && execute(writeTask);
            }
        } finally {
            lock.unlock();
        }
        if (writeHere) {
            output.write();
        }
    }

    /** Gives the lock back and does nothing else. */
    void leaveQuietly() {
        lock.unlock();
    }

    /**
     * Runs a task on the event loop, unless the transport is being closed. Netty alone may take a task of another thread just when the loop ends, drop
     * it, and warn of a "non-empty task queue".
     *
     * @return false if the task will not run: what was not written is released at the close
     */
    boolean execute(Runnable task) {
        lock.lock();
        try {
            if (!stopped) {
                loop.execute(task);
            }
            return !stopped;
        } finally {
            lock.unlock();
        }
    }

    private void write() {
        lock.lock();
        writeScheduled = false;
        lock.unlock();
        output.write();
    }

    private void arm() {
        if (stack == null || broken || loop.isShuttingDown()) {
            return;
        }
        long next;
        try {
            next = stack.nextDeadlineNanos();
        } catch (RuntimeException | Error e) {
            breakDown(e);
            return;
        }
        if (next < armedNanos) {
            armedNanos = next;
            try {
                loop.schedule(timerTask, Math.max(0, next - now()), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                log.debug("the event loop has ended");
            }
        }
    }

    private void onTimer() {
        enter();
        try {
            long now = now();
            if (now >= armedNanos) {
                armedNanos = Long.MAX_VALUE;
            }
            run(protocols -> protocols.onTime(now));
        } finally {
            leave();
        }
    }

    /** A call into the stack. */
    interface Call {
        void on(ProtocolStack stack);
    }

    /** Runs a call if the stack is alive; what it throws breaks the stack. Lock held. */
    void run(Call call) {
        ProtocolStack running = stack();
        if (running == null) {
            return;
        }
        try {
            call.on(running);
        } catch (RuntimeException | Error e) {
            breakDown(e);
        }
    }

    /** A frame arrived. Lock held. As {@link #run}, without an object for the call. */
    void onFrame(long connection, ByteBuf payload) {
        ProtocolStack running = stack();
        if (running == null) {
            return;
        }
        try {
            running.lowest().onFrame(connection, payload, now());
        } catch (RuntimeException | Error e) {
            breakDown(e);
        }
    }

    private void breakDown(Throwable cause) {
        broken = !stack.onBroken(cause);
    }
}
