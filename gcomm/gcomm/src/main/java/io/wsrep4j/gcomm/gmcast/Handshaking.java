package io.wsrep4j.gcomm.gmcast;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.gcomm.transport.TransportEffects;
import io.wsrep4j.gcomm.transport.UnfinishedLimit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/** How a connection becomes established, or not (docs/spec/gcomm-transport-pc.md 6). */
final class Handshaking {

    private static final int GREETINGS_KEPT = 64;

    private static final LineKind OWN_ADDRESS = LineKind.ofPeer("own addresses found");
    private static final LineKind BAD_ADDRESS = LineKind.ofPeer("announced addresses that are none");

    static final String INVALID_GROUP = "invalid group";
    static final String INVALID_NODE_ADDRESS = "invalid node address";
    static final String EVICTED = "evicted";
    static final String DUPLICATE_UUID = "duplicate uuid";

    private final GmcastSettings settings;
    private final Uuid nodeId;
    private final Supplier<Uuid> handshakeIds;
    private final Connections connections;
    private final Mesh mesh;
    private final Evictions evictions;
    private final GmcastEncoder encoder;
    private final TransportEffects effects;
    private final LimitedLog log;
    /** What this node has greeted with, the newest last: it may hear it back when the end that said it is gone already. */
    private final Deque<Uuid> greetings = new ArrayDeque<>();

    private boolean primaryReached;

    Handshaking(
            GmcastSettings settings,
            Uuid nodeId,
            Supplier<Uuid> handshakeIds,
            Connections connections,
            Mesh mesh,
            Evictions evictions,
            GmcastEncoder encoder,
            TransportEffects effects,
            LimitedLog log) {
        this.settings = settings;
        this.nodeId = nodeId;
        this.handshakeIds = handshakeIds;
        this.connections = connections;
        this.mesh = mesh;
        this.evictions = evictions;
        this.encoder = encoder;
        this.effects = effects;
        this.log = log;
    }

    void primaryReached() {
        primaryReached = true;
    }

    /** The acceptor speaks first. */
    void greet(Connection connection, long nowNanos) {
        Uuid handshakeId = handshakeIds.get();
        connection.handshakeId = handshakeId;
        if (greetings.size() == GREETINGS_KEPT) {
            greetings.removeFirst();
        }
        greetings.addLast(handshakeId);
        send(connection, encoder.handshake(handshakeId), nowNanos);
    }

    /** Makes room if there are too many strangers whose handshake is not finished: the oldest of them go. */
    void limitUnfinished(long nowNanos) {
        List<Connection> unfinished = connections.snapshot();
        unfinished.removeIf(connection -> connection.state != ConnectionState.HANDSHAKE_SENT);
        Connection victim =
                UnfinishedLimit.victim(unfinished, connection -> connection.peer, mesh::knowsHost, connection -> 0);
        if (victim != null) {
            mesh.fail(victim, "too many connections are in their handshake, and it is the oldest", nowNanos);
        }
    }

    /**
     * The connector's part.
     *
     * @return why this node must end, or null
     */
    GmcastFailure onHandshake(Connection connection, GmcastMessage.Handshake message, long nowNanos) {
        if (connection.state != ConnectionState.HANDSHAKE_WAIT) {
            return unexpected(connection, "HANDSHAKE", nowNanos);
        }
        connection.handshakeId = message.handshakeId();
        connection.remoteId = message.source();
        connection.remoteSegment = message.segment();
        if (message.source().equals(nodeId) && dialledItself(connection)) {
            log.info(
                    OWN_ADDRESS,
                    connection.peer,
                    "{} is this node itself under another address, which is not dialled again",
                    connection);
            mesh.blacklist(connection.remoteAddress);
            connections.close(connection, "the node dialled itself");
            return null;
        }
        if (message.source().equals(nodeId) && !primaryReached) {
            return new GmcastFailure(
                    GmcastFailure.Kind.DUPLICATE_ID,
                    "another process at " + connection.remoteAddress + " uses this node's id " + nodeId
                            + "; restart this one, it will choose a new id");
        }
        if (isDuplicate(connection)) {
            refuse(connection, DUPLICATE_UUID, "its id is that of " + owner(connection), nowNanos);
            return null;
        }
        ByteBuf response = encoder.handshakeResponse(
                message.handshakeId(), settings.listenAddress().toString(), settings.group());
        connection.state = ConnectionState.HANDSHAKE_RESPONSE_SENT;
        send(connection, response, nowNanos);
        return null;
    }

