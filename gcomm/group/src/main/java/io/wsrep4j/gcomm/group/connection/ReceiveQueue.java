package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.flow.QueueStatistics;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.GroupAction;
import java.util.ArrayDeque;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Actions that wait for the host's threads. Owned by the connection's lock. */
final class ReceiveQueue {

    private final ArrayDeque<GroupAction> actions = new ArrayDeque<>();
    private final QueueStatistics statistics = new QueueStatistics();
    private long bytes;

    void add(GroupAction action) {
        statistics.sample(actions.size());
        actions.add(action);
        bytes += action.size();
        statistics.length(actions.size());
    }

    /** Adds what is to be taken before all that waits. */
    void addFirst(GroupAction action) {
        actions.addFirst(action);
        bytes += action.size();
        statistics.length(actions.size());
    }

    /** The next action, or null. */
    GroupAction poll() {
        GroupAction action = actions.poll();
        if (action != null) {
            bytes -= action.size();
            statistics.length(actions.size());
        }
        return action;
    }

    int length() {
        return actions.size();
    }

    long bytes() {
        return bytes;
    }

    QueueStatistics statistics() {
        return statistics;
    }

    /**
     * Drops all actions, releases their memory, and keeps their places: whoever waits for a later one, which may be an action of the next connection, would
     * wait for ever.
     */
    void drop() {
        List<GroupAction> all = List.copyOf(actions);
        clear();
        for (GroupAction action : all) {
            if (action.localSeqno() != GroupAction.NO_LOCAL_SEQNO) {
                actions.add(new GroupAction.Dropped(action.localSeqno()));
            }
        }
        statistics.length(actions.size());
    }

    /** Drops all actions, places and all, and releases their memory. */
    void clear() {
        for (GroupAction action : actions) {
            release(action);
        }
        actions.clear();
        bytes = 0;
        statistics.length(0);
    }

    private static void release(GroupAction action) {
        if (action instanceof GroupAction.WriteSet writeSet) {
            letGo(writeSet.buffer());
        } else if (action instanceof GroupAction.LostWriteSet lost) {
            letGo(lost.buffer());
        } else if (action instanceof GroupAction.ConfigurationChanged change) {
            letGo(change.buffer());
        } else if (action instanceof GroupAction.StateTransferRequested request) {
            letGo(request.buffer());
        }
    }

    /** Gives memory back that nobody will look at again; that this fails, in a file that was cut off say, must not keep anybody waiting. */
    static void letGo(ActionBuffer buffer) {
        if (buffer == null) {
            return;
        }
        try {
            buffer.release();
        } catch (RuntimeException | Error e) {
            LoggerFactory.getLogger(ReceiveQueue.class).debug("memory of an action cannot be given back", e);
        }
    }
}
