package io.wsrep4j.gcomm.gmcast;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;

/** What GMCast tells the layer above. Called from inside a call into {@link Gmcast}; may call {@link Gmcast#send} and the view methods. */
public interface GmcastListener {

    /**
     * A user message. No order, uniqueness or reliability is promised.
     *
     * @param source who sent it first, also when it was relayed; never this node
     * @param segment segment of the source
     * @param message its readable bytes; valid until the call returns, {@code retain()} a slice to keep it
     * @param nowNanos time of the event
     * @return false if the message is malformed; the connection that brought it is closed then, and nothing else happens
     */
    boolean onMessage(Uuid source, int segment, ByteBuf message, long nowNanos);

    /**
     * This node cannot go on: GMCast has closed all its connections and does nothing more. The layer above must end group communication, and
     * must delete the saved view if the failure says so.
     */
    void onFailure(GmcastFailure failure);
}
