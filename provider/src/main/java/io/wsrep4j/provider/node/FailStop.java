package io.wsrep4j.provider.node;

import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Status;
import io.wsrep4j.gcomm.group.Group;
import io.wsrep4j.provider.log.NodeLog;
import io.wsrep4j.provider.order.OrderAbandonedException;
import io.wsrep4j.provider.order.Orders;
import io.wsrep4j.provider.state.NodeSituation;
import io.wsrep4j.provider.state.SavedState;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/**
 * The one place that decides what becomes of this node when it cannot do with an ordered action what all others do with it
 * (docs/spec/replicator-state-transfer.md 31.2).
 *
 * <p>Between its place in the group's order and its settling an action must not be lost: every thread on that way (certification, the commit order,
 * appliers, state transfers, the commit cut, the group layer below) hands whatever is thrown at it to {@link #failed}, {@link Error}s included. Then
 * <ul>
 *   <li>nothing is answered as success that was not done: {@link #failed} returns the answer;
 *   <li>the orders are abandoned, so that nobody waits for a turn that will not come, and the position says no more than what was done;
 *   <li>the saved state says "unknown": the data may lack what the group has;
 *   <li>the group is left at once and in order, so that the others do not lose their primary component;
 *   <li>one line says what happened, where, and what to do.
 * </ul>
 * {@link #inconsistent} is the same for a node that works and whose data differs: what is under way goes on to its end.
 *
 * <p>Thread-safe. Both calls neither block nor allocate: the rest is done by a thread that exists beforehand, with memory set aside for it, since the
 * cause may be that there is none. Guarded by its lock, of which nothing else is called.
 */
public final class FailStop implements AutoCloseable {

    private static final int RESERVED_BLOCKS = 16;
    private static final int RESERVED_BYTES = 64 << 10;
    private static final int ATTEMPTS = 250;
    private static final long ATTEMPT_MILLIS = 20;
    private static final int SHOWN_FRAMES = 8;

    private final NodeSituation situation;
    private final Orders orders;
    private final SavedState savedState;
    private final Group group;
    private final NodeLog log;
    private final String threadName;

    private volatile Runnable atFailure = () -> {};
    private volatile boolean failed;
    private Thread thread;
    private byte[][] reserve;
    private boolean due;
    private boolean busy;
    private boolean closed;

    // why: the first failure, or the finding
    private Throwable cause;
    private String step;
    private long seqno;
    private String finding;

    public FailStop(
            NodeSituation situation, Orders orders, SavedState savedState, Group group, NodeLog log, String nodeName) {
        this.situation = situation;
        this.orders = orders;
        this.savedState = savedState;
        this.group = group;
        this.log = log;
        this.threadName = "wsrep4j-failstop-" + nodeName;
        group.whenFailed(thrown -> failed("receiving from the group", Seqno.UNDEFINED, thrown));
    }

    /** What else has threads waiting that must give up then; runs on the thread of this object, and may run more than once. */
    public void atFailure(Runnable release) {
        atFailure = release;
    }

    /** Before a connection: makes ready, after the end of what went wrong in the last one. */
    public void arm() {
        awaitDone();
        synchronized (this) {
            failed = false;
            cause = null;
            finding = null;
            if (reserve == null) {
                reserve = new byte[RESERVED_BLOCKS][RESERVED_BYTES];
            }
            if (thread == null && !closed) {
                thread = new Thread(this::run, threadName);
                thread.setDaemon(true);
                thread.start();
            }
        }
    }

    /** True from a {@link #failed} to the next connection: nothing that is still queued may be done. */
    public boolean hasFailed() {
        return failed;
    }

    /**
     * Something that is ordered, or may be, was not done as it should have been. Only the first call of a connection acts.
     *
     * @param during what was being done, as in "while ..."
     * @param at its seqno, or {@link Seqno#UNDEFINED}
     * @return what the host's call answers: never a success
     */
    public Status failed(String during, long at, Throwable thrown) {
        if (thrown instanceof OrderAbandonedException) {
            // of somebody else's failure, which that one tells, or is just about to
            return Status.NODE_FAIL;
        }
        // before anybody hears of it, and asks
        situation.markCorrupt();
        orders.abandon();
        synchronized (this) {
            if (!failed) {
                failed = true;
                cause = thrown;
                step = during;
                seqno = at;
                due = true;
                notifyAll();
            }
        }
        return Status.NODE_FAIL;
    }

