package io.wsrep4j.gcomm.gmcast;

import java.nio.ByteBuffer;

/**
 * What GMCast wants done to the outside. A driver does it; a simulator pretends. Called only from inside a call into {@link Gmcast}, on the same
 * thread; must not call back into it.
 *
 * <p>A message comes in two parts, both read between position and limit before the call returns; their positions do not move. The driver adds
 * the frame header and checksum.
 */
public interface GmcastEffects {

    /**
     * Opens a connection. The driver answers later with {@link Gmcast#onConnected} or {@link Gmcast#onClosed}.
     *
     * @param connection id chosen by GMCast
     */
    void dial(long connection, NodeAddress address);

    /**
     * Sends one message to one connection.
     *
     * @return false if it was not taken because too much is queued for this connection, or it is closed
     */
    boolean send(long connection, ByteBuffer head, ByteBuffer body);

    /** Sends one message to several connections; those that have too much queued miss it. */
    void broadcast(ConnectionSet connections, ByteBuffer head, ByteBuffer body);

    /** Sends one message to the multicast group, best effort. Called only while {@link Gmcast} was told of peers that hear us there. */
    void multicast(ByteBuffer head, ByteBuffer body);

    /**
     * Closes a connection; what was queued before goes out first, if it can in 5 seconds. No event follows for this id.
     *
     * @param reason for the log
     */
    void close(long connection, String reason);
}
