package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.group.Configuration;
import io.wsrep4j.gcomm.group.VoteAnswer;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.MessageType;

/**
 * The thread of this node that waits for the outcome of its vote, if there is one (docs/spec/gcs.md 15.4 and 15.5). Owned by the connection's lock.
 */
final class OpenVote {

    private final FlowSignals signals;
    private final Outbox outbox;
    private GroupSession session;
    private Voter voter;

    OpenVote(FlowSignals signals, Outbox outbox) {
        this.signals = signals;
        this.outbox = outbox;
    }

    /** A new session begins. */
    void begin(GroupSession newSession) {
        session = newSession;
    }

    /** Somebody waits. */
    boolean isOpen() {
        return voter != null;
    }

    /** A thread votes, and waits from now on. */
    void cast(Voter waiting) {
        voter = waiting;
        sendIfNeeded();
    }

    /** Sends the vote that waits, unless the group has it. */
    void sendIfNeeded() {
        Configuration configuration = session.state().configuration();
        if (voter != null
                && configuration.isPrimary()
                && configuration.ownVote().seqno() < voter.position().seqno()) {
            outbox.add(
                    MessageType.VOTE,
                    voter.message().duplicate(),
                    signals.flow().configuration());
        }
    }

    /** A change of configuration may settle the vote, or end it. */
    void configured(ConfigurationChange change) {
        if (voter == null) {
            return;
        }
        Gtid position = voter.position();
        if (change.members().isEmpty()) {
            voter.answer().complete(VoteAnswer.NO_DECISION);
        } else if (change.isPrimary() && !change.position().uuid().equals(position.uuid())) {
            voter.answer().complete(VoteAnswer.HISTORY_CHANGED);
        } else if (change.voteSeqno() == position.seqno()) {
            voter.decided(change.voteResult());
        } else if (change.voteSeqno() > position.seqno()) {
            voter.decided(0);
        } else {
            return;
        }
        voter = null;
    }

    /**
     * The group has decided.
     *
     * @return true if that was the vote that is waited for, and nobody else needs to know
     */
    boolean decided(long seqno, long value) {
        if (voter == null || seqno < voter.position().seqno()) {
            return false;
        }
        boolean same = seqno == voter.position().seqno();
        voter.decided(same ? value : 0);
        voter = null;
        return same;
    }

    /** The connection is over. */
    void close() {
        if (voter != null) {
            voter.answer().complete(VoteAnswer.NO_DECISION);
            voter = null;
        }
    }
}
