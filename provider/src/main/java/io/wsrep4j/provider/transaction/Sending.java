package io.wsrep4j.provider.transaction;

import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.hash.MurmurHash128;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.gcomm.group.SendTicket;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import io.wsrep4j.provider.writeset.WriteSet;
import io.wsrep4j.provider.writeset.WriteSetBuilder;
import io.wsrep4j.provider.writeset.WriteSetHeader;
import io.wsrep4j.provider.writeset.WriteSetKind;
import io.wsrep4j.provider.writeset.WriteSetReader;
import java.util.concurrent.locks.LockSupport;

/** Seals a transaction's write set and brings it into the group's order (docs/spec/replicator-state-transfer.md 7.3). Thread-safe. */
final class Sending {

    private static final long RETRY_NANOS = 1_000_000L;
    /** Half of what certification allows at most, cert.max_length. */
    private static final long FURTHEST_AHEAD = 8192;

    private final NodeParts node;
    private final ThreadLocal<WriteSetReader> readers = ThreadLocal.withInitial(WriteSetReader::new);

    Sending(NodeParts node) {
        this.node = node;
    }

    /** What kind of write set a local transaction sends next. */
    static WriteSetKind kind(LocalTransaction transaction, int flags) {
        if (transaction.isIsolated()) {
            return WriteSetKind.TOTAL_ORDER;
        }
        return (flags & TransactionFlags.TRX_START) != 0 ? WriteSetKind.TRANSACTION : WriteSetKind.LATER_FRAGMENT;
    }

    /** Seals what was gathered into memory of its own. */
    ActionBuffer seal(WriteSetBuilder gathered, int flags, Uuid source, long connectionId, long transactionId) {
        ActionBuffer buffer = node.cache().allocate(Math.toIntExact(gathered.sealedBytes()));
        gathered.seal(buffer.bytes(), 0, flags, source, connectionId, transactionId);
        return buffer;
    }

    /**
     * Stamps a sealed write set with what has been settled here. Only at the turn to send ({@link SendTicket#atTurn}), again for each attempt: what
     * is sent before it, another write set or the report that lets the group purge, must not have seen more.
     */
    private void stamp(WriteSetBuilder gathered, ActionBuffer buffer, WriteSetKind kind, long previousFragment) {
        long previous = previousFragment == Seqno.UNDEFINED ? 0 : previousFragment;
        long lastSeen = kind.lastSeen(node.orders().applied(), previous);
        long range = kind.range(gathered.format().writeSetVersion(), lastSeen, previous, 0);
        gathered.stampForSending(buffer.bytes(), 0, lastSeen, range, System.nanoTime());
    }

    /**
     * Sends and waits for the order, again and again while the group is between configurations or paused. Blocks; a brute-force abort ends the
     * wait.
     */
    ReplicationResult sendUntilOrdered(LocalTransaction transaction, ActionBuffer buffer, WriteSetKind kind) {
        WriteSetBuilder gathered = transaction.gathered();
        long previousFragment = transaction.lastFragmentSeqno();
        while (true) {
            awaitTheSlowest(transaction);
            SendTicket ticket = node.group().schedule();
            if (transaction.awaitsPlace()) {
                ticket.whenPlaced(transaction::tellPlaced);
            }
            synchronized (transaction) {
                transaction.ticket(ticket);
                if (transaction.state() == TransactionState.MUST_ABORT) {
                    ticket.interrupt();
                }
            }
            ticket.atTurn(() -> stamp(gathered, buffer, kind, previousFragment));
            ReplicationResult result = node.group().replicate(ticket, buffer.bytes());
            synchronized (transaction) {
                transaction.ticket(null);
                boolean again = result.status() == ReplicationResult.Status.TRY_AGAIN
                        && transaction.state() != TransactionState.MUST_ABORT;
                if (!again) {
                    return result;
                }
            }
            LockSupport.parkNanos(this, RETRY_NANOS);
        }
    }

