package io.wsrep4j.provider;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.group.Group;
import io.wsrep4j.provider.state.NodeSituation;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Tells the group now and then how far this node is, on a thread of its own, because whoever finds out must not wait (sheet
 * replicator-state-transfer, 23). Only the newest report counts. Thread-safe; guarded by its own lock.
 */
final class LastCommittedReporter implements LongConsumer, AutoCloseable {

    private final Group group;
    private final NodeSituation situation;
    private final String threadName;
    private volatile Consumer<Throwable> failure = thrown -> {};
    private Thread thread;
    private long wanted = -1;
    private long reported = -1;
    private boolean closed;

    LastCommittedReporter(Group group, NodeSituation situation, String nodeName) {
        this.group = group;
        this.situation = situation;
        this.threadName = "wsrep4j-service-" + nodeName;
    }

    /** Who decides when a report fails in the middle. */
    void atFailure(Consumer<Throwable> decision) {
        failure = decision;
    }

    @Override
    public synchronized void accept(long seqno) {
        if (closed || seqno <= wanted) {
            return;
        }
        wanted = seqno;
        if (thread == null) {
            thread = new Thread(this::run, threadName);
            thread.setDaemon(true);
            thread.start();
        }
        notifyAll();
    }

    /** A new connection, or another history: counting begins anew. */
    synchronized void reset() {
        wanted = -1;
        reported = -1;
    }

    private void run() {
        try {
            while (true) {
                long seqno = next();
                if (seqno < 0) {
                    return;
                }
                group.lastCommitted(new Gtid(situation.history(), seqno));
            }
        } catch (InterruptedException e) {
            // closed
        } catch (Throwable thrown) {
            failure.accept(thrown);
            synchronized (this) {
                thread = null;
            }
        }
    }

    private synchronized long next() throws InterruptedException {
        while (!closed && wanted <= reported) {
            wait();
        }
        reported = wanted;
        return closed ? -1 : wanted;
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
