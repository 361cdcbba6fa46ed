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
import io.wsrep4j.gcomm.group.message.MalformedMessageException;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.StateTransferRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Supplier;

/**
 * One member's idea of the group: views and messages go in, in the order of delivery; decisions come out as {@link GroupEffects} (docs/spec/gcs.md
 * 3 and 8 to 15). Everything that members must agree on follows from that order alone. Not thread-safe: owned by the delivering thread.
 *
 * <p>The membership and how members agree on it is in {@link Configuration}.
 */
public final class GroupState {

    private final Configuration configuration;
    private final GroupEffects effects;
    private final Transfers transfers;
    private final Conduct conduct;
    private final ErrorVotes votes;
    private final ActionFragment fragment = new ActionFragment();

    /**
     * @param position where this node's history ends, or {@link Gtid#UNDEFINED}
     * @param recoverable up to where this node can bring itself; the position's seqno if no further
     * @param memory for write sets, or null if they are not kept
     */
    public GroupState(
            NodeIdentity identity,
            Gtid position,
            long recoverable,
            ActionMemory memory,
            UuidSource uuids,
            GroupEffects effects) {
        this.effects = effects;
        this.configuration = new Configuration(identity, position, recoverable, memory, uuids, effects);
        this.transfers = new Transfers(effects);
        this.conduct = new Conduct(effects);
        this.votes = new ErrorVotes(configuration, effects, conduct);
    }

    public void view(GroupView view) {
        configuration.view(view);
    }

    /** This member is out of the group. @param error null if it left by itself */
    public void left(String error) {
        configuration.left(error);
    }

    public Configuration configuration() {
        return configuration;
    }

    /** A message, with the sender's index in the current view. */
    public void message(int senderIndex, int typeCode, ByteBuffer payload) {
        if (senderIndex < 0 || senderIndex >= configuration.members().size()) {
            effects.log(
                    Severity.WARN,
                    "message of type " + typeCode + " from " + senderIndex + ", which is not a member; ignored");
            return;
        }
        MessageType type = MessageType.ofCode(typeCode);
        if (type == null) {
            offence(senderIndex, () -> "sent a message of unknown type " + typeCode);
            return;
        }
        if (configuration.members().get(senderIndex).shunned
                && type != MessageType.STATE_UUID
                && type != MessageType.STATE_MESSAGE) {
            return;
        }
        try {
            switch (type) {
                case ACTION -> action(senderIndex, payload);
                case STATE_UUID -> configuration.stateUuid(senderIndex, payload);
                case STATE_MESSAGE -> configuration.stateMessage(senderIndex, payload);
                case VOTE -> votes.vote(senderIndex, payload);
                default -> primaryOnly(senderIndex, type, payload);
            }
        } catch (MalformedMessageException e) {
            offence(senderIndex, () -> "sent a malformed " + type + ": " + e.getMessage());
        }
    }

    private void offence(int senderIndex, Supplier<String> what) {
        conduct.offence(configuration.members(), senderIndex, what);
    }

    /** A vote waits longer than it may for the one whose write set it is about. */
    public void voteIsOverdue(long seqno) {
        votes.isOverdue(seqno);
    }

