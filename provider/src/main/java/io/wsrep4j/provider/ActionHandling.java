package io.wsrep4j.provider;

import io.wsrep4j.api.ApplierContext;
import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Host;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.VoteAnswer;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.state.ReplicatorState;
import io.wsrep4j.provider.transaction.Transactions;
import io.wsrep4j.provider.transfer.StateTransfers;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;

/**
 * What this node does about each action that the group delivers (docs/spec/replicator-state-transfer.md 14). Called by all receiving threads; the
 * local order puts them in order.
 */
final class ActionHandling {

    private static final ByteBuffer NO_ERROR = ByteBuffer.allocate(0).asReadOnlyBuffer();

    /** What the receiving thread does next. */
    enum Next {
        CONTINUE,
        /** The host wants this thread back. */
        EXIT_WANTED,
        /** The last configuration was delivered by this thread. */
        LEFT
    }

    private final NodeParts node;
    private final Transactions transactions;
    private final ConfigurationHandling configurations;
    private final StateTransfers transfers;
    private final Host host;
    private final LongAdder received = new LongAdder();
    private final LongAdder receivedBytes = new LongAdder();
    private volatile boolean givenUp;

    ActionHandling(
            NodeParts node,
            Transactions transactions,
            ConfigurationHandling configurations,
            StateTransfers transfers,
            Host host) {
        this.transfers = transfers;
        this.node = node;
        this.transactions = transactions;
        this.configurations = configurations;
        this.host = host;
    }

    /** Actions handed to the receiving side. */
    long received() {
        return received.sum();
    }

    /** Their bytes. */
    long receivedBytes() {
        return receivedBytes.sum();
    }

    /**
     * Handles one action; blocks until that is done.
     *
     * @throws CriticalCallbackException if the host failed where that cannot be
     */
    Next handle(ApplierContext context, GroupAction action) throws CriticalCallbackException {
        if (action instanceof GroupAction.Dropped) {
            discard(action);
            return Next.CONTINUE;
        }
        if (action.localSeqno() != GroupAction.NO_LOCAL_SEQNO) {
            received.increment();
            receivedBytes.add(action.size());
        }
        if (node.situation().isCorrupt() && isDiscarded(action) || isOver() && !isLast(action)) {
            discard(action);
            return Next.CONTINUE;
        }
        if (action instanceof GroupAction.ConfigurationChanged change) {
            if (isOver()) {
                configurations.handleLast(context, change);
            } else {
                configurations.handle(context, change);
            }
            return isLast(change) ? Next.LEFT : Next.CONTINUE;
        }
        if (action instanceof GroupAction.WriteSet writeSet) {
            return apply(context, writeSet);
        }
        handleRare(context, action);
        return Next.CONTINUE;
    }

    /** Something failed that this node cannot go on without: what is still queued is not applied, only the end of the connection is awaited. */
    void giveUp() {
        givenUp = true;
        // what is skipped from now on must not count as done, nor be waited for
        node.orders().abandon();
    }

    /** True once this node does nothing more about what the group delivers. */
    boolean isOver() {
        return givenUp || node.failStop().hasFailed();
    }

    /** A new connection. */
    void begin() {
        givenUp = false;
    }

    /** True if this is the change that ends the connection. */
    static boolean isLast(GroupAction action) {
        return action instanceof GroupAction.ConfigurationChanged change
                && change.change().members().isEmpty();
    }

    /** What the thread does next that failed to handle an action; null is none. */
    static Next nextAfterFailureOf(GroupAction action) {
        return isLast(action) ? Next.LEFT : Next.CONTINUE;
    }

    /** Global seqno of a write set, undefined for anything else. */
    static long seqno(GroupAction action) {
        return action instanceof GroupAction.WriteSet writeSet ? writeSet.seqno() : Seqno.UNDEFINED;
    }

    private static boolean isDiscarded(GroupAction action) {
        return !(action instanceof GroupAction.ConfigurationChanged)
                && !(action instanceof GroupAction.LostWriteSet)
                && !(action instanceof GroupAction.VoteDecided)
                && !(action instanceof GroupAction.VoteRequested);
    }

