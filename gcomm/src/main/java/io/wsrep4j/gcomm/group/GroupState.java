package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.gcomm.group.GroupEffects.Severity;
import io.wsrep4j.gcomm.group.message.ActionFragment;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.gcomm.group.message.CodeMessage;
import io.wsrep4j.gcomm.group.message.FlowMessage;
import io.wsrep4j.gcomm.group.message.MalformedMessage;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.StateMessage.Vote;
import io.wsrep4j.gcomm.group.message.VoteMessage;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One member's idea of the group: views and messages go in, in the order of delivery; decisions come out as {@link GroupEffects} (sheet gcs,
 * 3 and 8 to 15). Everything that members must agree on follows from that order alone. Not thread-safe: owned by the delivering thread.
 *
 * <p>The membership and how members agree on it is in {@link Configuration}.
 */
final class GroupState {

    private final Configuration configuration;
    private final GroupEffects effects;
    private final Transfers transfers;
    private final ActionFragment fragment = new ActionFragment();

    /**
     * @param position where this node's history ends, or {@link Gtid#UNDEFINED}
     * @param memory for write sets, or null if they are not kept
     */
    GroupState(NodeIdentity identity, Gtid position, ActionMemory memory, UuidSource uuids, GroupEffects effects) {
        this.effects = effects;
        this.configuration = new Configuration(identity, position, memory, uuids, effects);
        this.transfers = new Transfers(effects);
    }

    void view(GroupView view) {
        configuration.view(view);
    }

    /** This member is out of the group. @param error null if it left by itself */
    void left(String error) {
        configuration.left(error);
    }

    Configuration configuration() {
        return configuration;
    }

    /** A message, with the sender's index in the current view. */
    void message(int senderIndex, int typeCode, ByteBuffer payload) {
        if (senderIndex < 0 || senderIndex >= configuration.members().size()) {
            effects.log(
                    Severity.WARN,
                    "message of type " + typeCode + " from " + senderIndex + ", which is not a member; ignored");
            return;
        }
        MessageType type = MessageType.ofCode(typeCode);
        if (type == null) {
            effects.log(
                    Severity.WARN,
                    "message of unknown type " + typeCode + " from " + describe(senderIndex) + "; ignored");
            return;
        }
        try {
            switch (type) {
                case ACTION -> action(senderIndex, payload);
                case STATE_UUID -> configuration.stateUuid(senderIndex, payload);
                case STATE_MESSAGE -> configuration.stateMessage(senderIndex, payload);
                case VOTE -> vote(senderIndex, payload);
                default -> primaryOnly(senderIndex, type, payload);
            }
        } catch (MalformedMessage e) {
            effects.log(Severity.WARN, type + " from " + describe(senderIndex) + ": " + e.getMessage() + "; ignored");
        }
    }

    private String describe(int index) {
        return "member " + Transfers.describe(configuration.members(), index);
    }

    private void primaryOnly(int senderIndex, MessageType type, ByteBuffer payload) throws MalformedMessage {
        if (!configuration.isPrimary()) {
            effects.log(
                    Severity.DEBUG,
                    type + " from " + describe(senderIndex) + " outside a primary configuration; ignored");
            return;
        }
        if (type == MessageType.FLOW) {
            effects.flow(FlowMessage.decode(payload));
            return;
        }
        CodeMessage message = CodeMessage.decode(payload);
        if (!message.isOldForm() && !message.position().uuid().equals(configuration.historyUuid())) {
            effects.log(
                    Severity.INFO,
                    type + " " + message.describe() + " from " + describe(senderIndex)
                            + " is about another history; ignored");
            return;
        }
        switch (type) {
            case LAST -> last(senderIndex, message);
            case JOIN -> join(senderIndex, message);
            case SYNC -> sync(senderIndex);
            default -> throw new MalformedMessage("unexpected type");
        }
    }

    // ---------------------------------------------------------------- actions