    /** The acceptor's part. */
    void onResponse(Connection connection, GmcastMessage.HandshakeResponse message, long nowNanos) {
        if (connection.state != ConnectionState.HANDSHAKE_SENT) {
            unexpected(connection, "HANDSHAKE_RESPONSE", nowNanos);
            return;
        }
        if (!message.group().equals(settings.group())) {
            String reason = "its group is '" + message.group() + "', this one is '" + settings.group() + "'";
            refuse(connection, INVALID_GROUP, reason, nowNanos);
            return;
        }
        NodeAddress address = announcedAddress(connection.peer, message.address());
        if (address == null) {
            String reason = "it announces the address '" + message.address() + "', expected scheme://host:port";
            refuse(connection, INVALID_NODE_ADDRESS, reason, nowNanos);
            return;
        }
        connection.remoteId = message.source();
        connection.remoteSegment = message.segment();
        connection.remoteAddress = address;
        if (evictions.contains(message.source())) {
            refuse(connection, EVICTED, "the node is evicted", nowNanos);
        } else if (message.source().equals(nodeId) || isDuplicate(connection)) {
            // docs/spec/gcomm-transport-pc.md 6.3 lets a node that was never primary end here; but any stranger can
            // name our id, and of two real
            // owners of one id the one that dials ends itself at our FAIL
            refuse(connection, DUPLICATE_UUID, "its id is that of " + owner(connection), nowNanos);
        } else {
            connection.state = ConnectionState.OK;
            if (send(connection, encoder.ok(), nowNanos)) {
                mesh.established(connection, nowNanos);
            }
        }
    }

    /** The last step of the connector, later a sign of life. */
    void onOk(Connection connection, long nowNanos) {
        switch (connection.state) {
            case HANDSHAKE_RESPONSE_SENT -> {
                connection.state = ConnectionState.OK;
                mesh.established(connection, nowNanos);
            }
            case OK -> {}
            default -> unexpected(connection, "OK", nowNanos);
        }
    }

    /**
     * The peer refuses us.
     *
     * @return why this node must end, or null
     */
    GmcastFailure onFail(Connection connection, String error, long nowNanos) {
        String peer = connection.toString();
        // only who was dialled may end this node: anybody can dial us and say this
        boolean ours = connection.outgoing && !connection.isEstablished();
        mesh.fail(connection, "the peer refuses this node: '" + error + "'", nowNanos);
        mesh.update(nowNanos);
        if (ours && error.equals(EVICTED)) {
            return new GmcastFailure(
                    GmcastFailure.Kind.EVICTED,
                    "this node was evicted from the group, says " + peer + "; restart it to join again with a new id");
        }
        if (ours && error.equals(DUPLICATE_UUID) && !primaryReached) {
            return new GmcastFailure(
                    GmcastFailure.Kind.DUPLICATE_ID,
                    "this node's id " + nodeId + " is in use in the group, says " + peer
                            + "; restart it, it will choose a new id");
        }
        return null;
    }

    private boolean dialledItself(Connection connection) {
        if (greetings.contains(connection.handshakeId)) {
            return true;
        }
        // more strangers than are remembered may have called meanwhile
        for (Connection other : connections.inPlace()) {
            if (other != connection && other.handshakeId.equals(connection.handshakeId)) {
                return true;
            }
        }
        return false;
    }

    private boolean isDuplicate(Connection connection) {
        if (connection.remoteId.equals(nodeId)) {
            return true;
        }
        for (Connection other : connections.inPlace()) {
            if (other != connection
                    && other.remoteId.equals(connection.remoteId)
                    && !connection.remoteAddress.equals(other.remoteAddress)) {
                return true;
            }
        }
        return false;
    }

    private String owner(Connection connection) {
        return connection.remoteId.equals(nodeId) ? "this node" : "a peer at another address";
    }

    private NodeAddress announcedAddress(String peerHost, String announced) {
        try {
            int port = NodeAddress.parse(announced).port();
            return port == 0 ? null : new NodeAddress(settings.listenAddress().scheme(), peerHost, port);
        } catch (IllegalArgumentException e) {
            log.debug(BAD_ADDRESS, peerHost, "announced address: {}", e.getMessage());
            return null;
        }
    }

    private GmcastFailure unexpected(Connection connection, String what, long nowNanos) {
        mesh.fail(connection, "it sent " + what + " out of turn", nowNanos);
        mesh.update(nowNanos);
        return null;
    }

    private void refuse(Connection connection, String error, String reason, long nowNanos) {
        ByteBuf message = encoder.fail(error);
        try {
            effects.send(connection.id, message);
        } finally {
            message.release();
        }
        mesh.fail(connection, "refused with '" + error + "': " + reason, nowNanos);
        mesh.update(nowNanos);
    }

    /** Sends and releases a message of the handshake; without it the connection is lost. */
    private boolean send(Connection connection, ByteBuf message, long nowNanos) {
        boolean sent;
        try {
            sent = effects.send(connection.id, message);
        } finally {
            message.release();
        }
        if (!sent) {
            mesh.fail(connection, "it takes no more messages", nowNanos);
            mesh.update(nowNanos);
        }
        return sent;
    }
}
