package io.wsrep4j.gcomm.group.connection;

import java.util.concurrent.locks.ReentrantLock;

/** How long the group waits for one member in what nobody can go on without (docs/spec/gcs.md 28.5 and 28.6). Owned by the connection's lock. */
final class Deadlines {

    /**
     * How long a state exchange may last. It takes moments, and nobody can commit meanwhile; but who is silent for want of a processor or a disk, and
     * still keeps its connections, shall not be shut out for it: twice evs.inactive_timeout.
     */
    static final long EXCHANGE_LIMIT_NANOS = 30_000_000_000L;

    /** How long the sender of a write set that all others failed to apply may be silent about it. */
    static final long VOTE_LIMIT_NANOS = 10_000_000_000L;

    private final ReentrantLock lock;
    private GroupSession session;

    Deadlines(ReentrantLock lock) {
        this.lock = lock;
    }

    /** A new session begins. */
    void begin(GroupSession newSession) {
        session = newSession;
    }

    void exchangeBegan(long number) {
        GroupSession present = session;
        present.schedule(() -> exchangeMayBeOverdue(present, number), EXCHANGE_LIMIT_NANOS);
    }

    private void exchangeMayBeOverdue(GroupSession began, long number) {
        lock.lock();
        try {
            if (isPresent(began) && began.state().configuration().exchangeIsOverdue(number)) {
                exchangeBegan(number);
            }
        } finally {
            lock.unlock();
        }
    }

    void voteStalled(long seqno) {
        GroupSession present = session;
        present.schedule(() -> voteIsOverdue(present, seqno), VOTE_LIMIT_NANOS);
    }

    private void voteIsOverdue(GroupSession began, long seqno) {
        lock.lock();
        try {
            if (isPresent(began)) {
                began.state().voteIsOverdue(seqno);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isPresent(GroupSession began) {
        return began == session && !began.hasLeft();
    }
}
