package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.DonorChoice.Choice;
import io.wsrep4j.gcomm.group.GroupEffects.Severity;
import io.wsrep4j.gcomm.group.StateTransferAnswer.Status;
import io.wsrep4j.gcomm.group.message.CodeMessage;
import io.wsrep4j.gcomm.group.message.MalformedMessageException;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.StateTransferRequest;
import java.nio.ByteBuffer;
import java.util.List;

/** Requests for state transfers and the reports of their ends (docs/spec/gcs.md 10). Owned by {@link GroupState}, and stateless itself. */
final class Transfers {

    private static final int FIRST_EXCHANGE_VERSION_WITH_DESYNC_COUNT = 4;

    private final GroupEffects effects;

    Transfers(GroupEffects effects) {
        this.effects = effects;
    }

    /** Where a request meets the group. */
    record Scene(List<Member> members, int ownIndex, int exchangeVersion, Gtid atLastQuorum, long actId) {
        boolean isOwn(int index) {
            return index == ownIndex;
        }
    }

    /** Handles a complete request: identically on all members. */
    void requested(Scene scene, int requester, long actionId, ActionBuffer action) {
        StateTransferRequest request;
        try {
            request = StateTransferRequest.decode(action.bytes().duplicate().clear());
        } catch (MalformedMessageException e) {
            effects.log(
                    Severity.WARN,
                    GroupLog.TRANSFERS,
                    scene.members().get(requester).id,
                    describe(scene, requester) + " sent a malformed state transfer request: " + e.getMessage());
            answer(scene, requester, actionId, action, Choice.none(Status.REFUSED));
            return;
        }
        Member joiner = scene.members().get(requester);
        if (!request.isDesync() && joiner.status != NodeState.PRIM) {
            effects.log(
                    Severity.WARN,
                    GroupLog.TRANSFERS,
                    joiner.id,
                    describe(scene, requester) + " requested state transfer, but it is " + joiner.status + "; ignored");
            boolean complete = joiner.status == NodeState.JOINED || joiner.status == NodeState.SYNCED;
            answer(scene, requester, actionId, action, Choice.none(complete ? Status.NOT_NEEDED : Status.REFUSED));
            return;
        }
        Choice choice = request.isDesync()
                ? desync(scene, requester)
                : new DonorChoice(scene.members(), requester, request, scene.atLastQuorum()).choose();
        log(scene, requester, request, choice);
        if (choice.status() == Status.GRANTED) {
            grant(scene, joiner, scene.members().get(choice.donorIndex()));
        }
        answer(scene, requester, actionId, action, choice);
        if (choice.status() == Status.GRANTED && !request.isDesync() && scene.isOwn(choice.donorIndex())) {
            ByteBuffer body = request.body();
            byte[] forDonor = new byte[body.remaining()];
            body.get(forDonor);
            effects.donate(scene.actId(), joiner.id, HeapActionBuffer.of(forDonor));
        }
    }

    private static Choice desync(Scene scene, int requester) {
        NodeState status = scene.members().get(requester).status;
        boolean allowed = status == NodeState.SYNCED
                || status.isComplete() && scene.exchangeVersion() >= FIRST_EXCHANGE_VERSION_WITH_DESYNC_COUNT;
        return allowed ? Choice.donor(requester) : Choice.none(Status.TRY_AGAIN);
    }

    private static void grant(Scene scene, Member joiner, Member donor) {
        donor.desyncCount++;
        joiner.status = NodeState.JOINER;
        // after the joiner: a desync has one node in both parts, and DONOR is what it becomes
        donor.status = NodeState.DONOR;
        if (donor.desyncCount == 1) {
            donor.joiner = joiner.id;
            joiner.donor = donor.id;
        }
    }

    private void answer(Scene scene, int requester, long actionId, ActionBuffer action, Choice choice) {
        if (scene.isOwn(requester)) {
            effects.ownRequest(actionId, action.size(), choice.status(), choice.donorIndex());
        }
    }

    private void log(Scene scene, int requester, StateTransferRequest request, Choice choice) {
        String who = "Member " + describe(scene, requester);
        if (request.isDesync()) {
            String outcome = choice.status() == Status.GRANTED
                    ? " desyncs itself from group"
                    : " tried to desync itself from group, but it is "
                            + scene.members().get(requester).status;
            effects.log(Severity.INFO, GroupLog.TRANSFERS, scene.members().get(requester).id, who + outcome);
            return;
        }
        String wanted = who + " requested state transfer from '"
                + (request.donors().isEmpty() ? "*any*" : request.donors()) + "'";
        if (choice.status() == Status.GRANTED) {
            effects.log(
                    Severity.INFO,
                    GroupLog.CHOICES,
                    scene.members().get(requester).id,
                    wanted + ". Selected " + describe(scene, choice.donorIndex()) + "(SYNCED) as donor.");
        } else {
            effects.log(
                    choice.status() == Status.TRY_AGAIN ? Severity.INFO : Severity.WARN,
                    GroupLog.CHOICES,
                    scene.members().get(requester).id,
                    wanted + ", but it is impossible to select State Transfer donor: " + reason(choice.status()));
        }
    }

