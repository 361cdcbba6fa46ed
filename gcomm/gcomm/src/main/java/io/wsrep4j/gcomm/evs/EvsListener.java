package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;

/**
 * The layer above EVS: the primary component (docs/spec/gcomm-evs.md 1.2). Called synchronously, one call at a time, in the group's order, from
 * inside whichever call runs the {@link EvsCore}. It may call {@link EvsCore#send} from inside {@link #onView} and {@link #onMessage}; it
 * must not call anything else of the core.
 *
 * <p>{@code nowNanos} is the time that the running call was given.
 */
public interface EvsListener {

    /** A view: REG, messages, TRANS, messages, REG ... The first is TRANS, the last is empty. */
    void onView(EvsView view, long nowNanos);

    /**
     * A message, sent by a member of the last delivered view or of the view that it ends.
     *
     * @param source who sent it, perhaps this node
     * @param sourceView the REG view that it was sent in
     * @param userType as sent; 0 to 255
     * @param order as sent
     * @param seq slot in the view; with source it is the place in the total order
     * @param payload readable bytes are the message; valid until the call returns, {@code retain()} a slice to keep it
     */
    void onMessage(
            Uuid source, ViewId sourceView, int userType, EvsOrder order, long seq, ByteBuf payload, long nowNanos);

    /**
     * An own {@link EvsOrder#LOCAL_CAUSAL} message.
     *
     * @param seq slot that it was delivered after
     * @param payload as in {@link #onMessage}
     */
    void onCausal(int userType, long seq, ByteBuf payload, long nowNanos);
}