    private void action(int senderIndex, ByteBuffer payload) throws MalformedMessage {
        boolean own = senderIndex == configuration.ownIndex();
        if (!configuration.isPrimary() && !own) {
            effects.log(
                    Severity.DEBUG,
                    "action from " + describe(senderIndex) + " outside a primary configuration; ignored");
            return;
        }
        fragment.wrap(payload);
        if (fragment.version() > NodeIdentity.GROUP_PROTOCOL) {
            effects.fatal(describe(senderIndex) + " sent " + fragment.describe()
                    + "; the highest protocol supported here is " + NodeIdentity.GROUP_PROTOCOL);
            return;
        }
        boolean commonVersion = fragment.version() == configuration.protocols().group();
        if (!own && !commonVersion) {
            effects.log(
                    Severity.WARN,
                    describe(senderIndex) + " sent " + fragment.describe() + "; the group's protocol is "
                            + configuration.protocols().group() + "; ignored");
            return;
        }
        ActionType type = ActionType.ofCode(fragment.typeCode());
        if (type == null) {
            effects.log(
                    Severity.WARN,
                    describe(senderIndex) + " sent " + fragment.describe() + ", which is of unknown type; ignored");
            return;
        }
        if (own && fragment.number() == 0 && configuration.isPrimary()) {
            configuration.ownActionBegins();
        }
        Member sender = configuration.members().get(senderIndex);
        Reassembly reassembly = type == ActionType.SERVICE ? sender.services : sender.actions;
        collect(senderIndex, own, type, commonVersion, reassembly);
    }

    private void collect(int senderIndex, boolean own, ActionType type, boolean commonVersion, Reassembly reassembly) {
        Reassembly.Outcome outcome;
        try {
            outcome = reassembly.accept(fragment);
        } catch (RuntimeException e) {
            // the write set has a place in the order on all other members, so this one cannot go on without it
            effects.fatal("no memory for " + fragment.describe() + " of " + describe(senderIndex) + ": " + e);
            return;
        }
        switch (outcome) {
            case INCOMPLETE -> {}
            case BROKEN ->
                effects.fatal("protocol error: " + describe(senderIndex) + " sent " + fragment.describe() + ", "
                        + reassembly.describe());
            case COMPLETE -> complete(senderIndex, own, type, commonVersion, reassembly.take());
        }
    }

    private void complete(int senderIndex, boolean own, ActionType type, boolean commonVersion, ActionBuffer action) {
        boolean cutOff = own && (configuration.isOwnActionCutOff() || !commonVersion);
        boolean valid = configuration.isPrimary() && !cutOff;
        if (type == ActionType.WRITE_SET) {
            Member sender = configuration.members().get(senderIndex);
            if (valid && sender.status.isComplete()) {
                ordered(sender, own, action);
                return;
            }
            effects.log(
                    Severity.DEBUG,
                    "write set of " + describe(senderIndex) + " is not ordered: it is " + sender.status);
        } else if (type == ActionType.STATE_TRANSFER_REQUEST && valid) {
            transfers.requested(scene(), senderIndex, fragment.actionId(), action);
            return;
        }
        action.release();
        if (own) {
            effects.ownAction(
                    fragment.actionId(), fragment.actionSize(), type, configuration.lossStatus(), lossAnswer());
        }
    }

    private void ordered(Member sender, boolean own, ActionBuffer action) {
        long seqno = configuration.nextSeqno();
        if (own) {
            effects.ownWriteSet(fragment.actionId(), fragment.actionSize(), ReplicationResult.Status.ORDERED, seqno);
        } else {
            effects.writeSet(seqno, sender.id, action);
        }
    }

    private StateTransferAnswer.Status lossAnswer() {
        return switch (configuration.lossStatus()) {
            case TRY_AGAIN -> StateTransferAnswer.Status.TRY_AGAIN;
            case NOT_PRIMARY -> StateTransferAnswer.Status.NOT_PRIMARY;
            case CLOSED -> StateTransferAnswer.Status.CLOSED;
            default -> StateTransferAnswer.Status.CUT_OFF;
        };
    }

    private Transfers.Scene scene() {
        return new Transfers.Scene(
                configuration.members(),
                configuration.ownIndex(),
                configuration.exchangeVersion(),
                configuration.atLastQuorum(),
                configuration.actId());
    }

    // ---------------------------------------------------------------- small messages

    private void last(int senderIndex, CodeMessage message) {
        long seqno = message.position().seqno();
        Member sender = configuration.members().get(senderIndex);
        if (message.code() != 0) {
            effects.log(
                    Severity.WARN,
                    "LAST " + message.describe() + " from " + describe(senderIndex) + " has an error code; ignored");
            return;
        }
        if (seqno <= sender.lastApplied) {
            effects.log(
                    Severity.DEBUG,
                    "LAST " + seqno + " from " + describe(senderIndex) + " after " + sender.lastApplied + "; ignored");
            return;
        }
        sender.lastApplied = seqno;
        if (configuration.recomputeCommitCut()) {
            effects.commitCut(configuration.commitCut());
        }
    }

