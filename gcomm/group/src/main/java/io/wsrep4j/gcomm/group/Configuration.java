package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.gcomm.group.GroupEffects.Severity;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.ConfigurationChange.ConfigurationMember;
import io.wsrep4j.gcomm.group.message.MalformedMessageException;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.gcomm.group.message.StateMessage;
import io.wsrep4j.gcomm.group.message.StateMessage.LastPrimary;
import io.wsrep4j.gcomm.group.message.StateMessage.Vote;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Who is a member in which state, and how members agree on it after each view: component, state exchange, quorum, configuration change
 * (docs/spec/gcs.md 8 and 9). Owned by {@link GroupState}.
 */
public final class Configuration {

    private static final int FIRST_ORDERED_CHANGES = 1;
    /** First version of the group protocol in which commit cut and votes come from the state exchange. */
    static final int FIRST_EXCHANGED_CUT = 2;

    private static final int FIRST_SETTLED_BY_CUT = 4;

    private final NodeIdentity identity;
    private final ActionMemory memory;
    private final UuidSource uuids;
    private final GroupEffects effects;
    private final Votes votes = new Votes();
    private final Membership members;

    private ConfigurationPhase phase = ConfigurationPhase.NON_PRIMARY;
    private boolean componentSeen;
    private Uuid historyUuid;
    private long actId;
    /** Up to where this node can bring itself if no living member brings a history; counts until the first quorum. */
    private long recoverable;

    private long configurationId = ConfigurationChange.NOT_PRIMARY;
    private final StateExchange exchange;

    private CommitCut cut;
    private QuorumDecision quorum = QuorumDecision.notPrimary(StateMessage.VERSION, "");
    private LastPrimary lastPrimary = LastPrimary.NONE;
    private Protocols used = Protocols.ZERO;
    /** Set by a primary view until the next own action begins: what was begun before is lost. */
    private boolean ownActionCutOff = true;

    Configuration(
            NodeIdentity identity,
            Gtid position,
            long recoverable,
            ActionMemory memory,
            UuidSource uuids,
            GroupEffects effects) {
        this.identity = identity;
        this.memory = memory;
        this.members = new Membership(memory);
        this.uuids = uuids;
        this.effects = effects;
        this.exchange = new StateExchange(members, effects, new Conduct(effects));
        historyUuid = position.uuid();
        actId = position.seqno();
        this.recoverable = recoverable;
        cut = new CommitCut(actId, -1);
    }

    // ---------------------------------------------------------------- component

    void view(GroupView view) {
        if (phase == ConfigurationPhase.INCONSISTENT || phase == ConfigurationPhase.CLOSED) {
            return;
        }
        boolean wasPrimary = phase == ConfigurationPhase.PRIMARY;
        if (wasPrimary) {
            lastPrimary = lastPrimary.endedAs(own().status);
        }
        members.replace(view);
        if (view.primary()) {
            primaryComponent(view, wasPrimary);
        } else {
            own().status = NodeState.NON_PRIM;
            phase = ConfigurationPhase.NON_PRIMARY;
            configurationId = ConfigurationChange.NOT_PRIMARY;
            deliverNotPrimary();
        }
        componentSeen = true;
    }

    private void primaryComponent(GroupView view, boolean wasPrimary) {
        if (!wasPrimary) {
            if (view.bootstrap() && !historyUuid.isUndefined()) {
                own().bootstrap = true;
            } else if (members.all().size() == 1 && (!componentSeen || view.bootstrap())) {
                startGroup();
            }
        }
        members.all().forEach(Member::beginView);
        ownActionCutOff = true;
        phase = ConfigurationPhase.WAIT_STATE_UUID;
        exchange.await();
        if (quorum.protocols().group() >= 0 && quorum.protocols().group() < FIRST_EXCHANGED_CUT) {
            recomputeCommitCut();
        }
        if (members.ownIndex() == 0) {
            exchange.begin(uuids.next());
        }
    }

    private void startGroup() {
        if (actId < 0) {
            actId = 0;
            historyUuid = uuids.next();
        }
        actId = Math.max(actId, recoverable);
        lastPrimary = new LastPrimary(uuids.next(), 0, 1, lastPrimary.state());
        cut = new CommitCut(actId, -1);
        own().status = NodeState.JOINED;
        own().discardable = actId;
        effects.log(Severity.INFO, "Starting new group from scratch: " + historyUuid + ":" + actId);
    }

