package io.wsrep4j.provider;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.group.Group;
import io.wsrep4j.provider.state.NodeSituation;
import io.wsrep4j.provider.state.ReplicatorState;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Tells the group now and then how far this node is, on a thread of its own, because whoever finds out must not wait
 * (docs/spec/replicator-state-transfer.md 23). Only the newest report counts. Thread-safe; guarded by its own lock.
 *
 * <p>While flow control pauses the group it reports by itself, every second, all that is settled here: perhaps the member that holds the group waits for
 * nothing else, and the rule by which reports are made in passing (so many write sets or keys since the last, and only what a later one had seen) would
 * need traffic that the pause prevents. Any seqno that is settled here may be reported: every write set that this node sends later has seen it.
 */
final class DiscardableReporter implements LongConsumer, AutoCloseable {

    private static final long TICK_MILLIS = 1000;
    private static final long NOTHING = 0;

    private final Group group;
    private final NodeSituation situation;
    private final LongSupplier settled;
    private final Runnable tick;
    private final String threadName;
    private volatile Consumer<Throwable> failure = thrown -> {};
    private Thread thread;
    private long wanted = -1;
    private long reported = -1;
    private boolean closed;

    /**
     * @param settled everything up to this seqno is settled here
     * @param tick what else is to be done about every second
     */
    DiscardableReporter(Group group, NodeSituation situation, LongSupplier settled, Runnable tick, String nodeName) {
        this.group = group;
        this.situation = situation;
        this.settled = settled;
        this.tick = tick;
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
        begin();
        notifyAll();
    }

    private void begin() {
        if (thread == null) {
            thread = new Thread(this::run, threadName);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** A new connection, or another history: counting begins anew. */
    synchronized void reset() {
        wanted = -1;
        reported = -1;
        if (!closed) {
            begin();
        }
    }

    private void run() {
        try {
            while (true) {
                long seqno = next();
                if (seqno < 0) {
                    return;
                }
                if (seqno != NOTHING) {
                    group.reportDiscardable(new Gtid(situation.history(), seqno));
                }
                tick.run();
                if (group.figures().flowControlActive()) {
                    reportSettled();
                }
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

    /** What is settled by a member that counts in the commit cut: before that the position may be that of another history. */
    private void reportSettled() {
        ReplicatorState state = situation.state();
        long seqno = settled.getAsLong();
        boolean counts = state == ReplicatorState.SYNCED || state == ReplicatorState.DONOR;
        if (counts && isNews(seqno) && group.reportDiscardable(new Gtid(situation.history(), seqno))) {
            told(seqno);
        }
    }

    private synchronized boolean isNews(long seqno) {
        return seqno > reported;
    }

    private synchronized void told(long seqno) {
        reported = Math.max(reported, seqno);
        wanted = Math.max(wanted, seqno);
    }

    /** @return a seqno to report, {@link #NOTHING} after a second without one, or -1 at the end */
    private synchronized long next() throws InterruptedException {
        if (!closed && wanted <= reported) {
            wait(TICK_MILLIS);
        }
        if (closed) {
            return -1;
        }
        if (wanted <= reported) {
            return NOTHING;
        }
        reported = wanted;
        return wanted;
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
