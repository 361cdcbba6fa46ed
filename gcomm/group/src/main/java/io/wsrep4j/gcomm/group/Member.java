package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.StateMessage;
import io.wsrep4j.gcomm.group.message.StateMessage.Vote;

/** What the group knows of one member (docs/spec/gcs.md 8.1). Owned by {@link GroupState}. */
public final class Member {

    /** Name and address of a node that has none. */
    public static final String UNSPECIFIED = "unspecified";

    final Uuid id;
    final int segment;
    /** Actions, and apart from them service actions, that are being received from it. */
    final Reassembly actions;

    final Reassembly services;

    String name = UNSPECIFIED;
    String incomingAddress = UNSPECIFIED;
    NodeState status = NodeState.NON_PRIM;
    /** It needs nothing any more up to this seqno: what it reported last, or the commit cut with which it came. */
    long discardable;

    Vote vote = Vote.NONE;
    int desyncCount;
    boolean countsInCommitCut;
    boolean bootstrap;
    boolean arbitrator;
    /** While JOINER: who donates to it. */
    Uuid donor = Uuid.UNDEFINED;
    /** While DONOR: whom it donates to. */
    Uuid joiner = Uuid.UNDEFINED;
    /** It has spoken in the present state exchange. */
    boolean hasStated;
    /** Messages of this configuration that it may not send; see {@link Conduct}. */
    int offences;
    /** It has broken the protocol in this configuration: it is not heard. */
    boolean shunned;
    /** The group was asked to shut it out. */
    boolean isolated;
    /** Its STOPs less its CONTs in this configuration; the group pauses for it while that is above zero. */
    int stops;
    /** What it last said in a state exchange, or null. */
    StateMessage stated;

    Member(GroupView.GroupMember member, boolean own, ActionMemory memory) {
        id = member.id();
        segment = member.segment();
        actions = new Reassembly(own, memory);
        services = new Reassembly(own, memory);
    }

    /** Its id in the group. */
    public Uuid id() {
        return id;
    }

    /** Its node's name. */
    public String name() {
        return name;
    }

    /** Messages of this configuration that it may not send. */
    public int offences() {
        return offences;
    }

    /** What it last said in a state exchange, or null. */
    public StateMessage stated() {
        return stated;
    }

    /** Where it stands. */
    public NodeState status() {
        return status;
    }

    /** Its last vote, or none. */
    public Vote vote() {
        return vote;
    }

    /** It needs nothing any more up to this seqno. */
    public long discardable() {
        return discardable;
    }

    /** How often it is out of flow control. */
    public int desyncCount() {
        return desyncCount;
    }

    /** Records what it says of itself; it takes effect when all have spoken. */
    void states(StateMessage message) {
        stated = message;
        hasStated = true;
        status = message.currentState();
        vote = message.vote();
        name = message.name();
        incomingAddress = message.incomingAddress();
    }

    /** As a state message says what it is, of this node itself. */
    int flags(boolean representative, boolean stateless) {
        return (representative ? StateMessage.REPRESENTATIVE : 0)
                | (countsInCommitCut ? StateMessage.COUNTS_IN_COMMIT_CUT : 0)
                | (bootstrap ? StateMessage.BOOTSTRAP : 0)
                | (stateless ? StateMessage.ARBITRATOR : 0);
    }

    /** Lowest seqno in its write-set cache, -1 if it has none. */
    long cachedFrom() {
        return stated == null ? -1L : stated.cachedFrom();
    }

    /** Without a state and without a transfer: what it replicates cannot get a place in this configuration. */
    boolean mayBecomeComplete() {
        return status.compareTo(NodeState.JOINER) >= 0;
    }

    /** True if the commit cut waits for it. */
    boolean holdsCommitCut(int protocol) {
        return countsInCommitCut && !(arbitrator && protocol > 0);
    }

    /** A primary view begins. What was collected of its actions is dropped, and its account is clean. */
    void beginView() {
        actions.reset();
        services.reset();
        offences = 0;
        shunned = false;
        isolated = false;
        stops = 0;
        hasStated = false;
    }

    void release() {
        actions.abandon();
        services.abandon();
    }

    /** What it is after a primary decision (docs/spec/gcs.md 8.5). */
    void settle(QuorumDecision decision) {
        boolean sameHistory =
                stated.position().uuid().equals(decision.position().uuid());
        status = decision.statusOf(stated);
        if (sameHistory && decision.protocols().group() >= Configuration.FIRST_EXCHANGED_CUT) {
            discardable = stated.commitCut();
            vote = stated.vote();
        }
        desyncCount = status == NodeState.DONOR ? Math.max(1, stated.desyncCount()) : 0;
        countsInCommitCut = switch (status) {
            case SYNCED, DONOR -> true;
            case JOINED -> stated.has(StateMessage.COUNTS_IN_COMMIT_CUT);
            default -> false;
        };
        if (status == NodeState.PRIM) {
            discardable = 0;
            vote = Vote.NONE;
        }
        bootstrap = false;
        arbitrator = stated.has(StateMessage.ARBITRATOR);
    }
}
