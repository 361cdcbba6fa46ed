package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.group.message.StateTransferRequest;
import java.nio.ByteBuffer;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * A node's place in a group, above any {@link GroupChannel} (docs/spec/gcs.md): what the replicator works with. Implemented by {@link
 * GroupConnection}.
 *
 * <p>Thread-safe: any number of threads send, any number receive. Seqnos are global unless called local. A group can be opened again after it
 * was closed, with a new channel.
 *
 * <h2>Who does what by itself</h2>
 * The group layer sends SYNC when the receive queue has become short enough, sends JOIN again when a change of configuration swallowed it,
 * and pauses the group by flow control; the replicator does nothing for these.
 */
public interface Group {

    /**
     * Where this node's own history ends; announced to the group when it is next opened.
     *
     * @param position {@link Gtid#UNDEFINED}, or a UUID with a seqno of at least 0
     * @throws IllegalArgumentException for a UUID without a seqno or the reverse
     * @throws IllegalStateException if the group is open
     */
    void initialPosition(Gtid position);

    /**
     * As {@link #initialPosition(Gtid)}, for a node that can go on from there to a later seqno by itself, if nobody has more (docs/spec/gcs.md 28.17).
     * Only a component that no living member brings its history to is told of that: the configuration then counts this node as complete, and its
     * position as that seqno.
     *
     * @param recoverable the seqno, at least the position's
     */
    void initialPosition(Gtid position, long recoverable);

    /**
     * Joins. Returns when the transport is up; the first configuration arrives through {@link #receive}.
     *
     * @param channel not used before
     * @param groupName members of different groups refuse each other
     * @param bootstrap make a new group
     * @throws GroupException if the transport cannot join; the group is closed then
     * @throws IllegalStateException if the group is not closed
     */
    void open(GroupChannel channel, String groupName, boolean bootstrap) throws GroupException;

    /**
     * Leaves. Everybody who waits in a call is woken; what was received before can still be taken, the last of it being a {@link
     * GroupAction.ConfigurationChanged} without members and then {@link GroupAction.Closed}. Does nothing if not open. Does not wait for
     * receivers. Must not be called from a {@link ActionMemory}.
     */
    void close();

    /**
     * Ends everything here at once, because this node cannot go on: nothing more is delivered or sent, {@link #receive} says that the connection is
     * closed, and everybody who waits in another call is told the same. The group does not know yet: {@link #close} leaves it. Never blocks.
     */
    void giveUp();

    /**
     * Says who is told when this layer itself fails between delivery and {@link #receive}, so that something ordered may be lost here; it has then given
     * up as by {@link #giveUp}, and leaves by itself. Set once, before the group is opened.
     *
     * @param listener called with locks held: must not block or call the group
     */
    void whenFailed(Consumer<Throwable> listener);

    /**
     * Says who hears of every change of the configuration when the group delivers it, however much waits to be received before it. Set once, before the
     * group is opened.
     *
     * @param listener called with locks held: must not block or call the group
     */
    void whenConfigured(Consumer<GroupAction.ConfigurationChanged> listener);

    /** True when the connection is not open, or has failed: {@link #receive} will say why. For those who wait for something else. */
    boolean isLost();

    // ---------------------------------------------------------------- receiving

    /**
     * Takes the next action; waits for one. Several threads may call this at once; actions are handed out in order.
     *
     * @throws InterruptedException if the thread was interrupted while waiting; nothing is lost
     */
    GroupAction receive() throws InterruptedException;

    /** Lets receivers go on after a {@link GroupAction.ConfigurationChanged} has been handled. */
    void resumeReception();

    /** Takes a number in the local order, for an action that the replicator itself puts there. */
    long nextLocalSeqno();

    // ---------------------------------------------------------------- sending write sets

    /**
     * Prepares one {@link #replicate} call, so that another thread can interrupt it. The place in the queue of senders is taken by the call
     * itself. A ticket that is not used needs no giving back.
     */
    SendTicket schedule();

    /**
     * Sends a write set and waits for its place in the group's order. With a single member everything happens on the calling thread.
     *
     * @param ticket from {@link #schedule}; {@link SendTicket#interrupt} ends the wait for its turn
     * @param writeSet the bytes between position and limit; not to be changed until the call returns
     * @return {@link ReplicationResult.Status#TRY_AGAIN} asks for the same call again a little later with a new ticket
     */
    ReplicationResult replicate(SendTicket ticket, ByteBuffer writeSet);

