package io.wsrep4j.provider;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.state.NodeSituation;
import io.wsrep4j.provider.state.ReplicatorState;
import io.wsrep4j.provider.transaction.Transactions;
import io.wsrep4j.provider.transfer.StateTransfers;
import io.wsrep4j.provider.view.ClusterViews;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Connects, lends receiving threads to the group's actions, pauses, leaves (docs/spec/replicator-state-transfer.md 4 and 12).
 *
 * <p>Thread-safe. {@code receivers}, {@code closing} and {@code abandoned} are guarded by this object's lock, which is never held during a callback, a
 * wait for an order, or a call of the group that can wait.
 */
final class Replicator {

    private static final long SUSPENSION_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private final NodeParts node;
    private final Host host;
    private final ConfigurationHandling configurations;
    private final ActionHandling actions;
    private final DiscardableReporter reporter;
    private final StateTransfers transfers;
    private final NodePosition position;
    private final Pause pause;
    private final Desync desync;

    private final Receivers receivers;
    /** The node is on its way out. Written with the lock held. */
    private volatile boolean closing;

    private boolean abandoned;
    /** Some thread ends the connection, without the host. */
    private boolean finishing;
    /** The last connection was ended without threads of the host that did not come back, of which one may still be inside. */
    private boolean gaveUpHost;
    /** Then it still lacks its last view, which only one of its threads can bring it. */
    private boolean owesLastView;
    /** Number of the connection. */
    private long connection;

    Replicator(
            NodeParts node,
            Host host,
            ConfigurationHandling configurations,
            ActionHandling actions,
            StateTransfers transfers,
            Transactions transactions,
            DiscardableReporter reporter,
            LongSupplier leaveLimitNanos) {
        this.receivers = new Receivers(this, leaveLimitNanos);
        this.node = node;
        this.host = host;
        this.configurations = configurations;
        this.actions = actions;
        this.reporter = reporter;
        this.transfers = transfers;
        this.position = new NodePosition(node, transactions);
        this.pause = new Pause(node, () -> closing);
        this.desync = new Desync(node);
    }

    /** Begins with what the last run left. */
    void startFrom(Gtid reached) {
        if (reached.seqno() == Seqno.UNDEFINED) {
            return;
        }
        position.startFrom(reached);
        transfers.claimOwnHistory(reached);
    }

    /** True while connected. */
    boolean isOpen() {
        return node.situation().state().isOpen();
    }

    /** Joins through a channel that was not used before. */
    void connect(GroupChannel channel, String clusterName, String donors, boolean bootstrap) throws GroupException {
        begin();
        transfers.donors(donors);
        reporter.reset();
        position.requireNothingUnderWay();
        node.failStop().arm();
        actions.begin();
        position.beginAnew();
        Gtid known = position.known();
        long reaches = known.seqno() < 0 ? Seqno.UNDEFINED : transfers.ownHistoryReaches();
        node.group().initialPosition(known, Math.max(known.seqno(), reaches));
        node.group().open(channel, clusterName, bootstrap);
        node.situation().become(ReplicatorState.CONNECTED);
    }

    private synchronized void begin() throws GroupException {
        if (gaveUpHost && !receivers.isEmpty()) {
            throw new GroupException("threads of the last connection are still with the host: " + receivers.describe()
                    + "; try again when they have come back");
        }
        gaveUpHost = false;
        connection++;
    }

    /**
     * Leaves; returns when the last view was delivered, or at once if nobody is there to take it. A host that does not return from a callback for
     * repl.leave_timeout is not waited for any longer.
     */
    Status disconnect() {
        synchronized (this) {
            if (!isOpen()) {
                return Status.OK;
            }
            closing = true;
        }
        transfers.cancel();
        node.group().close();
        pause.lift(actions::giveUp);
        boolean alone;
        boolean stuck;
        synchronized (this) {
            stuck = !receivers.awaitUntil(() -> !isOpen()) && !finishing;
            while (finishing) {
                // ours alone, and it has a bound
                receivers.awaitNews();
            }
            alone = isOpen();
            abandoned = alone;
            gaveUpHost = stuck && alone;
            owesLastView = gaveUpHost;
        }
        if (stuck && alone) {
            leaveWithoutHost();
        }
        if (alone) {
            actions.discardRemaining();
            finishClosing();
        }
        return Status.OK;
    }

