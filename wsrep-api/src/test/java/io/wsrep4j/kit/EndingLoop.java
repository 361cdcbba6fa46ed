package io.wsrep4j.kit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** An event loop that other threads give tasks to while it ends: it loses none that it has taken, and says so if it takes no more. */
public interface EndingLoop {

    /** True if the task will be run. */
    boolean execute(Runnable task);

    /** Ends the loop; returns when no task runs any more. */
    void end() throws Exception;

    /**
     * Ends many loops, each under the tasks of several threads.
     *
     * @throws AssertionError if a task that was taken did not run, or none came too late in any round
     */
    static void assertNoTaskIsLost(int rounds, Supplier<EndingLoop> loops) throws Exception {
        int threads = 3;
        long tooLate = 0;
        for (int round = 0; round < rounds; round++) {
            EndingLoop loop = loops.get();
            AtomicInteger taken = new AtomicInteger();
            AtomicInteger run = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();
            CountDownLatch underWay = new CountDownLatch(threads);
            List<Thread> others = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Thread other = new Thread(() -> {
                    while (refused.get() == 0) {
                        if (loop.execute(run::incrementAndGet)) {
                            taken.incrementAndGet();
                        } else {
                            refused.incrementAndGet();
                        }
                        underWay.countDown();
                    }
                });
                others.add(other);
                other.start();
            }
            underWay.await();
            loop.end();
            for (Thread other : others) {
                other.join();
            }
            if (run.get() != taken.get()) {
                throw new AssertionError("round " + round + ": " + taken + " tasks were taken, " + run + " were run");
            }
            tooLate += refused.get();
        }
        if (tooLate == 0) {
            throw new AssertionError("no task came too late in " + rounds + " rounds: nothing was tried");
        }
    }
}