    /** Discards what the group delivers until the connection has ended. Blocks. */
    void discardRemaining() {
        boolean interrupted = Thread.interrupted();
        while (true) {
            try {
                GroupAction action = node.group().receive();
                if (action instanceof GroupAction.Closed) {
                    break;
                }
                discard(action);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Nobody will handle it, but everybody behind it must get past, and after a configuration change reception goes on. The position moves only where
     * none is kept, since the data is known to differ; else it stays before what was skipped first.
     */
    void discard(GroupAction action) {
        try {
            if (action.localSeqno() != GroupAction.NO_LOCAL_SEQNO) {
                node.orders().local().skip(action.localSeqno());
            }
            if (action instanceof GroupAction.WriteSet writeSet) {
                if (!node.situation().isCorrupt()) {
                    giveUp();
                }
                node.orders().skipIfNear(writeSet.seqno());
                writeSet.buffer().release();
            } else if (action instanceof GroupAction.LostWriteSet lost) {
                lost.buffer().release();
            } else if (action instanceof GroupAction.StateTransferRequested request) {
                request.buffer().release();
            } else if (action instanceof GroupAction.ConfigurationChanged change) {
                change.buffer().release();
            }
        } finally {
            if (action instanceof GroupAction.ConfigurationChanged) {
                node.group().resumeReception();
            }
        }
    }

    private Next apply(ApplierContext context, GroupAction.WriteSet writeSet) {
        try {
            ApplyResult result = transactions.process(context, writeSet);
            return result == ApplyResult.SUCCESS_AND_EXIT ? Next.EXIT_WANTED : Next.CONTINUE;
        } catch (CorruptWriteSetException e) {
            node.situation().declareInconsistent(e.getMessage());
            discard(writeSet);
            return Next.CONTINUE;
        }
    }

    private void handleRare(ApplierContext context, GroupAction action) throws CriticalCallbackException {
        if (action instanceof GroupAction.LostWriteSet lost) {
            transactions.sendAgain(lost);
        } else if (action instanceof GroupAction.CommitCut cut) {
            commitCut(cut);
        } else if (action instanceof GroupAction.StateTransferRequested request) {
            transfers.donate(
                    context,
                    request,
                    ConfigurationHandling.requestVersion(node.settings().replicationProtocol()));
        } else if (action instanceof GroupAction.Joined joined) {
            inTurn(joined.localSeqno(), () -> joined(joined));
        } else if (action instanceof GroupAction.Synced synced) {
            inTurn(synced.localSeqno(), () -> synced(synced));
        } else if (action instanceof GroupAction.VoteRequested request) {
            inTurn(request.localSeqno(), () -> vote(request.seqno()));
        } else if (action instanceof GroupAction.VoteDecided decision) {
            inTurn(decision.localSeqno(), () -> decided(decision));
        } else if (action instanceof GroupAction.Inconsistent inconsistent) {
            node.situation().declareInconsistent(inconsistent.reason());
        } else {
            throw new IllegalStateException("nothing is known of what to do about " + action);
        }
    }

    /** A step that runs alone among this node's actions. */
    private interface Step {
        void run() throws CriticalCallbackException;
    }

    private void inTurn(long localSeqno, Step step) throws CriticalCallbackException {
        node.orders().local().enterRegardless(localSeqno, localSeqno - 1);
        try {
            step.run();
        } finally {
            node.orders().local().leave(localSeqno);
        }
    }

    private void commitCut(GroupAction.CommitCut cut) throws CriticalCallbackException {
        if (node.situation().state() != ReplicatorState.SYNCED) {
            node.orders().apply().await(cut.seqno());
        }
        inTurn(cut.localSeqno(), () -> {
            transactions.judgePendingBefore(cut.localSeqno());
            node.cache().release(node.certification().cut(cut.seqno()));
        });
    }

    private void joined(GroupAction.Joined joined) {
        long code = joined.code();
        node.orders().drain(node.certification().position());
        if (code < 0 && node.situation().state() == ReplicatorState.JOINING) {
            node.situation().declareInconsistent("the state transfer failed with code " + code);
            return;
        }
        node.situation().become(ReplicatorState.JOINED, joined.localSeqno());
        transfers.finished();
    }

    private void synced(GroupAction.Synced synced) throws CriticalCallbackException {
        node.orders().drain(node.certification().position());
        node.situation().become(ReplicatorState.SYNCED, synced.localSeqno());
        if (host.synced() != CallbackStatus.SUCCESS) {
            throw new CriticalCallbackException("the host failed in its synced callback");
        }
    }

    private void vote(long seqno) {
        if (node.orders().applied() < seqno) {
            node.orders().drain(seqno);
        }
        if (node.situation().isCorrupt()) {
            return;
        }
        Gtid position = new Gtid(node.situation().history(), seqno);
        VoteAnswer answer = node.group().vote(position, 0, NO_ERROR);
        switch (answer) {
            case AGREED, VOTED_ALREADY -> {}
            case DISAGREED -> declareOutvoted(seqno);
            case HISTORY_CHANGED, NO_DECISION ->
                node.situation()
                        .declareVoteLost("Failed to vote on request for " + position + ": " + answer
                                + ", so this node cannot know whether its state is the group's");
        }
    }

    private void decided(GroupAction.VoteDecided decision) {
        if (decision.result() < 0) {
            declareOutvoted(decision.seqno());
        }
    }

    private void declareOutvoted(long seqno) {
        Gtid writeSet = new Gtid(node.situation().history(), seqno);
        node.situation().declareVoteLost("Vote 0 (success) on " + writeSet + " is inconsistent with group");
    }
}
