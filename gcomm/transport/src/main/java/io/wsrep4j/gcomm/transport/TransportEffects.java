package io.wsrep4j.gcomm.transport;

import io.netty.buffer.ByteBuf;

/**
 * What the lowest layer wants done to the outside. A transport does it; a simulator pretends. Called only from inside a call into the layer, on the
 * same thread; must not call back into it.
 *
 * <p>A message is the readable bytes of a buffer that belongs to the caller: the transport retains it, or a slice, if it needs it after the call, and
 * leaves its indices alone. The 8 bytes before the reader index are free for the frame header, which the transport writes.
 */
public interface TransportEffects {

    /**
     * Opens a connection. The transport answers later, never inside this call, with {@link LowestLayer#onConnected} or {@link LowestLayer#onClosed}.
     *
     * @param connection id chosen by the layer
     */
    void dial(long connection, NodeAddress address);

    /**
     * Sends one message to one connection.
     *
     * @return false if it was not taken because too much is queued for this connection, or it is closed
     */
    boolean send(long connection, ByteBuf message);

    /**
     * Sends one message to several connections; those that have too much queued miss it.
     *
     * @param message not on its way to anybody yet
     */
    void broadcast(ConnectionSet connections, ByteBuf message);

    /** Sends one message to the multicast group, best effort. Called only while the layer was told of peers that hear us there. */
    void multicast(ByteBuf message);

    /**
     * Closes a connection; what was queued before goes out first, if it can in 5 seconds. No event follows for this id.
     *
     * @param reason for the log
     */
    void close(long connection, String reason);
}
