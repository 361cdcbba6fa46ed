package io.wsrep4j.gcomm.gmcast;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.gcomm.transport.TransportEffects;
import java.util.ArrayList;
import java.util.List;

/** The connections of one node, in the order in which they were made: those in their handshake and the established ones. Owned by {@link Gmcast}. */
final class Connections {

    private static final LineKind CLOSING = LineKind.ofPeer("connections closed");

    private final TransportEffects effects;
    private final LimitedLog log;
    private final List<Connection> all = new ArrayList<>();
    private long lastId;

    Connections(TransportEffects effects, LimitedLog log) {
        this.effects = effects;
        this.log = log;
    }

    long newId() {
        return ++lastId;
    }

    void add(Connection connection) {
        all.add(connection);
    }

    /** Null if there is none (any more). */
    Connection find(long id) {
        // for every frame: without an iterator
        for (int i = 0; i < all.size(); i++) {
            Connection connection = all.get(i);
            if (connection.id == id) {
                return connection;
            }
        }
        return null;
    }

    /** A copy: what is done to one may close others, which are not open any more then. */
    List<Connection> snapshot() {
        return new ArrayList<>(all);
    }

    /** For reading. */
    List<Connection> inPlace() {
        return all;
    }

    /** The established connection to a node, or null. */
    Connection establishedTo(Uuid node) {
        for (Connection connection : all) {
            if (connection.isEstablished() && connection.remoteId.equals(node)) {
                return connection;
            }
        }
        return null;
    }

    /** The connection to an address, or null. */
    Connection to(NodeAddress address) {
        for (Connection connection : all) {
            if (address.equals(connection.remoteAddress)) {
                return connection;
            }
        }
        return null;
    }

    /** True if one of them leads to this address, or to the node that lives there. */
    boolean reach(AddressEntry entry) {
        for (Connection connection : all) {
            if (entry.address.equals(connection.remoteAddress)
                    || !entry.node.isUndefined() && entry.node.equals(connection.remoteId)) {
                return true;
            }
        }
        return false;
    }

    /** Closes without blaming the address. */
    void close(Connection connection, String reason) {
        if (connection.isOpen()) {
            log.info(CLOSING, connection.peer, "closing {}: {}", connection, reason);
            remove(connection);
            effects.close(connection.id, reason);
        }
    }

    void closeAll(String reason) {
        for (Connection connection : snapshot()) {
            close(connection, reason);
        }
    }

    /** It is closed, or will be by the caller. */
    void remove(Connection connection) {
        connection.state = ConnectionState.CLOSED;
        all.remove(connection);
    }
}
