package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.gcomm.group.message.CodeMessage;
import io.wsrep4j.gcomm.group.message.MessageType;
import java.util.ArrayDeque;

/**
 * What this node tells the group of its own state: JOIN at the end of a transfer, until the group has seen it, and SYNC when its queue is
 * short (docs/spec/gcs.md 10.4, 10.5 and 12.5). Owned by the connection's lock.
 */
final class TransferReports {

    private final ReceiveQueue queue;
    private final FlowSignals signals;
    private final Outbox outbox;
    private GroupSession session;
    private boolean syncSent;
    /** Own reports of the end of a transfer that the group has not seen, oldest first. */
    private final ArrayDeque<CodeMessage> joins = new ArrayDeque<>();

    TransferReports(ReceiveQueue queue, FlowSignals signals, Outbox outbox) {
        this.queue = queue;
        this.signals = signals;
        this.outbox = outbox;
    }

    /** A new session begins. */
    void begin(GroupSession newSession) {
        session = newSession;
        syncSent = false;
        joins.clear();
    }

    /** What was sent and not delivered by now is lost. */
    void configured() {
        syncSent = false;
    }

    /** The connection changes its state. */
    void entered(ConnectionState next) {
        if (next == ConnectionState.JOINED || next == ConnectionState.PRIMARY || next == ConnectionState.SYNCED) {
            joins.clear();
        }
        if (next == ConnectionState.JOINED) {
            sendSyncIfDue();
        }
    }

    void sendSyncIfDue() {
        if (!syncSent
                && signals.flow().isSyncDue(queue.length())
                && session.state().configuration().isPrimary()) {
            syncSent = true;
            add(MessageType.SYNC, new CodeMessage(session.state().position(), 0));
        }
    }

    /** The SYNC was delivered, or could not be sent. */
    void syncSettled() {
        syncSent = false;
    }

    /** The end of a transfer, to be told the group now or, if it cannot be, in the next configuration. */
    void join(CodeMessage message, ConnectionState state) {
        CodeMessage former = joins.peekLast();
        if (state == ConnectionState.JOINER
                && message.code() >= 0
                && former != null
                && message.position().seqno() < former.position().seqno()) {
            return;
        }
        if (state != ConnectionState.JOINED && state != ConnectionState.SYNCED) {
            joins.add(message);
        }
        if (session.state().configuration().isPrimary()) {
            add(MessageType.JOIN, message);
        }
    }

    /** After a change of configuration: what the group has not seen by now was lost. */
    void repeatJoins() {
        joins.forEach(message -> add(MessageType.JOIN, message));
    }

    /** The group has seen the oldest JOIN. */
    void joinSeen() {
        joins.poll();
    }

    private void add(MessageType type, CodeMessage message) {
        outbox.add(type, message.encode(), signals.flow().configuration());
    }
}
