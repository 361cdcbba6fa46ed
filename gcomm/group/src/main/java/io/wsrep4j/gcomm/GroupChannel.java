package io.wsrep4j.gcomm;

import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import java.util.SortedMap;

/**
 * A member's connection to a group (docs/spec/gcs.md 22). Thread-safe; {@link #join} and {@link #leave} are not called concurrently with each other.
 *
 * <p>A channel is used once: created, joined, left. A process that returns to the group makes a new channel and has a new member id.
 */
public interface GroupChannel {

    // ---- membership and options

    /**
     * Joins the group. Returns when the transport is up, perhaps before the first view.
     *
     * @param groupName members of different groups refuse each other
     * @param bootstrap form a primary component alone
     * @param listener told of every view and message, in order
     * @throws GroupException if the group cannot be reached in time, or the address or an option is refused; the channel is closed then
     */
    void join(String groupName, boolean bootstrap, GroupListener listener) throws GroupException;

    /**
     * Leaves the group and releases all resources. The listener gets its last event, {@link GroupListener#onLeft}, before this returns, if
     * it had not got it before. Succeeds even when the transport is broken; does nothing when the channel never joined or has left.
     */
    void leave();

    /**
     * Sets an option at run time.
     *
     * @return false if the backend has no such option
     * @throws IllegalArgumentException if the value is refused or the option is fixed at run time; the message names the key, the value and
     *     what is allowed
     */
    boolean setOption(String name, String value);

    /**
     * Cuts this member off the group, or lets it in again (docs/spec/wsrep-api-v26.md 1.4).
     *
     * @param isolated true: drop all peer connections and accept none
     */
    void isolate(boolean isolated);

    /**
     * Shuts another member out of the group: its messages are dropped and its connections refused, here and, as the members tell each other, on
     * all of them; its id does not come back while the backend remembers it (docs/spec/gcomm-evs.md 15.3; {@code evs.evict}). Returns before that is
     * done; a view without the member follows. A backend that has no other members does nothing.
     *
     * @param member its id; not this member's own
     */
    void evict(Uuid member);

    // ---- sending

    /** What became of a message. */
    enum SendResult {
        /** It will be delivered, to the sender too, or lost with the primary component (docs/spec/gcs.md 22.2, B2 and B8). */
        ACCEPTED,
        /** Membership is changing or too much is queued: try again. */
        TRY_AGAIN,
        /** Not in a primary component. */
        NOT_PRIMARY,
        /** Longer than {@link #maximumLength()}. */
        TOO_LONG,
        /** The transport failed; {@link GroupListener#onLeft} follows. */
        ABORTED,
        /** Not joined, or left. */
        CLOSED
    }

    /**
     * Sends a message to all members, this one included, in the total order: it is delivered when every member of the view has it (safe
     * delivery, docs/spec/gcomm-evs.md 5). Never blocks for the network. The buffers are read between position and limit
     * before the call returns, and their positions do not move.
     *
     * <p>May run the protocol, and so deliver to the {@link GroupListener}, on the calling thread.
     *
     * @param type 0 to 254, delivered unchanged
     * @param header first part of the message; may be empty
     * @param body second part of the message; may be empty; the two together must not be
     */
    SendResult send(int type, ByteBuffer header, ByteBuffer body);

    /**
     * Asks for a causal token: {@link GroupListener#onCausal} is called here, once, after every message that was delivered anywhere before
     * this call (docs/spec/gcs.md 22.2, B21).
     *
     * @param token handed back
     */
    SendResult sendCausal(long token);

    /** The longest message that is accepted, in bytes: always at least 1024. */
    int maximumLength();

    // ---- figures for status variables

    /** The backend's status variables by name, without the host's prefix: evs_state, gcomm_uuid and so on (docs/spec/options-status.md 10.2). */
    SortedMap<String, String> status();

    /** Begins averages anew, as FLUSH STATUS asks. */
    void resetStatistics();
}