    /** What its threads are inside of is not done and not undone: as after a crash, only the host's own record will know. */
    private void leaveWithoutHost() {
        node.log()
                .error(
                        "the host has not come back for " + receivers.limit() + " (repl.leave_timeout): "
                                + receivers.describe()
                                + ". This node has left the group without it, and its position counts as"
                                + " unknown until the next start. See what those threads wait for; a lock of a client, perhaps");
        actions.giveUp();
        node.group().giveUp();
    }

    /**
     * Waits until no thread is inside {@link #receive}.
     *
     * @return false if there still is one, which the host keeps: nothing that it may touch can be given back
     */
    synchronized boolean awaitReceivers() {
        return receivers.isEmpty() || !gaveUpHost && receivers.awaitUntil(() -> false);
    }

    /** See {@link io.wsrep4j.api.Provider#receive}. */
    Status receive(ApplierContext context) {
        Receivers.Visit visit;
        synchronized (this) {
            if (!isOpen() || abandoned) {
                node.log().error("receive was called while not connected; connect first");
                return Status.FATAL;
            }
            visit = receivers.enter(connection);
        }
        Status status = Status.FATAL;
        try {
            status = receiveUntilEnd(context, visit);
        } finally {
            leaveReceivers(context, visit, status);
        }
        return status;
    }

    private Status receiveUntilEnd(ApplierContext context, Receivers.Visit visit) {
        Status atEnd = Status.CONNECTION_FAIL;
        while (true) {
            GroupAction action = null;
            ActionHandling.Next next;
            try {
                action = take(context);
                if (action == null) {
                    return Status.CONNECTION_FAIL;
                }
                if (action instanceof GroupAction.Closed) {
                    return node.situation().isCorrupt() ? Status.FATAL : atEnd;
                }
                visit.begins(action);
                next = actions.handle(context, action);
            } catch (CriticalCallbackException e) {
                if (!isPresent(visit.connection())) {
                    return Status.CONNECTION_FAIL;
                }
                node.log().error(e.getMessage() + "; leaving the group");
                if (e.isEndOfHost() && mayEndHost(visit.connection())) {
                    actions.giveUp();
                    node.group().close();
                    return endHost(context);
                }
                if (isPresent(visit.connection())) {
                    actions.giveUp();
                    node.group().close();
                }
                atEnd = Status.FATAL;
                next = ActionHandling.nextAfterFailureOf(action);
            } catch (RuntimeException | Error thrown) {
                node.failStop().failed("handling what the group delivered", ActionHandling.seqno(action), thrown);
                next = ActionHandling.nextAfterFailureOf(action);
            }
            visit.ends();
            if (next == ActionHandling.Next.LEFT) {
                finishUnlessOver();
                return Status.OK;
            }
            if (next == ActionHandling.Next.EXIT_WANTED && mayExit()) {
                return Status.OK;
            }
        }
    }

    /** False if the connection has ended since, as the host wanted, without the thread that asks. */
    private synchronized boolean isPresent(long number) {
        return isOpen() && connection == number;
    }

    /** Not one that has told this node to leave, and perhaps to connect anew: it can live without its state. */
    private synchronized boolean mayEndHost(long number) {
        return isPresent(number) && !closing;
    }

    private Status endHost(ApplierContext context) {
        actions.discardRemaining();
        host.terminate();
        host.view(context, ClusterViews.last(Gtid.UNDEFINED, -1, 0));
        finishUnlessOver();
        return Status.FATAL;
    }

