package io.wsrep4j.gcomm.gmcast;

import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import io.wsrep4j.gcomm.transport.NodeAddress;

/** Which connections stay when both ends of one agree: one to a node, and one node at an address (docs/spec/gcomm-transport-pc.md 7.3). */
final class Establishment {

    private static final LineKind ESTABLISHED = LineKind.ofNode("connections established");

    private final Connections connections;
    private final AddressBook book;
    private final Evictions evictions;
    private final LimitedLog log;

    Establishment(Connections connections, AddressBook book, Evictions evictions, LimitedLog log) {
        this.connections = connections;
        this.book = book;
        this.evictions = evictions;
        this.log = log;
    }

    void admit(Connection connection, long nowNanos) {
        if (evictions.contains(connection.remoteId)) {
            connections.close(connection, "the node is evicted");
            return;
        }
        NodeAddress address = connection.remoteAddress;
        book.removePending(address);
        AddressEntry entry = book.remote(address);
        if (entry == null || !entry.node.equals(connection.remoteId)) {
            entry = AddressEntry.learned(address, connection.remoteId, book.maximumInitialReconnects(), nowNanos);
            book.addRemote(entry);
        }
        if (entry.isForgotten()) {
            connections.close(
                    connection,
                    "the node left or was removed a moment ago; it may return when gmcast.time_wait is over");
            return;
        }
        entry.enableReconnect(book.maximumInitialReconnects());
        closeStale(connection);
        closeDuplicate(connection);
        if (connection.isOpen()) {
            entry.connected(nowNanos);
            log.info(ESTABLISHED, connection.peer, "connection established: {}", connection);
        }
    }

    /**
     * An address has one node: listing it under a former id, too, would be fatal to a Galera node that lives there (docs/spec/gcomm-transport-pc.md
     * 17.3).
     */
    private void closeStale(Connection fresh) {
        for (Connection other : connections.snapshot()) {
            if (other != fresh
                    && fresh.remoteAddress.equals(other.remoteAddress)
                    && !other.remoteId.isUndefined()
                    && !other.remoteId.equals(fresh.remoteId)) {
                connections.close(other, "node " + fresh.remoteId + " lives at its address now");
            }
        }
    }

    /** Both ends know both handshake ids, so both keep the same connection. */
    private void closeDuplicate(Connection fresh) {
        for (Connection other : connections.snapshot()) {
            if (other != fresh && other.isOpen() && other.remoteId.equals(fresh.remoteId)) {
                boolean freshWins = fresh.handshakeId.compareTo(other.handshakeId) > 0;
                connections.close(freshWins ? other : fresh, "the nodes have another connection");
                if (!freshWins) {
                    return;
                }
            }
        }
    }
}
