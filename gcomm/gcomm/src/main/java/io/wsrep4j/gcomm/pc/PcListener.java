package io.wsrep4j.gcomm.pc;

import io.netty.buffer.ByteBuf;

/** Takes what the primary component delivers (docs/spec/gcomm-transport-pc.md 15.2): one call at a time, in the group's order. It may send from inside a call. */
public interface PcListener {

    /** The membership changed; without members this node has left, and nothing follows. */
    void onView(PcView view, long nowNanos);

    /**
     * A message of a member of the last view.
     *
     * @param senderIndex place of the sender in the view's members
     * @param totalOrderSeq place in the total order over views, -1 outside a primary component or when the message is not SAFE
     * @param payload readable bytes; valid until the call returns
     */
    void onMessage(int senderIndex, int userType, long totalOrderSeq, ByteBuf payload, long nowNanos);

    /** A causal token that this node asked for. */
    void onCausal(long token, long nowNanos);

    /** The group has agreed on a weight of this node. */
    void onWeight(int weight);

    /**
     * This node's account of the past cannot be reconciled with the group's: it must leave at once, without goodbye. Nothing follows.
     *
     * @param reason what happened and what to do
     */
    void onFailure(String reason);
}
