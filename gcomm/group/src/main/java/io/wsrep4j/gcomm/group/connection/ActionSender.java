package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.gcomm.group.ReplicationResult.Status;
import io.wsrep4j.gcomm.group.StateTransferAnswer;
import io.wsrep4j.gcomm.group.message.ActionFragment;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.gcomm.group.message.MessageType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Cuts own actions into fragments and gives them to the channel (docs/spec/gcs.md 3.2). Owned by whoever is inside the send monitor.
 *
 * <p>When a view change interrupts an action in a group that remains primary, the rest of it is sent in the new view.
 */
final class ActionSender {

    /** What the sender needs of its connection. */
    interface Connection {

        /** ORDERED if a message may be sent now, otherwise why not. */
        Status sendStatus();

        /** True while flow control pauses the group. */
        boolean isPaused();

        /** Version of the group layer's protocol. */
        int protocol();

        /** Remembers an action that comes back. */
        void expect(OwnAction action);

        /** All of it was accepted. */
        void sent(OwnAction action);

        /** Forgets the action remembered last, which will not come back. */
        void forget(OwnAction action);

        /** Waits until sending may have become possible, at most for a short time. @return true if the thread was interrupted meanwhile */
        boolean awaitChange();
    }

    private static final int SHORTEST_MESSAGE = ActionFragment.HEADER_BYTES + 1;

    private final Connection connection;
    private final GroupChannel channel;
    private final int longestFragment;
    private final ByteBuffer header =
            ByteBuffer.allocate(ActionFragment.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long nextActionId;

    /**
     * @param firstActionId number of the next action; kept over reconnects
     * @param maxPacketSize longest message, in bytes
     */
    ActionSender(Connection connection, GroupChannel channel, long firstActionId, int maxPacketSize) {
        this.connection = connection;
        this.channel = channel;
        this.nextActionId = firstActionId;
        this.longestFragment = Math.min(Math.max(SHORTEST_MESSAGE, maxPacketSize), channel.maximumLength())
                - ActionFragment.HEADER_BYTES;
    }

    long nextActionId() {
        return nextActionId;
    }

    /** Sends an action to its end, or until it fails; a failure becomes its result. Called inside the monitor. */
    void send(OwnAction action) {
        boolean interrupted = false;
        while (!sendNow(action)) {
            interrupted |= connection.awaitChange();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** As {@link #send}, but does not wait. @return false if it must be called again later */
    boolean sendNow(OwnAction action) {
        if (!action.isBegun() && !begin(action)) {
            return true;
        }
        while (!action.isComplete()) {
            Status status = connection.sendStatus();
            if (action.isLost() && (status == Status.ORDERED || status == Status.TRY_AGAIN)) {
                status = Status.CUT_OFF;
            }
            if (status == Status.ORDERED) {
                status = sendFragment(action);
            }
            if (status == Status.TRY_AGAIN) {
                return false;
            }
            if (status != Status.ORDERED) {
                connection.forget(action);
                fail(action, status);
                return true;
            }
        }
        nextActionId = nextActionId + 1 & ActionFragment.ID_MASK;
        connection.sent(action);
        return true;
    }

    private boolean begin(OwnAction action) {
        if (action.size() == 0) {
            fail(action, Status.BAD_LENGTH);
            return false;
        }
        if (connection.isPaused() && action.type() == ActionType.WRITE_SET && !action.isAhead()) {
            fail(action, Status.TRY_AGAIN);
            return false;
        }
        action.begin(nextActionId);
        connection.expect(action);
        return true;
    }

    private Status sendFragment(OwnAction action) {
        if (action.nextFragment() == 0) {
            ActionFragment.writeHeader(header, connection.protocol(), action.id(), action.size(), action.type());
        } else {
            ActionFragment.writeNumber(header, action.nextFragment());
        }
        ByteBuffer data = action.rest(longestFragment);
        int length = data.remaining();
        // before it is sent: the last fragment may come back, and its result be taken, inside the call
        GroupChannel.SendResult result = channel.send(MessageType.ACTION.code(), header, data);
        if (result == GroupChannel.SendResult.ACCEPTED) {
            action.advance(length);
        }
        return switch (result) {
            case ACCEPTED -> Status.ORDERED;
            case TRY_AGAIN -> Status.TRY_AGAIN;
            case NOT_PRIMARY -> Status.NOT_PRIMARY;
            case TOO_LONG -> Status.BAD_LENGTH;
            case ABORTED, CLOSED -> Status.CLOSED;
        };
    }

    static void fail(OwnAction action, Status status) {
        if (action.type() == ActionType.WRITE_SET) {
            action.complete(ReplicationResult.failed(status));
        } else {
            action.complete(StateTransferAnswer.failed(
                    switch (status) {
                        case TRY_AGAIN -> StateTransferAnswer.Status.TRY_AGAIN;
                        case NOT_PRIMARY -> StateTransferAnswer.Status.NOT_PRIMARY;
                        case CUT_OFF -> StateTransferAnswer.Status.CUT_OFF;
                        case BAD_LENGTH -> StateTransferAnswer.Status.REFUSED;
                        default -> StateTransferAnswer.Status.CLOSED;
                    }));
        }
    }
}
