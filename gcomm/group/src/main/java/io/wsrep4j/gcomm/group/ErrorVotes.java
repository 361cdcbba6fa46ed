package io.wsrep4j.gcomm.group;

import io.wsrep4j.gcomm.group.GroupEffects.Severity;
import io.wsrep4j.gcomm.group.message.MalformedMessageException;
import io.wsrep4j.gcomm.group.message.StateMessage.Vote;
import io.wsrep4j.gcomm.group.message.VoteMessage;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * VOTE messages of members whose hosts could not apply a write set, and what follows from them (docs/spec/gcs.md 15.2, 28.6 and 28.18). Owned by {@link
 * GroupState}; the count is in {@link Votes}.
 */
final class ErrorVotes {

    private final Configuration configuration;
    private final GroupEffects effects;
    private final Conduct conduct;
    /** The last write set about which {@link GroupEffects#voteStalled} was said. */
    private long stalledVote = -1L;

    ErrorVotes(Configuration configuration, GroupEffects effects, Conduct conduct) {
        this.configuration = configuration;
        this.effects = effects;
        this.conduct = conduct;
    }

    void vote(int senderIndex, ByteBuffer payload) throws MalformedMessageException {
        VoteMessage message = VoteMessage.decode(payload);
        long seqno = message.position().seqno();
        boolean own = senderIndex == configuration.ownIndex();
        Member sender = configuration.members().get(senderIndex);
        if (!configuration.isInComponent() || !message.position().uuid().equals(configuration.historyUuid())) {
            effects.log(
                    Severity.INFO,
                    GroupLog.STRAYS,
                    sender.id,
                    "VOTE on " + message.position() + " from " + describe(senderIndex)
                            + " is about another history; ignored");
            return;
        }
        if (mayNotVote(sender, seqno)) {
            if (own) {
                effects.voteDecided(seqno, configuration.votes().late(message.position()));
            } else {
                conduct.offence(
                        configuration.members(),
                        senderIndex,
                        () -> "voted on " + message.position() + ", but it is " + sender.status
                                + " and the group is at " + configuration.actId());
            }
            return;
        }
        effects.log(
                message.value() == 0 ? Severity.DEBUG : Severity.INFO,
                GroupLog.VOTES,
                sender.id,
                "Member " + Transfers.describe(configuration.members(), senderIndex)
                        + (message.value() == 0 ? " responds to vote on " : " initiates vote on ") + message.position()
                        + ","
                        + String.format("%016x", message.value()) + ":  " + message.text());
        if (configuration.isVoteOpen(seqno)) {
            openVote(senderIndex, own, seqno, message.value());
        } else if (own) {
            effects.voteDecided(seqno, configuration.votes().late(message.position()));
        } else {
            effects.log(
                    Severity.INFO,
                    GroupLog.VOTES,
                    sender.id,
                    "Outdated vote on " + seqno + " from " + describe(senderIndex) + "; ignored");
        }
    }

    /** Who has no state cannot judge, and nobody can judge what the group does not have. */
    private boolean mayNotVote(Member sender, long seqno) {
        return !sender.status.isComplete() || seqno > configuration.actId();
    }

    private void openVote(int senderIndex, boolean own, long seqno, long value) {
        Votes votes = configuration.votes();
        Member sender = configuration.members().get(senderIndex);
        if (seqno > Math.max(sender.discardable, sender.vote.seqno())) {
            sender.vote = new Vote(seqno, value);
        } else {
            effects.log(
                    Severity.WARN,
                    GroupLog.VOTES,
                    sender.id,
                    "vote on " + seqno + " from " + describe(senderIndex) + ", which was past it; ignored");
        }
        if (configuration.tally()) {
            Vote result = votes.result();
            effects.log(
                    Severity.INFO,
                    GroupLog.VOTES,
                    sender.id,
                    "Vote on " + result.seqno() + " decided: " + String.format("%016x", result.value()));
            if (votes.overruled() != null) {
                conduct.isolate(
                        configuration.members(),
                        votes.overruled(),
                        "its write set " + result.seqno()
                                + " failed on all other members, and it alone says that it can be applied");
            }
            if (configuration.members().get(configuration.ownIndex()).vote.seqno() >= result.seqno()) {
                effects.voteDecided(result.seqno(), result.value());
            }
            return;
        }
        if (votes.request(seqno) && !own) {
            effects.voteRequested(seqno);
        }
        long stalled = votes.waitsForSender(configuration.members(), configuration.actId());
        if (stalled > stalledVote) {
            stalledVote = stalled;
            effects.voteStalled(stalled);
        }
    }

    /**
     * A vote waits longer than it may for the one whose write set all others failed to apply: it can only be that one's fault, and nobody commits until
     * it is gone. Who has applied it says so in no time.
     */
    void isOverdue(long seqno) {
        List<Member> members = configuration.members();
        if (!configuration.isPrimary()
                || configuration.votes().waitsForSender(members, configuration.actId()) != seqno) {
            return;
        }
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).id.equals(configuration.votes().sender(seqno)) && i != configuration.ownIndex()) {
                conduct.isolate(
                        members,
                        i,
                        "its write set " + seqno
                                + " failed on all other members, and it does not say what became of it there");
            }
        }
    }

    private String describe(int index) {
        return "member " + Transfers.describe(configuration.members(), index);
    }
}
