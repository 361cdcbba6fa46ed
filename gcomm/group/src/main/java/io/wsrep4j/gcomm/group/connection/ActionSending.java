package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.gcomm.group.ReplicationResult.Status;
import io.wsrep4j.gcomm.group.StateTransferAnswer;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.gcomm.group.message.StateTransferRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Threads of this node that send, each in its turn at the {@link SendMonitor}, and wait for what becomes of it (docs/spec/gcs.md 3 and 14). Thread-safe. */
final class ActionSending {

    private static final long SHORTEST_TIMEOUT_NANOS = 1_000_000_000L;

    private final SendMonitor monitor;
    private final Consumer<String> log;
    /** How long the last report of what is discardable was willing to wait for its turn. */
    private final AtomicLong reportTimeoutNanos = new AtomicLong(SHORTEST_TIMEOUT_NANOS);

    /** @param log takes a line for operators */
    ActionSending(SendMonitor monitor, Consumer<String> log) {
        this.monitor = monitor;
        this.log = log;
    }

    /** Sends a write set and waits for its place. @param session the present or last one, or null */
    ReplicationResult sendAndAwait(GroupSession session, OwnAction ticket, ByteBuffer writeSet) {
        if (session == null) {
            return ReplicationResult.failed(Status.CLOSED);
        }
        OwnAction action = ticket.prepare(ActionType.WRITE_SET, writeSet, session.sender());
        Status refused = send(action, session);
        if (refused != Status.ORDERED) {
            return ReplicationResult.failed(refused);
        }
        action.tellPlaced();
        return (ReplicationResult) action.await();
    }

    /** ORDERED if it was sent, or has a result already. */
    private Status send(OwnAction action, GroupSession session) {
        return switch (monitor.enter(action, action.isAhead(), Long.MAX_VALUE)) {
            case ENTERED -> {
                try {
                    session.sender().send(action);
                } finally {
                    monitor.leave();
                }
                yield Status.ORDERED;
            }
            case SENT_BY_OTHER -> Status.ORDERED;
            case INTERRUPTED -> Status.INTERRUPTED;
            case CLOSED, TIMED_OUT -> Status.CLOSED;
        };
    }

    /** Sends a write set without waiting for it. @param session the present or last one, or null */
    Status writeSet(GroupSession session, ActionBuffer writeSet, Runnable atTurn, boolean ahead) {
        if (session == null) {
            return Status.CLOSED;
        }
        OwnAction action = new OwnAction(monitor)
                .prepare(
                        ActionType.WRITE_SET,
                        writeSet.bytes().duplicate().clear().limit(writeSet.size()),
                        session.sender())
                .asynchronous(writeSet, ahead);
        action.atTurn(atTurn);
        Status refused = send(action, session);
        if (refused != Status.ORDERED) {
            return refused;
        }
        // a result now is a failure to send: an action that comes back goes to the receive queue
        return action.result() instanceof ReplicationResult failed && !action.isSent()
                ? failed.status()
                : Status.ORDERED;
    }

    /** Sends a request for a state transfer and waits for the choice of a donor. @param session the present or last one, or null */
    StateTransferAnswer request(GroupSession session, StateTransferRequest request) {
        if (session == null) {
            return StateTransferAnswer.failed(StateTransferAnswer.Status.CLOSED);
        }
        byte[] bytes = request.encode();
        if (bytes.length > StateTransferRequest.LONGEST) {
            // the others would take this node for a hostile one
            log.accept("a state transfer request of " + bytes.length + " bytes is not sent; at most "
                    + StateTransferRequest.LONGEST + " are read");
            return StateTransferAnswer.failed(StateTransferAnswer.Status.REFUSED);
        }
        OwnAction action = new OwnAction(monitor)
                .prepare(ActionType.STATE_TRANSFER_REQUEST, ByteBuffer.wrap(bytes), session.sender());
        return send(action, session) == Status.ORDERED
                ? (StateTransferAnswer) action.await()
                : StateTransferAnswer.failed(StateTransferAnswer.Status.CLOSED);
    }

    /** Reports what is discardable, if its turn comes soon. @param session the present or last one, or null @return true if it was sent */
    boolean report(GroupSession session, Gtid at) {
        if (session == null) {
            return false;
        }
        SendMonitor.Place place = new SendMonitor.Place() {
            @Override
            boolean sendNow() {
                // its result is the caller's, so the caller sends it
                return false;
            }
        };
        SendMonitor.Entry entry = monitor.enter(place, monitor.isPaused(), reportTimeoutNanos.get());
        reportTimeoutNanos.updateAndGet(last -> entry == SendMonitor.Entry.TIMED_OUT
                ? last + SHORTEST_TIMEOUT_NANOS
                : Math.max(SHORTEST_TIMEOUT_NANOS, last * 2 / 3));
        if (entry != SendMonitor.Entry.ENTERED) {
            return false;
        }
        try {
            return session.sendLast(at) == SendResult.ACCEPTED;
        } finally {
            monitor.leave();
        }
    }
}
