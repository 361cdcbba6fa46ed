package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;

/**
 * What {@link Group#receive} hands over, in the group's order (docs/spec/gcs.md 2.1 and 17). Immutable; buffers belong to the receiver.
 *
 * <p>Actions that occupy a place in the order of this node carry a local seqno: 1, 2, 3 and so on, shared with the actions that are handed to
 * waiting callers and with {@link Group#nextLocalSeqno}, without gaps.
 */
public sealed interface GroupAction {

    /** {@link #localSeqno()} of what has no place in the local order. */
    long NO_LOCAL_SEQNO = -1L;

    /** Place in the order of this node, or {@link #NO_LOCAL_SEQNO}. */
    default long localSeqno() {
        return NO_LOCAL_SEQNO;
    }

    /** Bytes of the action, as the status variable received_bytes counts them. */
    default int size() {
        return 0;
    }

    /**
     * A write set with its place in the group's order.
     *
     * @param seqno global seqno
     * @param sender id of the member that sent it
     * @param own this member sent it (asynchronously: nobody waits for it); the buffer is then the one that was sent
     */
    record WriteSet(long localSeqno, long seqno, Uuid sender, boolean own, ActionBuffer buffer) implements GroupAction {
        @Override
        public int size() {
            return buffer.size();
        }
    }

    /**
     * An own write set that was sent asynchronously and lost its place in a change of configuration: must be sent again with {@link
     * Group#resend} before anything else is taken.
     */
    record LostWriteSet(ActionBuffer buffer) implements GroupAction {
        @Override
        public int size() {
            return buffer.size();
        }
    }

    /** No member needs anything up to and including {@code seqno} any more. */
    record CommitCut(long localSeqno, long seqno) implements GroupAction {
        @Override
        public int size() {
            return Long.BYTES;
        }
    }

    /**
     * This member is to donate.
     *
     * @param seqno the group's current global seqno
     * @param requester id of the joiner
     * @param buffer the replicator's part of the request (docs/spec/replicator-state-transfer.md 17.2)
     */
    record StateTransferRequested(long localSeqno, long seqno, Uuid requester, ActionBuffer buffer)
            implements GroupAction {
        @Override
        public int size() {
            return buffer.size();
        }
    }

    /**
     * The configuration changed. Until {@link Group#resumeReception} nobody gets another action.
     *
     * @param change what the bytes say
     * @param ownIndex own place among the members, -1 when this member left
     * @param buffer the bytes for the write-set cache (docs/spec/gcs.md 9)
     */
    record ConfigurationChanged(long localSeqno, ConfigurationChange change, int ownIndex, ActionBuffer buffer)
            implements GroupAction {
        @Override
        public int size() {
            return buffer.size();
        }
    }

    /** The group has seen this member's {@link Group#join}. @param code 0, or the negative errno given to it */
    record Joined(long localSeqno, long code) implements GroupAction {
        @Override
        public int size() {
            return Long.BYTES;
        }
    }

    /** This member is synced with the group. */
    record Synced(long localSeqno) implements GroupAction {
        @Override
        public int size() {
            return Long.BYTES;
        }
    }

    /** Somebody failed to apply {@code seqno}: commit it, then {@link Group#vote} on it. */
    record VoteRequested(long localSeqno, long seqno) implements GroupAction {
        @Override
        public int size() {
            return 2 * Long.BYTES;
        }
    }

    /**
     * The group decided about {@code seqno} and nobody here was waiting for it.
     *
     * @param result 0: applying it was right; negative: failing with this value was right, and this node is inconsistent if it applied it
     */
    record VoteDecided(long localSeqno, long seqno, long result) implements GroupAction {
        @Override
        public int size() {
            return 2 * Long.BYTES;
        }
    }

    /** Nothing is to be done: this stands for an action of which nobody wants to know any more. Its place in the order of this node remains to be passed. */
    record Dropped(long localSeqno) implements GroupAction {}

    /** Own history is ahead of the group's: this node must not go on (docs/spec/gcs.md 8.5). The connection is closing. */
    record Inconsistent(String reason) implements GroupAction {}

    /** A configuration change is being handled by another thread: do something else and call again (docs/spec/replicator-state-transfer.md 4.3). */
    record Suspended() implements GroupAction {
        public static final Suspended INSTANCE = new Suspended();
    }

    /**
     * The connection is closed and everything was taken.
     *
     * @param reason why, when it was not closed by {@link Group#close}; otherwise null
     */
    record Closed(String reason) implements GroupAction {}
}
