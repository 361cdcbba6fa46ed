package io.wsrep4j.gcomm.transport;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import java.net.InetAddress;
import java.util.Collection;

/**
 * The lowest protocol layer of a node, as the transport sees it: hears what becomes of connections and what comes through them, and answers with
 * {@link TransportEffects}. Called with the transport's lock held. Times are the transport's, in nanoseconds.
 */
public interface LowestLayer {

    // ---- events

    /** A fresh connection id, for a connection that the transport is about to report as accepted. */
    long newConnection();

    /** The transport accepted a connection (with TLS: its handshake is over). */
    void onAccepted(long connection, InetAddress peer, long nowNanos);

    /** A dial succeeded (with TLS: its handshake is over). */
    void onConnected(long connection, long nowNanos);

    /** A dial failed, the peer closed, or the transport closed after a malformed frame. */
    void onClosed(long connection, String reason, long nowNanos);

    /**
     * A frame came.
     *
     * @param payload without the frame's header; belongs to the caller
     */
    void onFrame(long connection, ByteBuf payload, long nowNanos);

    /** A message came by multicast; otherwise as {@link #onFrame}. Only from nodes that {@link #isConnected} says yes to. */
    void onDatagram(ByteBuf payload, long nowNanos);

    /** The nodes that receive our multicast, all of them; it replaces what was said before. */
    void onMulticastPeers(Collection<Uuid> nodes, long nowNanos);

    // ---- questions

    /** This node's id. */
    Uuid nodeId();

    /** True if a connection to the node is established. */
    boolean isConnected(Uuid node);

    /**
     * True if a member or a configured peer lives at an IP address, as far as this node knows.
     *
     * @param host IPv6 in its short form
     */
    boolean knowsHost(String host);
}
