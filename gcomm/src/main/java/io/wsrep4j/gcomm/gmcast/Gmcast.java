package io.wsrep4j.gcomm.gmcast;

import io.wsrep4j.api.Uuid;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;

/**
 * The GMCast state machine of one node (sheet gcomm-transport-pc, 5 to 10). Not thread-safe: the owner calls it under one lock. Every call that
 * is an event carries the time in nanoseconds, from any origin, never going back.
 */
public final class Gmcast {

    /** The longest message {@link #send} takes, in bytes. */
    public static final int MAX_MESSAGE_LENGTH = 32768 - 20;

    /**
     * @param nodeId id of this node
     * @param connectionIds makes a fresh handshake id for each accepted connection
     * @param random for the delay of first dials
     */
    public Gmcast(
            GmcastSettings settings,
            Uuid nodeId,
            Supplier<Uuid> connectionIds,
            RandomGenerator random,
            GmcastEffects effects,
            GmcastListener listener,
            Logger log) {
        throw new UnsupportedOperationException();
    }

    /** Begins: dials the initial addresses. */
    public void start(long nowNanos) {}

    /** Ends: closes all connections, dials and accepts no more. */
    public void stop() {}

    // ---- events from the driver

    /** A fresh connection id, for a connection that the driver is about to report as accepted. */
    public long newConnection() {
        return 0;
    }

    /** The driver accepted a connection (with TLS: its handshake is over). */
    public void onAccepted(long connection, InetAddress peer, long nowNanos) {}

    /** A dial succeeded (with TLS: its handshake is over). */
    public void onConnected(long connection, long nowNanos) {}

    /** A dial failed, the peer closed, or the driver closed after a malformed frame. */
    public void onClosed(long connection, String reason, long nowNanos) {}

    /** One whole frame's payload with a right checksum, between position and limit; valid until the call returns. */
    public void onFrame(long connection, ByteBuffer payload, long nowNanos) {}

    /** A user message that came by multicast: GMCast header and message, with a right checksum. */
    public void onDatagram(ByteBuffer payload, long nowNanos) {}

    /** The nodes that hear our multicast now, replacing what was said before; each is reached by {@link GmcastEffects#multicast}. */
    public void onMulticastPeers(Collection<Uuid> nodes, long nowNanos) {}

    /** The time has come, or passed, or perhaps not yet: does what is due. */
    public void onTime(long nowNanos) {}

    /** When {@link #onTime} is to be called next; {@link Long#MAX_VALUE} for never. */
    public long nextDeadlineNanos() {
        return Long.MAX_VALUE;
    }

    // ---- from the layer above

    /**
     * Sends a message, best effort.
     *
     * @param target the node that should get it, or null for all; when there is no connection to it all get it
     * @param datagram true if the message may go by multicast: its loss is noticed and repaired by the layer above
     * @param head first part, may be empty; read between position and limit
     * @param body second part, may be empty
     * @throws IllegalArgumentException if it is longer than {@link #MAX_MESSAGE_LENGTH}
     */
    public void send(Uuid target, boolean datagram, ByteBuffer head, ByteBuffer body, long nowNanos) {}

    /** EVS delivers a regular view (sheet 7.6). */
    public void onRegularView(Collection<Uuid> members, Collection<Uuid> left, long nowNanos) {}

    /** PC delivers a primary view (sheet 7.6). */
    public void onPrimaryView(Collection<Uuid> members, long nowNanos) {}

    /** PC delivers a non-primary view (sheet 7.6). */
    public void onNonPrimaryView(long nowNanos) {}

    /** EVS is about to send a JOIN that lists this node as operational, not suspected, not evicted: it may be dialled again. */
    public void allowConnect(Uuid node) {}

    /** EVS evicts a node: no message from it is heard and no handshake with it succeeds. */
    public void evict(Uuid node) {}

    /** Takes an eviction back. */
    public void unevict(Uuid node) {}

    /** True if the node is evicted. */
    public boolean isEvicted(Uuid node) {
        return false;
    }

    /** EVS asks to forget a node for gmcast.time_wait. */
    public void forget(Uuid node, long nowNanos) {}

    // ---- options at run time

    /** gmcast.isolate: 0, 1 or 2 (sheet 10.2). */
    public void isolate(int mode, long nowNanos) {}

    /** gmcast.peer_addr=add:... */
    public void addPeer(NodeAddress address, long nowNanos) {}

    /** gmcast.peer_addr=del:... */
    public void deletePeer(NodeAddress address, long nowNanos) {}

    /** gmcast.mira. */
    public void setMaximumInitialReconnects(int count) {}

    // ---- what is known

    /** This node's id. */
    public Uuid nodeId() {
        return null;
    }

    /** Text of a node's address, such as {@code tcp://10.0.0.1:4567}; empty if unknown. */
    public String addressOf(Uuid node) {
        return "";
    }

    /** True if a connection to the node is established. */
    public boolean isConnected(Uuid node) {
        return false;
    }
}
