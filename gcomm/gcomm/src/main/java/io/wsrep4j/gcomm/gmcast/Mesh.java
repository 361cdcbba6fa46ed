package io.wsrep4j.gcomm.gmcast;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.gcomm.transport.TransportEffects;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.event.Level;

/**
 * The addresses of a group's nodes, and the rules that keep every pair connected: who is connected, gossip, forgetting (docs/spec/gcomm-transport-pc.md 7).
 */
final class Mesh {

    private static final LineKind FAILING = LineKind.ofPeer("connections closed for a fault");

    /** As many as fit into one frame. */
    private static final int MAX_LINKS =
            (GmcastHeader.LENGTH + Gmcast.MAX_MESSAGE_LENGTH - 56) / GmcastHeader.NODE_ENTRY_LENGTH;

    private final GmcastSettings settings;
    private final GmcastEncoder encoder;
    private final TransportEffects effects;
    private final Connections connections;
    private final AddressBook book;
    private final Gossip gossip;
    private final Establishment establishment;
    private final Fanout fanout;
    private final LimitedLog log;

    Mesh(
            GmcastSettings settings,
            GmcastEncoder encoder,
            TransportEffects effects,
            Connections connections,
            AddressBook book,
            Gossip gossip,
            Establishment establishment,
            Fanout fanout,
            LimitedLog log) {
        this.settings = settings;
        this.encoder = encoder;
        this.effects = effects;
        this.connections = connections;
        this.book = book;
        this.gossip = gossip;
        this.establishment = establishment;
        this.fanout = fanout;
        this.log = log;
    }

    // ---- failures

    /** Closes a connection that went wrong; its address is dialled again later. The caller updates the mesh. */
    void fail(Connection connection, String reason, long nowNanos) {
        close(Level.WARN, connection, reason, nowNanos);
    }

    /** As {@link #fail}; nothing is wrong that an operator could do anything about: nodes come and go, and networks are slow. */
    void giveUp(Connection connection, String reason, long nowNanos) {
        close(Level.INFO, connection, reason, nowNanos);
    }

    private void close(Level level, Connection connection, String reason, long nowNanos) {
        if (connection.isOpen()) {
            Level seen = gossip.isTry(connection) ? Level.DEBUG : level;
            log.log(seen, FAILING, connection.peer, "closing {}: {}", connection, reason);
            failed(connection, nowNanos);
            effects.close(connection.id, reason);
        }
    }

    /** How loud the failure of a connection is told: an address that some peer only made up is nobody's business. */
    Level levelOf(Connection connection) {
        return gossip.isTry(connection) ? Level.DEBUG : Level.INFO;
    }

    /** The connection is gone already. The caller updates the mesh. */
    void failed(Connection connection, long nowNanos) {
        boolean counts = connection.outgoing || connection.isEstablished();
        connections.remove(connection);
        if (counts && connections.to(connection.remoteAddress) == null) {
            book.dialFailed(connection.remoteAddress, nowNanos);
        }
    }

    // ---- addresses

    void addInitial(NodeAddress address, long nowNanos) {
        if (!isOwn(address) && !book.isBlack(address)) {
            book.addPending(AddressEntry.initial(address, nowNanos));
        }
    }

    /** gmcast.peer_addr=add: */
    void addPeer(NodeAddress address, long nowNanos) {
        if (isOwn(address)) {
            throw new IllegalArgumentException("address '" + address + "' is this node's own");
        }
        if (!book.knows(address)) {
            book.addRemote(AddressEntry.learned(address, Uuid.UNDEFINED, book.maximumInitialReconnects(), nowNanos));
        }
    }

    /** gmcast.peer_addr=del: */
    void deletePeer(NodeAddress address, long nowNanos) {
        AddressEntry entry = book.remote(address);
        book.removePending(address);
        if (entry != null && !entry.node.isUndefined()) {
            forget(entry.node, settings.timeWaitNanos(), nowNanos);
            return;
        }
        book.removeRemote(address);
        for (Connection connection : connections.snapshot()) {
            if (address.equals(connection.remoteAddress)) {
                connections.close(connection, "its address was deleted");
            }
        }
        update(nowNanos);
    }

    /** Nobody is looked for there any more; whoever is connected stays so. */
    void retirePeer(NodeAddress address) {
        if (connections.to(address) == null) {
            book.removePending(address);
            book.removeRemote(address);
        }
    }

    /** The address is our own under another text. */
    void blacklist(NodeAddress address) {
        book.ban(address);
        book.removeRemote(address);
    }

    boolean isOwn(NodeAddress address) {
        return address.equals(settings.listenAddress()) || address.isWildcard();
    }

    /** True if a member or a configured peer lives at an IP address. */
    boolean knowsHost(String host) {
        for (Connection connection : connections.inPlace()) {
            if (connection.isEstablished() && connection.remoteAddress.host().equals(host)) {
                return true;
            }
        }
        for (NodeAddress address : settings.initialAddresses()) {
            if (address.host().equals(host)) {
                return true;
            }
        }
        for (AddressEntry entry : book.remoteInPlace()) {
            if (!entry.isHearsay() && entry.address.host().equals(host)) {
                return true;
            }
        }
        return false;
    }

