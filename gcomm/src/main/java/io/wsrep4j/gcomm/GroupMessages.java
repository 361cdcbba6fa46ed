package io.wsrep4j.gcomm;

import java.nio.ByteBuffer;

/** Sending to the group. Thread-safe. */
public interface GroupMessages {

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
     * Sends a message to all members, this one included. Never blocks for the network. The buffers are read between position and limit
     * before the call returns, and their positions do not move.
     *
     * <p>May run the protocol, and so deliver to the {@link GroupListener}, on the calling thread.
     *
     * @param type 0 to 254, delivered unchanged
     * @param order how it is ordered
     * @param header first part of the message; may be empty
     * @param body second part of the message; may be empty; the two together must not be
     */
    SendResult send(int type, DeliveryOrder order, ByteBuffer header, ByteBuffer body);

    /**
     * Asks for a causal token: {@link GroupListener#onCausal} is called here, once, after every message that was delivered anywhere before
     * this call (docs/spec/gcs.md 22.2, B21).
     *
     * @param token handed back
     */
    SendResult sendCausal(long token);

    /** The longest message that is accepted, in bytes: always at least 1024. */
    int maximumLength();
}
