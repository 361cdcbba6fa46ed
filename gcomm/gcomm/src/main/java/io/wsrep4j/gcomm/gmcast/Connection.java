package io.wsrep4j.gcomm.gmcast;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.transport.NodeAddress;
import java.util.Map;

/** What GMCast knows of one connection. */
final class Connection {

    final long id;
    final boolean outgoing;
    /** The dialled address, or the IP address that an accepted connection comes from. */
    final String peer;

    ConnectionState state;
    Uuid handshakeId = Uuid.UNDEFINED;
    Uuid remoteId = Uuid.UNDEFINED;
    int remoteSegment;
    /** The dialled address; of an accepted connection null until the peer has told its port. */
    NodeAddress remoteAddress;
    /** The peer's last node list. */
    Map<Uuid, NodeAddress> links = Map.of();

    /** When the handshake began. */
    long handshakeSinceNanos;

    long receivedNanos;
    long userSentNanos;

    private Connection(long id, boolean outgoing, String peer, NodeAddress address, long nowNanos) {
        this.id = id;
        this.outgoing = outgoing;
        this.peer = peer;
        this.remoteAddress = address;
        this.state = outgoing ? ConnectionState.HANDSHAKE_WAIT : ConnectionState.HANDSHAKE_SENT;
        this.handshakeSinceNanos = nowNanos;
        this.receivedNanos = nowNanos;
        this.userSentNanos = nowNanos;
    }

    static Connection dialled(long id, NodeAddress address, long nowNanos) {
        return new Connection(id, true, address.toString(), address, nowNanos);
    }

    static Connection accepted(long id, String peerHost, long nowNanos) {
        return new Connection(id, false, peerHost, null, nowNanos);
    }

    boolean isEstablished() {
        return state == ConnectionState.OK;
    }

    boolean isOpen() {
        return state != ConnectionState.CLOSED;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(outgoing ? "connection to " : "connection from ");
        text.append(peer);
        if (!outgoing && remoteAddress != null) {
            text.append(" (").append(remoteAddress).append(')');
        }
        if (!remoteId.isUndefined()) {
            text.append(", node ").append(remoteId);
        }
        return text.append(", state ").append(state).toString();
    }
}
