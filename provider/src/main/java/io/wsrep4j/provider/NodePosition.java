package io.wsrep4j.provider;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.state.NodeSituation;
import io.wsrep4j.provider.transaction.Transactions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Where this node's data stands when it has no connection: what a connection begins with, and what it leaves (docs/spec/replicator-state-transfer.md
 * 4 and 31.5). All that knows a position (orders, certification, saved state) is told here. Owned by whoever begins or ends a connection, one
 * at a time.
 */
final class NodePosition {

    private static final long SETTLING_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final NodeParts node;
    private final Transactions transactions;

    NodePosition(NodeParts node, Transactions transactions) {
        this.node = node;
        this.transactions = transactions;
    }

    /** Begins with what the last run left, where the cache may reach further: it is not told. */
    void startFrom(Gtid position) {
        node.situation().history(position.uuid());
        node.orders().initialPosition(position.uuid(), position.seqno());
        node.certification().startFrom(position.seqno());
    }

    /** What a new connection begins with; undefined if nothing is known. */
    Gtid known() {
        long settled = node.orders().applied();
        boolean known = settled >= 0 && !node.situation().history().isUndefined();
        return known ? new Gtid(node.situation().history(), settled) : Gtid.UNDEFINED;
    }

    /**
     * Nothing that the last connection left may still be under way in an order that is to begin anew.
     *
     * @throws GroupException if something is
     */
    void requireNothingUnderWay() throws GroupException {
        if (node.orders().isAbandoned() && transactions.anyOrdered()) {
            throw new GroupException(
                    "transactions of the last connection, which failed, have not ended yet; try again when they have");
        }
    }

    /** If the last connection was given up, the orders that were abandoned then begin anew, at the position that is known. */
    void beginAnew() {
        if (!node.orders().isAbandoned()) {
            return;
        }
        Gtid settled = node.orders().appliedGtid();
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
     * After a connection that was lost own transactions may be on their way through the orders still. Blocks, for a bounded time.
     *
     * @param over nothing moves any more
     */
    void awaitSettled(BooleanSupplier over) {
        long deadline = System.nanoTime() + SETTLING_NANOS;
        while (!node.situation().isCorrupt()
                && !over.getAsBoolean()
                && !node.orders().isIdle()
                && System.nanoTime() < deadline) {
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }

    /** A connection is over: its position is saved; or, if this node's data is bad, that. */
    void save() {
        NodeSituation situation = node.situation();
        if (situation.isCorrupt()) {
            node.savedState().markCorrupt();
        } else if (!situation.history().isUndefined()) {
            boolean safe = node.savedState().contents().safeToBootstrap();
            node.savedState().set(reached(), safe);
        }
    }

    /** Only what is settled is known; if there is more, the host's own record of it has to tell, as after a crash. */
    private Gtid reached() {
        return node.orders().isIdle()
                ? node.orders().appliedGtid()
                : new Gtid(node.situation().history(), Seqno.UNDEFINED);
    }
}
