package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;

/**
 * What the layer above EVS asks of it (docs/spec/gcomm-evs.md 1.2 and 14). Owned by the channel's lock; {@code nowNanos} is a count of nanoseconds
 * that is never negative and never goes back.
 */
public interface Evs {

    /** Bytes before the payload that {@link #newPayload} leaves free: the transport's headers and the USER header. */
    int PAYLOAD_HEADROOM = EvsTransport.HEADROOM + 52;

    /**
     * A buffer for {@link #send}, empty, with {@link #PAYLOAD_HEADROOM} bytes before its indices, so that the message goes to the socket
     * without being copied. The caller owns one reference.
     *
     * @param capacity most bytes that will be written
     */
    ByteBuf newPayload(int capacity);

    /** True if {@link #send} would only answer {@link EvsSendResult#TRY_AGAIN}: asked before a message is built in vain. */
    boolean isCongested();

    /**
     * Sends a message to the members of the current view, this node included.
     *
     * @param userType 0 to 255, delivered unchanged
     * @param order any but DROP
     * @param payload made by {@link #newPayload}, not sent before; the core keeps its own reference if the result is OK, and the caller
     *     releases its reference in any case and does not touch the bytes again
     */
    EvsSendResult send(int userType, EvsOrder order, ByteBuf payload, long nowNanos);

    /** From CLOSED to JOINING; sends nothing. */
    void connect(long nowNanos);

    /** Sends a JOIN without acting on it: asks whether anybody is there. Only in JOINING. */
    void announce(long nowNanos);

    /** Sends a JOIN and acts on it: without other nodes this forms a view of one at once. Does nothing outside JOINING. */
    void join(long nowNanos);

    /** True once a node other than this one is known. */
    boolean knowsOthers();

    /** Leaves gracefully; the empty view is delivered when it is done. In GATHER and INSTALL it begins after the next view. */
    void close(long nowNanos);

    /** Closes at once, without a word to the others; delivers what a close delivers. Does nothing in CLOSED. */
    void forceClose(long nowNanos);

    /** The state, as the status variable evs_state shows it. */
    EvsStateName state();

    /** The view that this node is in: of itself alone before the first regular one. */
    EvsView currentView();

    /** This node. */
    Uuid self();
}