    private void join(int senderIndex, CodeMessage message) {
        if (transfers.reported(scene(), senderIndex, message)) {
            configuration.memberCompleted();
        }
    }

    private void sync(int senderIndex) {
        Member sender = configuration.members().get(senderIndex);
        boolean accepted = sender.status == NodeState.JOINED;
        if (accepted) {
            sender.status = NodeState.SYNCED;
            sender.countsInCommitCut =
                    !(sender.arbitrator && configuration.protocols().group() > 0);
            configuration.recomputeCommitCut();
            effects.log(
                    Severity.INFO,
                    "Member " + Transfers.describe(configuration.members(), senderIndex) + " synced with group.");
        } else {
            effects.log(
                    sender.status.isComplete() ? Severity.DEBUG : Severity.WARN,
                    "SYNC from " + describe(senderIndex) + ", which is " + sender.status + "; ignored");
        }
        if (senderIndex == configuration.ownIndex()) {
            effects.synced(accepted);
        }
    }

    private void vote(int senderIndex, ByteBuffer payload) throws MalformedMessage {
        VoteMessage message = VoteMessage.decode(payload);
        long seqno = message.position().seqno();
        boolean own = senderIndex == configuration.ownIndex();
        if (!configuration.isInComponent() || !message.position().uuid().equals(configuration.historyUuid())) {
            effects.log(
                    Severity.INFO,
                    "VOTE on " + message.position() + " from " + describe(senderIndex)
                            + " is about another history; ignored");
            return;
        }
        effects.log(
                message.value() == 0 ? Severity.DEBUG : Severity.INFO,
                "Member " + Transfers.describe(configuration.members(), senderIndex)
                        + (message.value() == 0 ? " responds to vote on " : " initiates vote on ") + message.position()
                        + ","
                        + String.format("%016x", message.value()) + ":  " + message.text());
        if (configuration.isVoteOpen(seqno)) {
            openVote(senderIndex, own, seqno, message.value());
        } else if (own) {
            effects.voteDecided(seqno, configuration.votes().late(message.position()));
        } else {
            effects.log(Severity.INFO, "Outdated vote on " + seqno + " from " + describe(senderIndex) + "; ignored");
        }
    }

    private void openVote(int senderIndex, boolean own, long seqno, long value) {
        Votes votes = configuration.votes();
        Member sender = configuration.members().get(senderIndex);
        if (seqno > Math.max(sender.lastApplied, sender.vote.seqno())) {
            sender.vote = new Vote(seqno, value);
        } else {
            effects.log(
                    Severity.WARN,
                    "vote on " + seqno + " from " + describe(senderIndex) + ", which was past it; ignored");
        }
        if (configuration.tally()) {
            Vote result = votes.result();
            effects.log(
                    Severity.INFO, "Vote on " + result.seqno() + " decided: " + String.format("%016x", result.value()));
            if (configuration.members().get(configuration.ownIndex()).vote.seqno() >= result.seqno()) {
                effects.voteDecided(result.seqno(), result.value());
            }
        } else if (votes.request(seqno) && !own) {
            effects.voteRequested(seqno);
        }
    }

    /** Where a reader must wait to see everything that was delivered so far. */
    CausalAnswer causal() {
        if (configuration.isPrimary()) {
            return new CausalAnswer(
                    CausalAnswer.Status.KNOWN, new Gtid(configuration.historyUuid(), configuration.actId()));
        }
        return CausalAnswer.failed(
                configuration.isInComponent() ? CausalAnswer.Status.TRY_AGAIN : CausalAnswer.Status.NOT_PRIMARY);
    }

    /** For tests and logs. */
    Gtid position() {
        long seqno = configuration.actId();
        return new Gtid(configuration.historyUuid(), seqno < 0 ? Seqno.UNDEFINED : seqno);
    }

    /** Members in the view's order. */
    List<Member> members() {
        return configuration.members();
    }

    /** Id of the member at an index. */
    Uuid memberId(int index) {
        return configuration.members().get(index).id;
    }
}
