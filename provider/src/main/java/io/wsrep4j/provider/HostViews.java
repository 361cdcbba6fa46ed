package io.wsrep4j.provider;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.LogLevel;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.View;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.gcomm.group.GroupAction.ConfigurationChanged;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.view.ClusterViews;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The host, told of views one at a time, and of a lost primary component even if the view that says so cannot have its turn yet
 * (docs/spec/replicator-state-transfer.md 31.26).
 *
 * <p>A view comes after all that is ordered before it. That may take as long as a client keeps a lock, as an isolated operation lasts, as a pause lasts; and
 * while the group votes it takes until there is a primary component again. Until then the host would go on as a member of a group that works. So a
 * thread of this object tells it when the view has waited for {@link #PATIENCE_MILLIS}, and shows the node's state accordingly.
 *
 * <p>Thread-safe. One lock is held in every call of the host about views, which no call of a provider takes; what waits to be told is guarded by this
 * object's monitor, in which nothing else is called.
 */
final class HostViews implements Host {

    /** How long a view is left to have its turn. */
    private static final long PATIENCE_MILLIS = 500;

    private final Host host;
    private final NodeParts node;
    private final String threadName;
    private final ReentrantLock telling = new ReentrantLock();
    private Thread thread;
    /** The newest change, if it says that the component is lost, until its turn. */
    private ConfigurationChanged waiting;

    private boolean closed;

    HostViews(Host host, NodeParts node, String nodeName) {
        this.host = host;
        this.node = node;
        this.threadName = "wsrep4j-views-" + nodeName;
        node.group().whenConfigured(this::configured);
    }

    /** Before a connection. */
    synchronized void begin() {
        waiting = null;
        if (thread == null && !closed) {
            thread = new Thread(this::run, threadName);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private synchronized void configured(ConfigurationChanged action) {
        boolean lost =
                !action.change().isPrimary() && !action.change().members().isEmpty();
        waiting = lost ? action : null;
        notifyAll();
    }

    /** The turn of a change has come: from here on its view is told in order, or not at all. */
    void turnOf(ConfigurationChanged action) {
        telling.lock();
        try {
            synchronized (this) {
                if (waiting != null && waiting.localSeqno() <= action.localSeqno()) {
                    waiting = null;
                }
            }
        } finally {
            telling.unlock();
        }
    }

    private void run() {
        try {
            for (ConfigurationChanged lost = next(); lost != null; lost = next()) {
                tellAhead(lost);
            }
        } catch (InterruptedException e) {
            // nobody has a reason to; this thread ends with close()
            Thread.currentThread().interrupt();
        }
    }

    /** A change that has waited for its turn long enough; null at the end. */
    private synchronized ConfigurationChanged next() throws InterruptedException {
        while (!closed) {
            ConfigurationChanged candidate = waiting;
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
            long left = PATIENCE_MILLIS;
            while (!closed && waiting == candidate && (candidate == null || left > 0)) {
                wait(candidate == null ? 0 : left);
                left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            }
            if (!closed && candidate != null && waiting == candidate) {
                return candidate;
            }
        }
        return null;
    }

    private void tellAhead(ConfigurationChanged lost) {
        telling.lock();
        try {
            synchronized (this) {
                if (waiting != lost || closed) {
                    return;
                }
                waiting = null;
            }
            node.situation().loseComponent();
            if (node.situation().hasLostComponent()) {
                node.log()
                        .info(
                                "the primary component is lost; the host is told now, since what is ordered before that takes its time");
                if (host.componentLost(
                                ClusterViews.of(lost.change(), node.situation().ownId()))
                        != CallbackStatus.SUCCESS) {
                    node.log()
                            .warn(
                                    "the host did not take note of the loss; it is told again when all before it is done");
                }
            }
        } catch (RuntimeException | Error thrown) {
            // the view itself follows, and with it whatever a host that fails leads to
            node.log().failed("cannot tell the host that the primary component is lost", thrown);
        } finally {
            telling.unlock();
        }
    }

    @Override
    public CallbackStatus view(ApplierContext context, View view) {
        telling.lock();
        try {
            return host.view(context, view);
        } finally {
            telling.unlock();
        }
    }

    /** Not while the host knows that the component is lost: it would take itself for ready. */
    @Override
    public CallbackStatus synced() {
        telling.lock();
        try {
            return node.situation().hasLostComponent() ? CallbackStatus.SUCCESS : host.synced();
        } finally {
            telling.unlock();
        }
    }

    @Override
    public CallbackStatus componentLost(View view) {
        throw new UnsupportedOperationException("this object decides when");
    }

    // ---- what does not concern views

    @Override
    public void log(LogLevel level, String message) {
        host.log(level, message);
    }

    @Override
    public CallbackStatus connected(View view) {
        return host.connected(view);
    }

    @Override
    public ByteBuffer sstRequest() {
        return host.sstRequest();
    }

    @Override
    public CallbackStatus sstDonate(ApplierContext context, ByteBuffer request, Gtid stateId, boolean bypass) {
        return host.sstDonate(context, request, stateId, bypass);
    }

    @Override
    public ApplyResult apply(
            ApplierContext context, WriteSetHandle handle, int flags, ByteBuffer data, TransactionMeta meta) {
        return host.apply(context, handle, flags, data, meta);
    }

    @Override
    public void terminate() {
        host.terminate();
    }

    /** Ends the thread; waits for the host to come back from it, at most for this long. */
    void close(long mostNanos) {
        synchronized (this) {
            closed = true;
            waiting = null;
            notifyAll();
        }
        boolean interrupted = Thread.interrupted();
        try {
            if (telling.tryLock(mostNanos, TimeUnit.NANOSECONDS)) {
                telling.unlock();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