    /** This member is out of the group. */
    void left(String error) {
        if (phase == ConfigurationPhase.CLOSED) {
            return;
        }
        members.clear();
        phase = ConfigurationPhase.CLOSED;
        configurationId = ConfigurationChange.NOT_PRIMARY;
        if (error == null) {
            deliverNotPrimary();
        }
        effects.left(error);
    }

    // ---------------------------------------------------------------- state exchange

    void stateUuid(int senderIndex, ByteBuffer payload) throws MalformedMessageException {
        if (exchange.begins(senderIndex, payload, phase)) {
            phase = ConfigurationPhase.WAIT_STATE_MESSAGES;
            effects.send(MessageType.STATE_MESSAGE, ownStateMessage().encode());
        }
    }

    private StateMessage ownStateMessage() {
        Member own = own();
        return new StateMessage(
                StateMessage.VERSION,
                own.flags(members.ownIndex() == 0, identity.stateless()),
                identity.supported(),
                lastPrimary,
                own.status,
                exchange.uuid(),
                new Gtid(historyUuid, own.bootstrap ? Math.max(actId, recoverable) : actId),
                identity.name(),
                identity.incomingAddress(),
                memory == null ? -1L : memory.lowestSeqno(),
                own.desyncCount,
                cut.seqno(),
                own.vote,
                identity.votePolicy(),
                used);
    }

    void stateMessage(int senderIndex, ByteBuffer payload) throws MalformedMessageException {
        if (exchange.hears(senderIndex, payload, phase)) {
            decide(Quorum.decide(
                    members.all().stream().map(member -> member.stated).toList()));
        }
    }

    /**
     * A state exchange has lasted longer than it may: who is silent in it keeps all others from working.
     *
     * @param number of the exchange, as it was told when it began
     * @return true if it still lasts
     */
    public boolean exchangeIsOverdue(long number) {
        return exchange.isOverdue(number, phase);
    }

    // ---------------------------------------------------------------- quorum

    private void decide(QuorumDecision decision) {
        if (!decision.primary()) {
            effects.log(Severity.WARN, "failed to establish quorum: " + decision.reason());
            members.all().forEach(member -> member.status = NodeState.NON_PRIM);
            phase = ConfigurationPhase.NON_PRIMARY;
            configurationId = ConfigurationChange.NOT_PRIMARY;
            deliverNotPrimary();
            return;
        }
        if (historyUuid.equals(decision.position().uuid())
                && actId > decision.position().seqno()) {
            phase = ConfigurationPhase.INCONSISTENT;
            effects.inconsistent(
                    "this node is at " + historyUuid + ":" + actId + ", but the group, by the word of member '"
                            + decision.representative().name() + "', only at " + decision.position()
                            + ": reversing history is not possible. If the group lost those write sets, let this node join anew with an empty state");
            return;
        }
        quorum = decision;
        members.all().forEach(member -> member.settle(decision));
        accept(decision);
    }

    private void accept(QuorumDecision decision) {
        phase = ConfigurationPhase.PRIMARY;
        actId = decision.position().seqno();
        recoverable = Seqno.UNDEFINED;
        if (!historyUuid.equals(decision.position().uuid())) {
            // what was cut in another history says nothing about this one
            cut = new CommitCut(-1L, -1);
        }
        historyUuid = decision.position().uuid();
        configurationId = decision.configurationId() + 1;
        int complete = members.completeCount();
        lastPrimary = new LastPrimary(exchange.uuid(), configurationId, complete, lastPrimary.state());
        if (!identity.stateless() || members.all().stream().anyMatch(member -> !member.arbitrator)) {
            // an arbitrator left alone would bind the data nodes that return to its own versions
            used = used.maximum(decision.protocols());
        }
        if (decision.protocols().group() == FIRST_EXCHANGED_CUT) {
            cut = new CommitCut(decision.commitCut(), -1);
        } else {
            recomputeCommitCut();
        }
        effects.log(Severity.INFO, decision.describe(complete, members.all().size(), actId, cut.seqno()));
        if (!identity.supported().covers(decision.protocols())) {
            effects.fatal("the group requested protocols (group/replicator/application) " + decision.protocols()
                    + ", this node supports " + identity.supported() + ": upgrade this node");
            return;
        }
        if (own().status == NodeState.JOINER && !own().donor.isUndefined() && !members.contains(own().donor)) {
            effects.fatal("the donor " + own().donor
                    + " left the group before the state transfer was complete: start this node again");
            return;
        }
        deliverPrimary();
    }

