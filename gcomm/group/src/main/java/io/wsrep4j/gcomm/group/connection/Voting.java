package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.group.VoteAnswer;
import io.wsrep4j.gcomm.group.message.VoteMessage;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/** Votes of this node's threads, one at a time (docs/spec/gcs.md 15.1). Thread-safe. */
final class Voting {

    /** One vote at a time; taken before the connection's lock. */
    private final ReentrantLock turn = new ReentrantLock();

    private final ReentrantLock lock;
    private final Receiver receiver;
    /** Guarded by the connection's lock. */
    private Gtid lastVote = Gtid.UNDEFINED;

    Voting(ReentrantLock lock, Receiver receiver) {
        this.lock = lock;
        this.receiver = receiver;
    }

    /** A new session begins; called under the connection's lock. */
    void begin() {
        lastVote = Gtid.UNDEFINED;
    }

    /**
     * Votes, and waits for the outcome.
     *
     * @param session the present or last session, or null
     */
    VoteAnswer vote(GroupSession session, Gtid at, long code, ByteBuffer error) {
        if (session == null) {
            return VoteAnswer.NO_DECISION;
        }
        turn.lock();
        try {
            CompletableFuture<VoteAnswer> answer = new CompletableFuture<>();
            VoteAnswer refused = cast(session, at, code, error, answer);
            if (refused != null) {
                return refused;
            }
            session.sendOutbox();
            return Waits.answer(answer, Long.MAX_VALUE, VoteAnswer.NO_DECISION);
        } finally {
            turn.unlock();
        }
    }

    private VoteAnswer cast(
            GroupSession session, Gtid at, long code, ByteBuffer error, CompletableFuture<VoteAnswer> answer) {
        lock.lock();
        try {
            if (session.hasLeft()) {
                return VoteAnswer.NO_DECISION;
            }
            boolean negotiated = session.state().configuration().protocols().group() >= 1;
            if (!negotiated || !receiver.state().isComplete() && receiver.state() != ConnectionState.OPEN) {
                return VoteAnswer.DISAGREED;
            }
            if (lastVote.uuid().equals(at.uuid()) && at.seqno() <= lastVote.seqno()) {
                return VoteAnswer.VOTED_ALREADY;
            }
            lastVote = at;
            ByteBuffer text = code == 0 ? ByteBuffer.allocate(0) : error;
            long value = VoteMessage.value(at, code, text);
            receiver.openVote().cast(new Voter(at, value, VoteMessage.encode(at, value, text), answer));
            return null;
        } finally {
            lock.unlock();
        }
    }
}
