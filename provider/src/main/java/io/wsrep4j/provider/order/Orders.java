package io.wsrep4j.provider.order;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;

/**
 * The three orders of a node (docs/spec/replicator-state-transfer.md 5): every action passes the local order, every seqno the apply order and the
 * commit order, each exactly once. Thread-safe.
 */
public final class Orders {

    /** What {@code repl.commit_order} allows. */
    public enum CommitRule {
        /** No commit order at all. */
        BYPASS,
        /** Anybody may commit out of order. */
        OUT_OF_ORDER,
        /** Only local transactions may commit out of order. */
        LOCAL_OUT_OF_ORDER,
        /** Strict order. */
        IN_ORDER
    }

    private final OrderMonitor local = new OrderMonitor(true);
    private final OrderMonitor apply = new OrderMonitor(false);
    private final OrderMonitor commit;
    private final CommitRule rule;
    private final SenderGate senders = new SenderGate();

    public Orders(CommitRule rule) {
        this.rule = rule;
        commit = new OrderMonitor(rule == CommitRule.IN_ORDER);
        local.initialPosition(Uuid.UNDEFINED, 0);
    }

    /** One action of this node at a time, by local seqno. */
    public OrderMonitor local() {
        return local;
    }

    /** Own transactions pass it before they are sent. */
    public SenderGate senders() {
        return senders;
    }

    /** What has been settled, by global seqno. */
    public OrderMonitor apply() {
        return apply;
    }

    /** Who may commit, by global seqno. */
    public OrderMonitor commit() {
        return commit;
    }

    /** Everything up to here is settled. */
    public long applied() {
        return apply.lastLeft();
    }

    /** Everything up to here is settled, with its history. */
    public Gtid appliedGtid() {
        return apply.lastLeftGtid();
    }

    /** Sets where apply and commit order begin. */
    public void initialPosition(Uuid history, long seqno) {
        apply.initialPosition(history, seqno);
        commit.initialPosition(history, seqno);
    }

    /** Something that had its place failed: nobody passes any order any more, see {@link OrderMonitor#abandon}. Never blocks, allocates nothing. */
    public void abandon() {
        // the local order last: whoever is woken there gives up what nobody has done, and must not count as settled
        apply.abandon();
        commit.abandon();
        local.abandon();
    }

    /**
     * After {@link #abandon}: all begins anew, for a new connection.
     *
     * @param localSeqno everything up to here has passed the local order, or never will
     */
    public void begin(long localSeqno) {
        local.begin(Uuid.UNDEFINED, localSeqno);
        apply.begin(Uuid.UNDEFINED, Seqno.UNDEFINED);
        commit.begin(Uuid.UNDEFINED, Seqno.UNDEFINED);
    }

    /** True from {@link #abandon} to {@link #begin}. */
    public boolean isAbandoned() {
        return apply.isAbandoned();
    }

    /** True if {@link #applied} says all that the host was let do: nothing is half-way. */
    public boolean isIdle() {
        return apply.isIdle() && commit.isIdle();
    }

    /** Waits until everything up to {@code seqno} is settled and keeps later seqnos out meanwhile. Blocks. */
    public void drain(long seqno) {
        apply.drain(seqno);
        if (rule != CommitRule.BYPASS) {
            commit.drain(seqno);
        }
    }

    /** Lets a seqno pass both orders that nobody applies. */
    public void skip(long seqno) {
        apply.skip(seqno);
        commit.skip(seqno);
    }

    /**
     * Lets a seqno pass both orders on a node that leaves. After a state transfer that failed the seqno may be far beyond this node's position; nobody
     * waits for it then. Never blocks.
     */
    public void skipIfNear(long seqno) {
        apply.skipIfNear(seqno);
        commit.skipIfNear(seqno);
    }

    /** Enters both orders for an event of which everything before is settled. Blocks. */
    public void enterBoth(long seqno) {
        apply.enterRegardless(seqno, seqno - 1);
        if (rule != CommitRule.BYPASS) {
            commit.enterRegardless(seqno, seqno - 1);
        }
    }

    /** Leaves both orders after {@link #enterBoth}. */
    public void leaveBoth(long seqno) {
        if (rule != CommitRule.BYPASS) {
            commit.leave(seqno);
        }
        apply.leave(seqno);
    }

    /**
     * Enters the commit order; false if interrupted. Blocks.
     *
     * @param ownTransaction a transaction of this node waits for it
     */
    public boolean enterCommit(long seqno, boolean ownTransaction) {
        return commit.enter(seqno, commitPrerequisite(seqno, ownTransaction));
    }

    /** As {@link #enterCommit}, whoever interrupts. Blocks. */
    public void enterCommitRegardless(long seqno, boolean ownTransaction) {
        commit.enterRegardless(seqno, commitPrerequisite(seqno, ownTransaction));
    }

    private long commitPrerequisite(long seqno, boolean ownTransaction) {
        boolean inOrder = rule == CommitRule.IN_ORDER || rule == CommitRule.LOCAL_OUT_OF_ORDER && !ownTransaction;
        return inOrder ? seqno - 1 : -1;
    }
}
