package io.wsrep4j.gcomm.group.connection;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs the delayed tasks of one session, one at a time, none of them on the thread that schedules it. */
interface GroupTimer {

    /** Runs a task after some time. Ignored once the timer is shut down. */
    void schedule(Runnable task, long delayNanos);

    /** Drops what is not due yet. */
    void shutdown();

    /** A timer with a thread of its own. */
    static GroupTimer ofThread(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        // when it is needed there may be no memory for a thread
        executor.prestartCoreThread();
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
        executor.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        return new GroupTimer() {
            @Override
            public void schedule(Runnable task, long delayNanos) {
                executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
            }

            @Override
            public void shutdown() {
                executor.shutdown();
            }
        };
    }
}