    /**
     * Waits while one event that is slow to settle is so far behind that certification would soon fail everything for having seen too little
     * (docs/spec/writeset-certification.md 8.4 step 2). A brute-force abort ends the wait, since the slow event may need what this one holds.
     */
    private void awaitTheSlowest(LocalTransaction transaction) {
        long enough = node.certification().position() - FURTHEST_AHEAD;
        while (!node.orders().apply().await(enough, RETRY_NANOS)) {
            synchronized (transaction) {
                if (transaction.state() == TransactionState.MUST_ABORT
                        || !node.situation().mayWrite()) {
                    return;
                }
            }
        }
    }

    /** The write set in a buffer of our own making. */
    WriteSet read(ActionBuffer buffer, long seqno, Uuid source) throws CorruptWriteSetException {
        return readers.get().read(buffer.bytes(), 0, buffer.size(), seqno, source);
    }

    /**
     * Sends a write set that nobody here waits for; it comes back like a remote one. Blocks while the group is between configurations.
     *
     * @param ahead of everybody else, and through flow control
     */
    boolean sendWithoutWaiting(WriteSetBuilder gathered, ActionBuffer buffer, WriteSetKind kind, boolean ahead) {
        return sendWithoutWaiting(buffer, ahead, () -> stamp(gathered, buffer, kind, Seqno.UNDEFINED));
    }

    /** As above, of an event that says itself what it depends on. */
    boolean sendPreordered(WriteSetBuilder gathered, ActionBuffer buffer, long range) {
        return sendWithoutWaiting(
                buffer, false, () -> gathered.stampForSending(buffer.bytes(), 0, 0, range, System.nanoTime()));
    }

    private boolean sendWithoutWaiting(ActionBuffer buffer, boolean ahead, Runnable stamp) {
        while (true) {
            ReplicationResult.Status status = send(buffer, ahead, stamp);
            if (status == null) {
                return false;
            }
            if (status == ReplicationResult.Status.ORDERED) {
                return true;
            }
            if (status != ReplicationResult.Status.TRY_AGAIN
                    || !node.situation().mayWrite()) {
                buffer.release();
                return false;
            }
            LockSupport.parkNanos(this, RETRY_NANOS);
        }
    }

    /** Null if it failed, perhaps half-way: the bytes are nobody's then. */
    private ReplicationResult.Status send(ActionBuffer buffer, boolean ahead, Runnable stamp) {
        try {
            return ahead ? node.group().resend(buffer, stamp) : node.group().send(buffer, stamp);
        } catch (Throwable thrown) {
            node.failStop().failed("sending a write set", Seqno.UNDEFINED, thrown);
            return null;
        }
    }

    /** Sends a write set again that was sent without waiting and lost its place. Blocks while the group is between configurations. */
    void sendAgain(ActionBuffer buffer) {
        Runnable stamp = () -> stampAgain(buffer);
        ReplicationResult.Status status = node.group().resend(buffer, stamp);
        while (status == ReplicationResult.Status.TRY_AGAIN) {
            LockSupport.parkNanos(this, RETRY_NANOS);
            status = node.group().resend(buffer, stamp);
        }
        if (status != ReplicationResult.Status.ORDERED) {
            node.log().warn("a write set that lost its place could not be sent again: " + status);
            buffer.release();
        }
    }

    /** What it was gathered in is gone; its flags say what it is. */
    private void stampAgain(ActionBuffer buffer) {
        WriteSet writeSet;
        try {
            writeSet = read(buffer, Seqno.UNDEFINED, node.situation().ownId());
        } catch (CorruptWriteSetException e) {
            throw new IllegalStateException("own write set cannot be read back; memory is damaged", e);
        }
        WriteSetKind kind = WriteSetKind.ofUnwaited(writeSet.flags());
        if (kind != WriteSetKind.PREORDERED) {
            long lastSeen = kind.lastSeen(node.orders().applied(), 0);
            long range = kind.range(writeSet.version(), lastSeen, 0, 0);
            WriteSetHeader.stampForSending(buffer.bytes(), 0, lastSeen, range, System.nanoTime(), new MurmurHash128());
        }
    }
}