    private static String reason(Status status) {
        return switch (status) {
            case TRY_AGAIN -> "No donor candidates temporarily available in suitable state";
            case DONOR_UNREACHABLE -> ErrorNumber.describe(113) + " (the named donor is no member, or cannot donate)";
            case DONOR_IS_SELF -> ErrorNumber.describe(112) + " (the named donor is the node itself)";
            default -> status.toString();
        };
    }

    static String describe(Scene scene, int index) {
        return describe(scene.members(), index);
    }

    /** {@code index.segment (name)}, as Galera's log has it. */
    static String describe(List<Member> members, int index) {
        Member member = members.get(index);
        return index + "." + member.segment + " (" + member.name + ")";
    }

    /**
     * Handles the report of a transfer's end.
     *
     * @return true if the sender has become a complete member by it
     */
    boolean reported(Scene scene, int senderIndex, CodeMessage message) {
        long code = message.isOldForm() ? Math.min(0L, message.position().seqno()) : message.code();
        Member sender = scene.members().get(senderIndex);
        boolean own = scene.isOwn(senderIndex);
        String who = "Member " + describe(scene, senderIndex);
        switch (sender.status) {
            case DONOR -> {
                donorReported(scene, senderIndex, code);
                if (own && (code < 0 || sender.status != NodeState.DONOR)) {
                    effects.joined(code);
                } else if (own) {
                    effects.joinCounted();
                }
                return false;
            }
            case JOINER -> {
                sender.status = code >= 0 ? NodeState.JOINED : NodeState.PRIM;
                String donor = nameOf(scene, sender.donor);
                effects.log(
                        code >= 0 ? Severity.INFO : Severity.WARN,
                        GroupLog.TRANSFERS,
                        sender.id,
                        who + ": State transfer from " + donor + (code >= 0 ? " complete." : failure(code)));
                if (own) {
                    effects.joined(code);
                }
                return code >= 0;
            }
            case PRIM ->
                effects.log(
                        Severity.WARN,
                        GroupLog.TRANSFERS,
                        sender.id,
                        "Rejecting JOIN message from " + describe(scene, senderIndex)
                                + ": new State Transfer required.");
            default -> {
                effects.log(
                        Severity.INFO,
                        GroupLog.TRANSFERS,
                        sender.id,
                        who + " reported the end of a state transfer, but it is " + sender.status + "; ignored");
                endIfItWasForThisNode(scene, senderIndex, code);
            }
        }
        return false;
    }

    private void donorReported(Scene scene, int senderIndex, long code) {
        Member donor = scene.members().get(senderIndex);
        donor.desyncCount--;
        if (donor.desyncCount <= 0) {
            donor.desyncCount = 0;
            donor.status = NodeState.JOINED;
        }
        String who = "Member " + describe(scene, senderIndex);
        if (donor.joiner.equals(donor.id)) {
            effects.log(Severity.INFO, GroupLog.TRANSFERS, donor.id, who + " resyncs itself to group.");
            return;
        }
        effects.log(
                code >= 0 ? Severity.INFO : Severity.WARN,
                GroupLog.TRANSFERS,
                donor.id,
                who + ": State transfer to " + nameOf(scene, donor.joiner)
                        + (code >= 0 ? " complete." : failure(code)));
        endIfItWasForThisNode(scene, senderIndex, code);
    }

    /** A donor may have reported success before it found out that this node cannot be reached. */
    private void endIfItWasForThisNode(Scene scene, int senderIndex, long code) {
        Member donor = scene.members().get(senderIndex);
        Member self = scene.members().get(scene.ownIndex());
        if (code < 0 && donor.joiner.equals(self.id) && !scene.isOwn(senderIndex) && self.status == NodeState.JOINER) {
            effects.fatal("Will never receive state. Need to abort. The donor " + describe(scene, senderIndex)
                    + " could not send it (" + ErrorNumber.describe(code)
                    + "): look into its log, then start this node again");
        }
    }

    private static String failure(long code) {
        return " failed: " + ErrorNumber.describe(code);
    }

    private static String nameOf(Scene scene, Uuid id) {
        for (int i = 0; i < scene.members().size(); i++) {
            if (scene.members().get(i).id.equals(id)) {
                return describe(scene, i);
            }
        }
        return "a member that has left";
    }
}