    private void deliverPrimary() {
        Vote settled = Vote.NONE;
        if (quorum.protocols().group() >= FIRST_ORDERED_CHANGES) {
            if (tally()) {
                settled = votes.result();
            }
            actId++;
        }
        effects.configuration(change(settled), members.ownIndex(), own().status);
    }

    private void deliverNotPrimary() {
        effects.configuration(change(Vote.NONE), members.ownIndex(), NodeState.NON_PRIM);
    }

    private ConfigurationChange change(Vote settled) {
        return new ConfigurationChange(
                quorum.protocols().replicator(),
                quorum.protocols().application(),
                new Gtid(historyUuid, actId),
                configurationId,
                settled.seqno(),
                settled.value(),
                members.all().stream()
                        .map(m -> new ConfigurationMember(m.id, m.name, m.incomingAddress, m.cachedFrom(), m.status))
                        .toList());
    }

    // ---------------------------------------------------------------- what messages change

    /** Gives out the next global seqno. */
    long nextSeqno() {
        return ++actId;
    }

    /** Computes the commit cut from the members' reports. @return true if it grew */
    boolean recomputeCommitCut() {
        long before = cut.seqno();
        cut = cut.recomputed(members.all(), quorum.protocols().group());
        return cut.seqno() > before;
    }

    /** Counts votes. @return true if there is a decision */
    boolean tally() {
        return votes.tally(members.all(), members.ownIndex(), quorum.votePolicy(), historyUuid, actId);
    }

    /** Another member has got the state. */
    void memberCompleted() {
        lastPrimary = lastPrimary.withOneMoreComplete();
    }

    /** The first fragment of an own action arrived in a primary configuration: it can be completed in it. */
    void ownActionBegins() {
        ownActionCutOff = false;
    }

    // ---------------------------------------------------------------- questions

    boolean isOwnActionCutOff() {
        return ownActionCutOff;
    }

    public boolean isPrimary() {
        return phase == ConfigurationPhase.PRIMARY;
    }

    /** In a primary component, agreed or not. */
    boolean isInComponent() {
        return phase == ConfigurationPhase.PRIMARY || isExchanging();
    }

    public boolean isExchanging() {
        return phase.isExchanging();
    }

    boolean isVoteOpen(long seqno) {
        return !votes.isDecided(seqno) && (protocols().group() < FIRST_SETTLED_BY_CUT || seqno > cut.seqno());
    }

    /** What becomes of an own action that is delivered but cannot be ordered now. */
    ReplicationResult.Status lossStatus() {
        return phase.lossStatus();
    }

    /** What becomes of a message that is to be sent now: ORDERED if it may go. */
    public ReplicationResult.Status sendStatus() {
        return phase.sendStatus();
    }

    public List<Member> members() {
        return members.all();
    }

    public int ownIndex() {
        return members.ownIndex();
    }

    private Member own() {
        return members.own();
    }

    /** Own state when the last primary configuration ended. */
    public NodeState stateInLastPrimary() {
        return lastPrimary.state();
    }

    public int ownDesyncCount() {
        return members.ownIndex() < 0 ? 0 : own().desyncCount;
    }

    /** Own last vote, or none. */
    public Vote ownVote() {
        return members.ownIndex() < 0 ? Vote.NONE : own().vote;
    }

    public Uuid historyUuid() {
        return historyUuid;
    }

    public long actId() {
        return actId;
    }

    public long commitCut() {
        return cut.seqno();
    }

    public long configurationId() {
        return configurationId;
    }

    public Protocols protocols() {
        return quorum.protocols();
    }

    int exchangeVersion() {
        return quorum.version();
    }

    Gtid atLastQuorum() {
        return quorum.position();
    }

    Votes votes() {
        return votes;
    }
}