    void allowConnect(Uuid node) {
        for (AddressEntry entry : book.remoteInPlace()) {
            if (entry.node.equals(node)) {
                entry.enableReconnect(book.maximumInitialReconnects());
            }
        }
    }

    String addressOf(Uuid node) {
        Connection connection = connections.establishedTo(node);
        if (connection != null) {
            return connection.remoteAddress.toString();
        }
        List<AddressEntry> entries = book.of(node);
        return entries.isEmpty() ? "" : entries.get(0).address.toString();
    }

    /** Nodes that should be connected and are not (docs/spec/gcomm-transport-pc.md 8.2). */
    Set<Uuid> nonlive() {
        Set<Uuid> nodes = new LinkedHashSet<>();
        for (AddressEntry entry : book.remoteInPlace()) {
            if (!entry.node.isUndefined() && !entry.isForgotten()) {
                nodes.add(entry.node);
            }
        }
        for (Connection connection : connections.inPlace()) {
            if (connection.isEstablished()) {
                nodes.remove(connection.remoteId);
            }
        }
        return nodes;
    }

    // ---- established, gossip

    /** Both sides agree (docs/spec/gcomm-transport-pc.md 7.3). */
    void established(Connection connection, long nowNanos) {
        establishment.admit(connection, nowNanos);
        update(nowNanos);
    }

    /** Recomputes who is connected and tells all peers (docs/spec/gcomm-transport-pc.md 7.2). */
    void update(long nowNanos) {
        boolean lostOne;
        do {
            Map<Uuid, NodeAddress> links = links();
            ByteBuf message = encoder.topologyChange(settings.group(), links);
            try {
                lostOne = announce(message, nowNanos);
            } finally {
                message.release();
            }
        } while (lostOne);
        gossip.learn(nowNanos);
        fanout.rebuild(connections.inPlace());
    }

    private boolean announce(ByteBuf message, long nowNanos) {
        boolean lostOne = false;
        for (Connection connection : connections.snapshot()) {
            if (connection.isEstablished() && !effects.send(connection.id, message)) {
                fail(connection, "it takes no more messages", nowNanos);
                lostOne = true;
            }
        }
        return lostOne;
    }

    private Map<Uuid, NodeAddress> links() {
        Map<Uuid, NodeAddress> links = new TreeMap<>();
        for (Connection connection : connections.snapshot()) {
            if (!connection.isEstablished()) {
                continue;
            }
            if (links.containsKey(connection.remoteId)) {
                connections.close(connection, "the nodes have another connection");
            } else if (links.size() < MAX_LINKS) {
                links.put(connection.remoteId, connection.remoteAddress);
            }
        }
        return links;
    }

    /** The earliest dial of an address learned since this was asked last; {@link Long#MAX_VALUE} if none was learned. */
    long takeLearnedDialNanos() {
        return gossip.takeLearnedDialNanos();
    }

    void removeDead(long nowNanos) {
        if (book.removeDead(nowNanos, connections::reach)) {
            // whom the peers name there may be back; one that cannot connect is reached by way of them only if it is
            // known
            gossip.learn(nowNanos);
        }
        gossip.forgetUntold(settings.timeWaitNanos(), nowNanos);
    }

    // ---- forgetting, views

    /** Closes all connections to a node and keeps it away (docs/spec/gcomm-transport-pc.md 7.5). */
    void forget(Uuid node, long banNanos, long nowNanos) {
        ban(node, banNanos, nowNanos);
        update(nowNanos);
    }

    private void ban(Uuid node, long banNanos, long nowNanos) {
        List<AddressEntry> entries = book.of(node);
        for (Connection connection : connections.snapshot()) {
            boolean lives = entries.stream().anyMatch(entry -> entry.address.equals(connection.remoteAddress));
            if (connection.remoteId.equals(node) || lives) {
                connections.close(connection, "node " + node + " is forgotten");
            }
        }
        entries.forEach(entry -> entry.forget(nowNanos + banNanos));
    }

    void stable(Collection<Uuid> members) {
        for (AddressEntry entry : book.remoteInPlace()) {
            if (members.contains(entry.node)) {
                entry.stable();
            }
        }
    }

    /** Forgets the nodes that are not members of the primary view. */
    void forgetOthers(Collection<Uuid> members, long banNanos, long nowNanos) {
        boolean any = false;
        for (AddressEntry entry : book.allRemote()) {
            if (!entry.node.isUndefined() && !members.contains(entry.node) && !entry.isForgotten()) {
                ban(entry.node, banNanos, nowNanos);
                any = true;
            }
        }
        if (any) {
            // once: a list to all peers for each of many addresses would be a flood
            update(nowNanos);
        }
    }

    /** Initial addresses that were not reached by now are given up. */
    void dropPending(long nowNanos) {
        for (AddressEntry entry : book.allPending()) {
            book.removePending(entry.address);
            Connection connection = connections.to(entry.address);
            if (connection != null) {
                connections.close(connection, "not reached before the primary view formed");
            }
        }
    }
}
