package io.wsrep4j.provider.state;

import io.wsrep4j.api.MemberStatus;
import io.wsrep4j.api.Uuid;
import java.util.function.Consumer;

/**
 * Where this node stands right now: its state, the history its data belongs to, its id in the group. Written by the replicator, one change at a
 * time; read by every thread without a lock.
 */
public final class NodeSituation {

    private final Consumer<String> inconsistency;
    private volatile ReplicatorState state = ReplicatorState.CLOSED;
    private volatile Uuid history = Uuid.UNDEFINED;
    private volatile Uuid ownId = Uuid.UNDEFINED;
    private volatile boolean corrupt;
    /** The primary component is lost, which {@link #state} says only when its turn has come. */
    private volatile boolean componentLost;
    /** Place in the local order where the group last made this node a donor because it asked for that. */
    private long donorFrom = -1;

    /** @param inconsistency acts when the node's data is found to differ from the group's; must not block */
    public NodeSituation(Consumer<String> inconsistency) {
        this.inconsistency = inconsistency;
    }

    /** What the replicator is doing. */
    public ReplicatorState state() {
        return state;
    }

    /**
     * May this node write now, that is: hand the group a write set or another event of its own? Whoever replicates asks here and nowhere else, and once
     * more after whatever it had to wait for, since the answer can change at any time.
     */
    public boolean mayWrite() {
        return state.holdsGroupState();
    }

    /**
     * Goes to another state; does nothing if it is there already.
     *
     * @throws IllegalStateException if docs/spec/replicator-state-transfer.md 3 knows no such transition
     */
    public synchronized void become(ReplicatorState next) {
        if (state != next && !state.successors().contains(next)) {
            throw new IllegalStateException("replicator cannot go from " + state + " to " + next);
        }
        state = next;
        componentLost &= next.compareTo(ReplicatorState.CONNECTED) > 0;
    }

    /**
     * The group has lost its primary component: shown from now on, although the change that says so cannot be handled yet. Not by a donor, whose host would
     * not end its desync after that.
     */
    public synchronized void loseComponent() {
        componentLost = state.holdsGroupState() && state != ReplicatorState.DONOR;
    }

    /** True between {@link #loseComponent} and the turn of the change that says so. */
    public boolean hasLostComponent() {
        return componentLost;
    }

    /** What hosts are shown of {@link #state}. */
    public MemberStatus memberStatus() {
        if (corrupt) {
            return MemberStatus.ERROR;
        }
        return componentLost ? MemberStatus.UNDEFINED : state.memberStatus();
    }

    /**
     * As {@link #become}, at a place of the local order: what the group said before it made this node a donor does not undo that.
     *
     * @param localSeqno the place
     */
    public synchronized void become(ReplicatorState next, long localSeqno) {
        boolean outdone = localSeqno < donorFrom && canBeDonor(next);
        if (!outdone || state != ReplicatorState.DONOR) {
            become(next);
            becomeDonorIf(outdone);
        }
    }

    /**
     * The group has made this node a donor, at a place of the local order that need not have come yet. Does not wait for it: what is ordered before and
     * not done yet finds a donor, see {@link #become(ReplicatorState, long)}.
     */
    public synchronized void becomeDonorFrom(long localSeqno) {
        donorFrom = localSeqno;
        becomeDonorIf(canBeDonor(state));
    }

    private static boolean canBeDonor(ReplicatorState state) {
        return state == ReplicatorState.JOINED || state == ReplicatorState.SYNCED;
    }

    private void becomeDonorIf(boolean due) {
        if (due) {
            become(ReplicatorState.DONOR);
        }
    }

    /** The history that this node's data belongs to; {@link Uuid#UNDEFINED} before any. */
    public Uuid history() {
        return history;
    }

    /** Sets {@link #history}. */
    public void history(Uuid uuid) {
        history = uuid;
    }

    /** This node's id in the group; {@link Uuid#UNDEFINED} when not in a primary component since connect. */
    public Uuid ownId() {
        return ownId;
    }

    /** Sets {@link #ownId}. */
    public void ownId(Uuid id) {
        ownId = id;
    }

    /** True once this node's data is known to differ from the group's. */
    public boolean isCorrupt() {
        return corrupt;
    }

    /** The data was replaced, or forgotten: what was wrong with it does not matter any more. */
    public void forgive() {
        corrupt = false;
    }

    /** This node's data differs from the group's: it must leave. Never blocks; only the first call of a connection acts. */
    public void declareInconsistent(String reason) {
        declare("Inconsistency detected: " + reason);
    }

    /**
     * As {@link #declareInconsistent}, for a node that applied the write set and does not share the group's decision about it.
     *
     * @param finding begins the log's line: monitoring looks for the words that Galera has for this (docs/spec/replicator-state-transfer.md 29)
     */
    public void declareVoteLost(String finding) {
        declare(finding);
    }

    private void declare(String finding) {
        if (markCorrupt()) {
            inconsistency.accept(finding);
        }
    }

    /** The data can be trusted no more, and somebody sees to what follows from that; true the first time. */
    public synchronized boolean markCorrupt() {
        boolean first = !corrupt;
        corrupt = true;
        return first;
    }
}
