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
import io.wsrep4j.gcomm.group.StateTransferAnswer;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.order.OrderAbandonedException;
import io.wsrep4j.provider.state.NodeSituation;
import io.wsrep4j.provider.state.ReplicatorState;
import io.wsrep4j.provider.transaction.Transactions;
import io.wsrep4j.provider.transfer.StateTransfers;
import io.wsrep4j.provider.view.ClusterViews;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Connects, lends receiving threads to the group's actions, pauses, leaves (docs/spec/replicator-state-transfer.md 4 and 12).
 *
 * <p>Thread-safe. {@code receivers}, {@code closing}, {@code abandoned} and what concerns pauses are guarded by this object's lock, which is never held during a
 * callback, a wait for an order, or a call of the group that can wait.
 */
final class Replicator {

    private static final long SUSPENSION_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    /** How long a pause waits for own transactions that have been sent. */
    private static final long SENDERS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long SETTLING_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final NodeParts node;
    private final Host host;
    private final ConfigurationHandling configurations;
    private final ActionHandling actions;
    private final DiscardableReporter reporter;
    private final StateTransfers transfers;
    private final Transactions transactions;

    private final Receivers receivers;
    private boolean closing;
    private boolean abandoned;
    /** Some thread ends the connection, without the host. */
    private boolean finishing;
    /** The last connection was ended without threads of the host that did not come back, of which one may still be inside. */
    private boolean gaveUpHost;
    /** Then it still lacks its last view, which only one of its threads can bring it. */
    private boolean owesLastView;
    /** Number of the connection. */
    private long connection;

