package io.wsrep4j.ist;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * One transfer's own event loop and its end: what another thread gives it before the end is run, and nothing is taken afterwards. Netty alone either
 * throws at who comes too late, or, just when the loop ends, takes the task, drops it, and warns of a "non-empty task queue". Thread-safe.
 */
final class TransferLoop {

    private final EventLoopGroup group;

    /** Guarded by this. */
    private boolean ended;

    TransferLoop(String threadName) {
        group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory(threadName, true), NioIoHandler.newFactory());
    }

    /** For the transfer's channels, and for its tasks on the loop itself. */
    EventLoopGroup group() {
        return group;
    }

    /**
     * Runs a task on the loop. Any thread; waits for nothing.
     *
     * @return false if the loop has ended: the task will not run
     */
    synchronized boolean execute(Runnable task) {
        if (!ended) {
            group.execute(task);
        }
        return !ended;
    }

    /** Ends the loop, with whatever is still connected. Any thread; waits for nothing. */
    synchronized void end(long atMostSeconds) {
        ended = true;
        group.shutdownGracefully(0, atMostSeconds, TimeUnit.SECONDS);
    }
}
