package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.ActionMemory;
import io.wsrep4j.gcomm.group.ReplicationResult.Status;
import io.wsrep4j.gcomm.group.message.ActionType;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Own actions that were given to the channel and have not come back, in the order of sending (docs/spec/gcs.md 3.2.2). Owned by the connection's
 * lock.
 */
final class OwnActions {

    private final ActionMemory memory;
    private final ArrayDeque<OwnAction> expected = new ArrayDeque<>();

    /** @param memory for what may come back late; null if no write sets are sent */
    OwnActions(ActionMemory memory) {
        this.memory = memory;
    }

    void add(OwnAction action) {
        expected.addLast(action);
    }

    /** Forgets the last one, which could not be sent. */
    void removeLast(OwnAction action) {
        if (expected.peekLast() == action) {
            expected.removeLast();
        }
    }

    /**
     * Takes the action that has come back.
     *
     * @return null if it is not the one that was expected
     */
    OwnAction take(long actionId, int size) {
        OwnAction head = expected.poll();
        while (head != null && head.isAbandoned() && head.id() != actionId) {
            // lost with a primary component, as it was reported
            release(head);
            head = expected.poll();
        }
        return head != null && head.id() == actionId && head.size() == size ? head : null;
    }

    private static void release(OwnAction action) {
        if (action.asynchronous() != null) {
            action.asynchronous().release();
        }
    }

    /**
     * The group has stopped being primary: what was sent completely may be lost (docs/spec/gcs.md 22.2, B2 and B8), so nobody waits for it any
     * more. It is kept in mind, because it may come back still.
     */
    void loseSent() {
        for (OwnAction action : expected) {
            if (!action.isSent()) {
                action.lose();
            } else if (!action.isAbandoned()) {
                action.abandon(action.asynchronous() != null ? action.asynchronous() : copy(action));
                ActionSender.fail(action, Status.NOT_PRIMARY);
            }
        }
    }

    private ActionBuffer copy(OwnAction action) {
        if (action.type() != ActionType.WRITE_SET || memory == null) {
            return null;
        }
        ActionBuffer copy = memory.allocate(action.size());
        ByteBuffer source = action.whole();
        copy.bytes().put(0, source, source.position(), action.size());
        return copy;
    }

    /** The connection is over: nothing comes back. */
    void close() {
        for (Iterator<OwnAction> all = expected.iterator(); all.hasNext(); all.remove()) {
            OwnAction action = all.next();
            ActionSender.fail(action, Status.CLOSED);
            if (action.isSent()) {
                // otherwise its sender is told, and keeps it
                ReceiveQueue.letGo(action.asynchronous());
            }
        }
    }
}