    /**
     * Sends a write set and does not wait for it: it comes through {@link #receive} as {@link GroupAction.WriteSet} with {@code own} true, or,
     * if a change of membership came between, as {@link GroupAction.LostWriteSet} (docs/spec/gcs.md 3.4). Neither comes if this node lost the primary
     * component first: whether the others have it cannot be known then. Waits for its turn to send like {@link #replicate}.
     *
     * @param atTurn as {@link SendTicket#atTurn}
     * @return ORDERED stands for "sent"; with any other status the buffer remains the caller's
     */
    ReplicationResult.Status send(ActionBuffer writeSet, Runnable atTurn);

    /** As {@link #send}, but ahead of all other senders and even while flow control pauses the group. */
    ReplicationResult.Status resend(ActionBuffer writeSet, Runnable atTurn);

    // ---------------------------------------------------------------- state transfer

    /**
     * Asks for a state transfer and waits for the choice of a donor. Waits while flow control pauses the group.
     *
     * @return donor, or why there is none; TRY_AGAIN asks for the same call about a second later
     */
    StateTransferAnswer requestStateTransfer(StateTransferRequest request);

    /**
     * Takes this node out of flow control: it becomes DONOR. Nests; each success asks for one {@link #join}. Waits while flow control pauses
     * the group.
     */
    StateTransferAnswer desync();

    /**
     * Reports the end of a state transfer, as joiner or donor, or of a desync. Repeated by the group layer until the group has seen it.
     *
     * @param position where the state is now
     * @param code 0, or a negative errno: the transfer failed
     */
    void join(Gtid position, int code);

    // ---------------------------------------------------------------- flow control

    /**
     * Asks the group to pause, or lets it go on, whatever the length of this node's receive queue. The wish outlasts changes of configuration and takes
     * effect while this node certifies: synced, joined, or a donor. Reports by {@link #reportDiscardable} get through the pause.
     */
    void hold(boolean on);

    // ---------------------------------------------------------------- agreement

    /**
     * Reports that this node needs nothing up to and including the position any more. Skipped when there is no turn to send within about a
     * second; a later report replaces it. While flow control pauses the group it goes ahead of everybody: what holds the group may wait for it.
     *
     * @return true if it was sent
     */
    boolean reportDiscardable(Gtid position);

    /**
     * Votes on a write set and waits for the group's decision (docs/spec/gcs.md 15).
     *
     * @param position of the write set
     * @param code 0: applied; otherwise the error
     * @param error what the host says of the error, as it gave it; ignored for code 0
     */
    VoteAnswer vote(Gtid position, long code, ByteBuffer error);

    /**
     * Shuts a member out of the group, by the name of what it did: one whose write sets cannot be what a sound node sends. All members of ours
     * see the same and say the same; once said by one, it holds for all. Does nothing when the group is closed, or about this member itself.
     *
     * @param member id of the sender, as its write sets carry it
     * @param reason what it did, for the log
     */
    void isolate(Uuid member, String reason);

    /**
     * The position that a reader must wait for to see everything committed anywhere before this call (docs/spec/gcs.md 16).
     *
     * @param timeoutNanos how long to wait; 0 or less does not wait
     */
    CausalAnswer causalPosition(long timeoutNanos);

    // ---------------------------------------------------------------- options and figures

    /**
     * Sets an option at run time: one of the group layer ({@code gcs.}) or of the channel.
     *
     * @return false if neither knows it
     * @throws IllegalArgumentException if the value is refused or the option is fixed at run time
     */
    boolean setOption(String name, String value);

    /** Current values of the {@code gcs.} options, by name, as SHOW VARIABLES prints them. */
    SortedMap<String, String> options();

    /** Figures of this layer now. */
    GroupFigures figures();

    /** The channel's status variables and desync_count, by name; empty when closed (docs/spec/options-status.md 10.2). */
    SortedMap<String, String> channelStatus();

    /** FLUSH STATUS: begins windows, averages, extremes and counters anew (docs/spec/gcs.md 20). */
    void flushStatistics();
}
