package io.wsrep4j.gcomm.pc;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.EvsOrder;
import io.wsrep4j.gcomm.evs.EvsSendResult;

/** What the primary component needs from the layers below it. Called synchronously, from inside a call to {@link PrimaryComponent}. */
public interface PcLower {

    /** As {@link io.wsrep4j.gcomm.evs.Evs#newPayload}. */
    ByteBuf newPayload(int capacity);

    /** As {@link io.wsrep4j.gcomm.evs.Evs#isCongested}. */
    boolean isCongested();

    /** As {@link io.wsrep4j.gcomm.evs.Evs#send}. */
    EvsSendResult send(int userType, EvsOrder order, ByteBuf payload, long nowNanos);

    /** A view was delivered: connections to its members are worth keeping, others are not (docs/spec/gcomm-transport-pc.md 7.6). */
    void stableView(PcView view, long nowNanos);

    /** The node's account of the past contradicts that of the others: cut it off, so that a view without it can form. */
    void exclude(Uuid node, long nowNanos);

    /** The node is in the evict list. */
    boolean isEvicted(Uuid node);

    /** How long a member may keep the others waiting for what it has to say, nanoseconds: {@code evs.inactive_timeout}. */
    long patienceNanos();
}