    /** This node's data differs from the group's, or it cannot know any more: leave, and never come back with it. Only the first finding acts. */
    public void inconsistent(String reason) {
        synchronized (this) {
            if (finding == null) {
                finding = reason;
                due = true;
                notifyAll();
            }
        }
    }

    /** Waits until what was found was acted on: the saved state was written, and the group is left. */
    public void awaitDone() {
        boolean interrupted = false;
        synchronized (this) {
            while ((due || busy) && thread != null && thread != Thread.currentThread()) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (await()) {
            insist(savedState::markCorrupt);
            insist(this::tell);
            if (failed) {
                insist(group::giveUp);
            }
            insist(atFailure);
            insist(group::close);
            synchronized (this) {
                busy = false;
                notifyAll();
            }
        }
    }

    private synchronized boolean await() {
        while (!due && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                // nobody has a reason to; this thread ends with close()
                continue;
            }
        }
        busy = due;
        due = false;
        if (busy) {
            reserve = null;
        }
        return busy;
    }

    /** Again and again: what has no memory now may have it when others have ended. */
    private void insist(Runnable task) {
        for (int attempt = 1; ; attempt++) {
            try {
                task.run();
                return;
            } catch (OutOfMemoryError e) {
                if (attempt == ATTEMPTS) {
                    return;
                }
                pause();
            } catch (RuntimeException | Error e) {
                complain(e);
                return;
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(ATTEMPT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void complain(Throwable thrown) {
        try {
            log.error("while this node leaves the group: " + describe(thrown));
        } catch (OutOfMemoryError e) {
            // then the rest of the leave matters more
            reserve = null;
        }
    }

    private void tell() {
        Throwable thrown;
        String text;
        synchronized (this) {
            thrown = cause;
            text = finding;
        }
        if (thrown == null) {
            log.error(text + ". Leaving cluster. The node needs a full state transfer when it comes back");
            return;
        }
        log.error(describe(thrown) + " while " + step + (seqno == Seqno.UNDEFINED ? "" : ", seqno " + seqno)
                + ". The others have what this node may lack now, so it leaves the cluster, and its state counts as unknown: "
                + remedy(thrown) + ", then restart the server, which will take a full state transfer");
    }

    private static String remedy(Throwable thrown) {
        if (thrown instanceof OutOfMemoryError) {
            return "give it more memory (a larger -Xmx in libwsrep4j.conf or WSREP4J_JAVA_OPTIONS)";
        }
        if (thrown instanceof InternalError) {
            return "see whether something cut or took away the files of its write-set cache, or their disk failed";
        }
        if (thrown instanceof UncheckedIOException) {
            return "see to that file and its disk";
        }
        return "see what the line says, and report it if it is no fault of the machine";
    }

    private static String describe(Throwable thrown) {
        if (thrown instanceof UncheckedIOException && thrown.getMessage() != null) {
            // a file: the message names it and says all
            return thrown.getMessage();
        }
        StringBuilder text = new StringBuilder().append(thrown);
        StackTraceElement[] trace = thrown.getStackTrace();
        for (int i = 0; i < Math.min(SHOWN_FRAMES, trace.length); i++) {
            String type = trace[i].getClassName();
            text.append(i == 0 ? " at " : " < ")
                    .append(type, type.lastIndexOf('.') + 1, type.length())
                    .append('.')
                    .append(trace[i].getMethodName())
                    .append(':')
                    .append(trace[i].getLineNumber());
        }
        return text.toString();
    }

    /** Ends the thread, after what is due. */
    @Override
    public void close() {
        awaitDone();
        synchronized (this) {
            closed = true;
            notifyAll();
        }
    }
}
