package io.wsrep4j.provider;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Status;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.order.OrderAbandonedException;
import io.wsrep4j.provider.state.ReplicatorState;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Holds the local order, so that nothing is applied, from pause to resume (docs/spec/replicator-state-transfer.md 12).
 *
 * <p>Thread-safe. Which place is held is guarded by this object's lock, which is never held during a wait or a call of anything else.
 */
final class Pause {

    /** How long a pause waits for own transactions that have been sent. */
    private static final long SENDERS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final NodeParts node;
    private final BooleanSupplier leaving;

    private long pausedAt = GroupAction.NO_LOCAL_SEQNO;
    /** The pause keeps own transactions from being sent. */
    private boolean sendersGated;
    /** The pause ended before the host ended it. */
    private boolean lifted;

    /** @param leaving the node is on its way out, for which {@link #lift} has been called or will be */
    Pause(NodeParts node, BooleanSupplier leaving) {
        this.node = node;
        this.leaving = leaving;
    }

    /** See {@link io.wsrep4j.api.Provider#pause}. Of a node that is connected. */
    long begin() {
        // otherwise all nodes wait for this one soon, and nobody pauses for long
        boolean gated = node.situation().state() == ReplicatorState.DONOR;
        if (gated) {
            node.orders().senders().close(SENDERS_NANOS);
        }
        try {
            return beginInTurn(node.group().nextLocalSeqno(), gated);
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

    private long beginInTurn(long place, boolean gated) {
        node.orders().local().enterRegardless(place, place - 1);
        node.orders().drain(node.certification().position());
        Gtid position = node.orders().appliedGtid();
        node.savedState().set(position, node.savedState().contents().safeToBootstrap());
        boolean over;
        synchronized (this) {
            over = leaving.getAsBoolean();
            pausedAt = over ? GroupAction.NO_LOCAL_SEQNO : place;
            lifted = over;
            sendersGated = gated;
        }
        if (over) {
            leave(place);
        }
        node.log().info("paused at " + position);
        return position.seqno();
    }

    /**
     * Who leaves cannot wait for the end of a pause, which may need this node's end: what was ordered after the pause is not done here, and the host gets
     * its last view.
     *
     * @param giveUp what is ordered after the pause
     */
    void lift(Runnable giveUp) {
        long place;
        synchronized (this) {
            place = pausedAt;
            pausedAt = GroupAction.NO_LOCAL_SEQNO;
            lifted |= place != GroupAction.NO_LOCAL_SEQNO;
        }
        if (place != GroupAction.NO_LOCAL_SEQNO) {
            node.log().info("leaving the group during a pause, which ends");
            giveUp.run();
            leave(place);
        }
    }

    /** See {@link io.wsrep4j.api.Provider#resume}. */
    Status end() {
        long place;
        boolean endedBefore;
        synchronized (this) {
            place = pausedAt;
            endedBefore = lifted;
            pausedAt = GroupAction.NO_LOCAL_SEQNO;
            lifted = false;
        }
        if (place == GroupAction.NO_LOCAL_SEQNO) {
            if (!endedBefore) {
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
            leave(place);
        }
        node.log().info("resumed");
        return Status.OK;
    }

    private void leave(long place) {
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
}