    /** The next action; null if this thread is interrupted and so must not wait any longer. */
    private GroupAction take(ApplierContext context) {
        try {
            GroupAction action = node.group().receive();
            while (action instanceof GroupAction.Suspended) {
                transfers.help(context);
                awaitResumption();
                action = node.group().receive();
            }
            return action;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            node.log().warn("a receiving thread was interrupted and leaves");
            return null;
        }
    }

    private synchronized void awaitResumption() throws InterruptedException {
        TimeUnit.NANOSECONDS.timedWait(this, SUSPENSION_NANOS);
    }

    private synchronized boolean mayExit() {
        if (receivers.count() > 1) {
            return true;
        }
        node.log().warn("the last receiving thread was asked to leave; it stays");
        return false;
    }

    private void leaveReceivers(ApplierContext context, Receivers.Visit visit, Status status) {
        if (isOwedByThis()) {
            tellEnd(context);
        }
        boolean lastOnError;
        synchronized (this) {
            receivers.leave(visit);
            lastOnError = receivers.isEmpty() && isOpen() && !closing && status != Status.OK;
            closing |= lastOnError;
            notifyAll();
        }
        if (lastOnError) {
            endOnError(context, visit.connection());
        }
    }

    /** The last thread to come back after the host was given up brings it what it may wait for: that it is alone. */
    private synchronized boolean isOwedByThis() {
        boolean owed = owesLastView && receivers.count() == 1;
        owesLastView &= !owed;
        return owed;
    }

    private void tellEnd(ApplierContext context) {
        try {
            host.view(context, ClusterViews.last(Gtid.UNDEFINED, -1, 0));
        } catch (RuntimeException | Error thrown) {
            node.failStop().failed("telling the host that it is alone", Seqno.UNDEFINED, thrown);
        }
    }

    /** The host hears of it first: to leave a group that does not answer takes its time. */
    private void endOnError(ApplierContext context, long ending) {
        node.log().error("the last receiving thread leaves because of an error; leaving the group");
        tellEnd(context);
        if (!isPresent(ending)) {
            // the host took its time, and has told this node to leave meanwhile
            return;
        }
        node.group().close();
        actions.discardRemaining();
        finishClosing();
    }

    /** As {@link #finishClosing}, unless the connection was ended meanwhile without the thread that calls this. */
    private void finishUnlessOver() {
        synchronized (this) {
            if (gaveUpHost) {
                // it was that view from which it did not come back
                owesLastView = false;
                return;
            }
            finishing = true;
        }
        try {
            finishClosing();
        } finally {
            synchronized (this) {
                finishing = false;
                notifyAll();
            }
        }
    }

    /** The connection is over: keeps the position, or forgets everything if this node's data is bad. */
    private void finishClosing() {
        NodeSituation situation = node.situation();
        position.awaitSettled(actions::isOver);
        position.save();
        situation.ownId(Uuid.UNDEFINED);
        configurations.forgetMembers();
        if (situation.isCorrupt()) {
            situation.history(Uuid.UNDEFINED);
            // and stay so until the next connection: somebody may still be on the way
            actions.giveUp();
            node.certification().reset();
        }
        synchronized (this) {
            situation.become(ReplicatorState.CLOSED);
            closing = false;
            abandoned = false;
            notifyAll();
        }
    }

    // ---- pause and desync

    /** See {@link io.wsrep4j.api.Provider#pause}. */
    long pause() {
        if (!isOpen()) {
            node.log().warn("cannot pause: not connected");
            return Seqno.UNDEFINED;
        }
        return pause.begin();
    }

    /** See {@link io.wsrep4j.api.Provider#resume}. */
    Status resume() {
        return pause.end();
    }

    /** See {@link io.wsrep4j.api.Provider#desync}. */
    Status desync() {
        return desync.begin();
    }

    /** See {@link io.wsrep4j.api.Provider#resync}. */
    Status resync() {
        return desync.end();
    }
}