    private long pausedAt = GroupAction.NO_LOCAL_SEQNO;
    /** The pause keeps own transactions from being sent. */
    private boolean sendersGated;
    /** The pause ended before the host ended it. */
    private boolean pauseLifted;

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
        this.transactions = transactions;
    }

    /** Begins with what the last run left. */
    void startFrom(Gtid position) {
        if (position.seqno() == Seqno.UNDEFINED) {
            return;
        }
        node.situation().history(position.uuid());
        node.orders().initialPosition(position.uuid(), position.seqno());
        node.certification().startFrom(position.seqno());
        transfers.claimOwnHistory(position);
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
        beginAnew();
        long settled = node.orders().lastCommitted();
        boolean known = settled >= 0 && !node.situation().history().isUndefined();
        Gtid position = known ? new Gtid(node.situation().history(), settled) : Gtid.UNDEFINED;
        node.group().initialPosition(position, Math.max(position.seqno(), known ? transfers.ownHistoryReaches() : -1));
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

    /** If the last connection was given up, the orders that were abandoned then begin anew, at the position that is known. */
    private void beginAnew() throws GroupException {
        if (node.orders().isAbandoned() && transactions.anyOrdered()) {
            throw new GroupException(
                    "transactions of the last connection, which failed, have not ended yet; try again when they have");
        }
        node.failStop().arm();
        actions.begin();
        if (!node.orders().isAbandoned()) {
            return;
        }
        Gtid settled = node.orders().lastCommittedGtid();
        if (!node.orders().isIdle()) {
            // something was half-way when it ended: only the host's own record knows, and that is read at its start
            node.situation().history(Uuid.UNDEFINED);
        }
        node.orders().begin(node.group().nextLocalSeqno());
        // it may have come further than what was done
        transactions.forgetPending();
        node.certification().reset();
        if (!node.situation().history().isUndefined()) {
            node.orders().initialPosition(settled.uuid(), settled.seqno());
            node.certification().startFrom(settled.seqno());
        }
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
        liftPause();
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
            discardRemaining();
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

    private void discardRemaining() {
        boolean interrupted = Thread.interrupted();
        while (true) {
            try {
                GroupAction action = node.group().receive();
                if (action instanceof GroupAction.Closed) {
                    break;
                }
                actions.discard(action);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
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
                next = afterFailure(action);
            } catch (RuntimeException | Error thrown) {
                node.failStop().failed("handling what the group delivered", seqno(action), thrown);
                next = afterFailure(action);
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

    private static ActionHandling.Next afterFailure(GroupAction action) {
        return ActionHandling.isLast(action) ? ActionHandling.Next.LEFT : ActionHandling.Next.CONTINUE;
    }

    private static long seqno(GroupAction action) {
        return action instanceof GroupAction.WriteSet writeSet ? writeSet.seqno() : Seqno.UNDEFINED;
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
        discardRemaining();
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
        discardRemaining();
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
        awaitSettled();
        if (situation.isCorrupt()) {
            node.savedState().markCorrupt();
        } else if (!situation.history().isUndefined()) {
            boolean safe = node.savedState().contents().safeToBootstrap();
            node.savedState().set(reached(), safe);
        }
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

    /** After a connection that was lost own transactions may be on their way through the orders still. */
    private void awaitSettled() {
        long deadline = System.nanoTime() + SETTLING_NANOS;
        while (!node.situation().isCorrupt()
                && !actions.isOver()
                && !node.orders().isIdle()
                && System.nanoTime() < deadline) {
            LockSupport.parkNanos(this, SUSPENSION_NANOS);
        }
    }

    /** Only what is settled is known; if there is more, the host's own record of it has to tell, as after a crash. */
    private Gtid reached() {
        return node.orders().isIdle()
                ? node.orders().lastCommittedGtid()
                : new Gtid(node.situation().history(), Seqno.UNDEFINED);
    }

    // ---- pause and desync

    /** See {@link io.wsrep4j.api.Provider#pause}. */
    long pause() {
        if (!isOpen()) {
            node.log().warn("cannot pause: not connected");
            return Seqno.UNDEFINED;
        }
        // otherwise all nodes wait for this one soon, and nobody pauses for long
        boolean gated = node.situation().state() == ReplicatorState.DONOR;
        if (gated) {
            node.orders().senders().close(SENDERS_NANOS);
        }
        try {
            return pauseInTurn(node.group().nextLocalSeqno(), gated);
        } catch (OrderAbandonedException e) {
            openSenders(gated);
            node.log().warn("cannot pause: this node is leaving its group");
            return Seqno.UNDEFINED;
        } catch (RuntimeException | Error thrown) {
            openSenders(gated);
            node.failStop().failed("pausing", Seqno.UNDEFINED, thrown);
            return Seqno.UNDEFINED;
        }
    }

    private long pauseInTurn(long place, boolean gated) {
        node.orders().local().enterRegardless(place, place - 1);
        node.orders().drain(node.certification().position());
        Gtid position = node.orders().lastCommittedGtid();
        node.savedState().set(position, node.savedState().contents().safeToBootstrap());
        boolean leaving;
        synchronized (this) {
            leaving = closing;
            pausedAt = leaving ? GroupAction.NO_LOCAL_SEQNO : place;
            pauseLifted = leaving;
            sendersGated = gated;
        }
        if (leaving) {
            end(place);
        }
        node.log().info("paused at " + position);
        return position.seqno();
    }

    /**
     * Who leaves cannot wait for the end of a pause, which may need this node's end: what was ordered after the pause is not done here, and the host gets
     * its last view.
     */
    private void liftPause() {
        long place;
        synchronized (this) {
            place = pausedAt;
            pausedAt = GroupAction.NO_LOCAL_SEQNO;
            pauseLifted |= place != GroupAction.NO_LOCAL_SEQNO;
        }
        if (place != GroupAction.NO_LOCAL_SEQNO) {
            node.log().info("leaving the group during a pause, which ends");
            actions.giveUp();
            end(place);
        }
    }

    private void end(long place) {
        boolean gated;
        synchronized (this) {
            gated = sendersGated;
        }
        node.orders().local().leave(place);
        openSenders(gated);
    }

    private void openSenders(boolean gated) {
        if (gated) {
            node.orders().senders().open();
        }
    }

    /** See {@link io.wsrep4j.api.Provider#resume}. */
    Status resume() {
        long place;
        boolean lifted;
        synchronized (this) {
            place = pausedAt;
            lifted = pauseLifted;
            pausedAt = GroupAction.NO_LOCAL_SEQNO;
            pauseLifted = false;
        }
        if (place == GroupAction.NO_LOCAL_SEQNO) {
            if (!lifted) {
                node.log().warn("resume without pause");
            }
            return Status.OK;
        }
        Gtid running = new Gtid(node.situation().history(), Seqno.UNDEFINED);
        try {
            node.savedState().set(running, node.savedState().contents().safeToBootstrap());
        } catch (RuntimeException | Error thrown) {
            return node.failStop().failed("going on after a pause", Seqno.UNDEFINED, thrown);
        } finally {
            end(place);
        }
        node.log().info("resumed");
        return Status.OK;
    }

    /** See {@link io.wsrep4j.api.Provider#desync}. Never waits for the local order, which a pause may hold. */
    Status desync() {
        StateTransferAnswer answer = node.group().desync();
        if (answer.localSeqno() != GroupAction.NO_LOCAL_SEQNO) {
            node.situation().becomeDonorFrom(answer.localSeqno());
            node.orders().local().skipWhenNear(answer.localSeqno());
        }
        if (answer.status() != StateTransferAnswer.Status.GRANTED) {
            node.log().warn("cannot desync: " + answer.status());
            return Status.TRANSACTION_FAIL;
        }
        return Status.OK;
    }

    /** See {@link io.wsrep4j.api.Provider#resync}. */
    Status resync() {
        if (!isOpen()) {
            node.log().warn("cannot resync: not connected");
            return Status.NODE_FAIL;
        }
        node.group().join(node.orders().commit().lastLeftGtid(), 0);
        return Status.OK;
    }
}