    /** A member is to be shut out for what the layer above has found. */
    public void isolate(Uuid member, String why) {
        List<Member> members = configuration.members();
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).id.equals(member) && i != configuration.ownIndex()) {
                conduct.isolate(members, i, why);
            }
        }
    }

    private String describe(int index) {
        return "member " + Transfers.describe(configuration.members(), index);
    }

    private void primaryOnly(int senderIndex, MessageType type, ByteBuffer payload) throws MalformedMessageException {
        if (!configuration.isPrimary()) {
            effects.log(
                    Severity.DEBUG,
                    type + " from " + describe(senderIndex) + " outside a primary configuration; ignored");
            return;
        }
        if (type == MessageType.FLOW) {
            flow(senderIndex, FlowMessage.decode(payload));
            return;
        }
        CodeMessage message = CodeMessage.decode(payload);
        if (!message.isOldForm() && !message.position().uuid().equals(configuration.historyUuid())) {
            effects.log(
                    Severity.INFO,
                    GroupLog.STRAYS,
                    memberId(senderIndex),
                    type + " " + message.describe() + " from " + describe(senderIndex)
                            + " is about another history; ignored");
            return;
        }
        switch (type) {
            case LAST -> last(senderIndex, message);
            case JOIN -> join(senderIndex, message);
            case SYNC -> sync(senderIndex);
            default ->
                throw new MalformedMessageException("message type", type.name(), "what a member sends to the group");
        }
    }

    // ---------------------------------------------------------------- actions

    private void action(int senderIndex, ByteBuffer payload) throws MalformedMessageException {
        boolean own = senderIndex == configuration.ownIndex();
        if (!configuration.isPrimary() && !own) {
            effects.log(
                    Severity.DEBUG,
                    "action from " + describe(senderIndex) + " outside a primary configuration; ignored");
            return;
        }
        fragment.wrap(payload);
        ActionType type = ActionType.ofCode(fragment.typeCode());
        if (type == null) {
            offence(senderIndex, () -> "sent " + fragment.describe() + ", which is of unknown type");
            return;
        }
        Member sender = configuration.members().get(senderIndex);
        Reassembly reassembly = type == ActionType.SERVICE ? sender.services : sender.actions;
        boolean commonVersion = fragment.version() == configuration.protocols().group();
        if (own) {
            if (fragment.number() == 0 && configuration.isPrimary()) {
                configuration.ownActionBegins();
            }
        } else if (reassembly.isTail(fragment)) {
            // of an action that a change of the configuration cut off; it may have begun with another protocol
            return;
        } else if (!commonVersion) {
            offence(
                    senderIndex,
                    () -> "sent " + fragment.describe() + "; the group's protocol is "
                            + configuration.protocols().group());
            return;
        }
        if (type == ActionType.STATE_TRANSFER_REQUEST && fragment.actionSize() > StateTransferRequest.LONGEST && !own) {
            fault(
                    senderIndex,
                    "sent " + fragment.describe() + "; a state request has at most " + StateTransferRequest.LONGEST
                            + " bytes");
            return;
        }
        collect(senderIndex, own, type, commonVersion, reassembly);
    }

    /** The member cannot be sound: it is not heard any more. What this node did not send itself can be no fault of its own. */
    private void fault(int senderIndex, String what) {
        configuration.members().get(senderIndex).release();
        conduct.fault(configuration.members(), senderIndex, what);
    }

    private void collect(int senderIndex, boolean own, ActionType type, boolean commonVersion, Reassembly reassembly) {
        switch (reassembly.accept(
                fragment, configuration.members().get(senderIndex).mayBecomeComplete())) {
            case INCOMPLETE -> {}
            case BROKEN -> {
                String what = "sent " + fragment.describe() + ", " + reassembly.describe();
                if (own) {
                    effects.fatal("protocol error: this node " + what);
                } else {
                    fault(senderIndex, what);
                }
            }
            case COMPLETE -> complete(senderIndex, own, type, commonVersion, reassembly);
        }
    }

    private void complete(int senderIndex, boolean own, ActionType type, boolean commonVersion, Reassembly reassembly) {
        Throwable failure = reassembly.failure();
        ActionBuffer action = reassembly.take();
        boolean cutOff = own && (configuration.isOwnActionCutOff() || !commonVersion);
        boolean valid = configuration.isPrimary() && !cutOff;
        Member sender = configuration.members().get(senderIndex);
        boolean counts = valid
                && (type == ActionType.STATE_TRANSFER_REQUEST
                        || type == ActionType.WRITE_SET && sender.status.isComplete());
        if (counts && failure != null) {
            // all other members have it, so this one cannot go on without it
            effects.fatal("no room for an action of " + fragment.actionSize() + " bytes of " + describe(senderIndex)
                    + ": " + (failure instanceof RuntimeException ? failure.getMessage() : failure));
        } else if (counts && type == ActionType.WRITE_SET) {
            ordered(sender, own, action);
        } else if (counts) {
            transfers.requested(scene(), senderIndex, fragment.actionId(), action);
        } else {
            action.release();
            if (own) {
                effects.ownAction(
                        fragment.actionId(), fragment.actionSize(), type, configuration.lossStatus(), lossAnswer());
            } else {
                offence(senderIndex, () -> "sent " + fragment.describe() + ", but it is " + sender.status);
            }
        }
    }

    private void ordered(Member sender, boolean own, ActionBuffer action) {
        long seqno = configuration.nextSeqno();
        configuration.votes().ordered(seqno, sender.id);
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

    /**
     * A member holds the group while it has asked for more pauses than it has ended. Each has its own account, so that nobody ends another's pause in
     * advance; it may be below zero for a moment, since a sound member's threads may send a CONT before the STOP that it ends. None counts of a
     * member that has nothing to catch up with.
     */
    private void flow(int senderIndex, FlowMessage message) {
        Member sender = configuration.members().get(senderIndex);
        if (message.configuration() != (int) configuration.configurationId()) {
            return;
        }
        int before = sender.stops;
        int after = message.stop() ? before + 1 : before - 1;
        if (message.stop() && sender.status.compareTo(NodeState.JOINER) < 0) {
            offence(senderIndex, () -> "asked the group to pause, but it is " + sender.status);
        } else if (Math.abs(after) > Conduct.MOST_UNPAIRED_STOPS) {
            offence(
                    senderIndex,
                    () -> (message.stop() ? "asked the group to pause " : "ended pauses ") + Math.abs(after)
                            + " times more than the opposite");
        } else {
            sender.stops = after;
            if (message.stop() ? before == 0 : before == 1) {
                effects.flow(message);
            }
        }
    }

    private void last(int senderIndex, CodeMessage message) {
        long seqno = message.position().seqno();
        Member sender = configuration.members().get(senderIndex);
        if (message.code() != 0 || seqno > configuration.actId()) {
            offence(
                    senderIndex,
                    () -> "reported " + message.describe() + " as applied; the group is at " + configuration.actId());
            return;
        }
        if (seqno <= sender.discardable) {
            effects.log(
                    Severity.DEBUG,
                    "LAST " + seqno + " from " + describe(senderIndex) + " after " + sender.discardable + "; ignored");
            return;
        }
        sender.discardable = seqno;
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
                    GroupLog.TRANSFERS,
                    sender.id,
                    "Member " + Transfers.describe(configuration.members(), senderIndex) + " synced with group.");
        } else {
            effects.log(
                    sender.status.isComplete() ? Severity.DEBUG : Severity.WARN,
                    GroupLog.TRANSFERS,
                    sender.id,
                    "SYNC from " + describe(senderIndex) + ", which is " + sender.status + "; ignored");
        }
        if (senderIndex == configuration.ownIndex()) {
            effects.synced(accepted);
        }
    }

    /** Where a reader must wait to see everything that was delivered so far. */
    public CausalAnswer causal() {
        if (configuration.isPrimary()) {
            return new CausalAnswer(
                    CausalAnswer.Status.KNOWN, new Gtid(configuration.historyUuid(), configuration.actId()));
        }
        return CausalAnswer.failed(
                configuration.isInComponent() ? CausalAnswer.Status.TRY_AGAIN : CausalAnswer.Status.NOT_PRIMARY);
    }

    /** For tests and logs. */
    public Gtid position() {
        long seqno = configuration.actId();
        return new Gtid(configuration.historyUuid(), seqno < 0 ? Seqno.UNDEFINED : seqno);
    }

    /** The members whose STOP is in force, for logs. */
    public String holders() {
        List<Member> members = configuration.members();
        StringJoiner holders = new StringJoiner(", ");
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).stops > 0) {
                holders.add(describe(i) + ", id " + members.get(i).id);
            }
        }
        return holders.toString();
    }

    /** Members in the view's order. */
    List<Member> members() {
        return configuration.members();
    }

    /** Id of the member at an index. */
    public Uuid memberId(int index) {
        return configuration.members().get(index).id;
    }
}
