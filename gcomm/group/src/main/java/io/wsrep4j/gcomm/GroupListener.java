package io.wsrep4j.gcomm;

import java.nio.ByteBuffer;

/**
 * Takes what a {@link GroupChannel} delivers (docs/spec/gcs.md 22.2). Calls come one at a time, in the group's order, from whichever thread runs the channel's
 * protocol just then, perhaps one inside {@link GroupChannel#send}, with the channel's lock held. So a listener returns quickly, never
 * blocks, and calls nothing of the channel but what sends.
 */
public interface GroupListener {

    /** The membership changed. */
    void onView(GroupView view);

    /**
     * A message.
     *
     * @param senderIndex place of the sender in the current view's members
     * @param type as sent
     * @param payload as sent, between position and limit, read-only use; valid until the call returns
     */
    void onMessage(int senderIndex, int type, ByteBuffer payload);

    /** A causal token that this member asked for. */
    void onCausal(long token);

    /**
     * This member is out of the group; nothing follows.
     *
     * @param error null after a clean leave, otherwise why
     */
    void onLeft(GroupException error);
}
