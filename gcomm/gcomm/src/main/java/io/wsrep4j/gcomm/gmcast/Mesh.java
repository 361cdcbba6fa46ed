package io.wsrep4j.gcomm.gmcast;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.gcomm.transport.TransportEffects;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.slf4j.event.Level;

/**
 * The addresses of a group's nodes, and the rules that keep every pair connected: gossip, dialling, forgetting (docs/spec/gcomm-transport-pc.md 7).
 */
final class Mesh {

    private static final LineKind FAILING = LineKind.ofPeer("connections closed for a fault");
    private static final LineKind ESTABLISHED = LineKind.ofNode("connections established");
    private static final LineKind DIALLING = LineKind.ofPeer("dials");

    /** As many as fit into one frame. */
    private static final int MAX_LINKS =
            (GmcastHeader.LENGTH + Gmcast.MAX_MESSAGE_LENGTH - 56) / GmcastHeader.NODE_ENTRY_LENGTH;

    private final GmcastSettings settings;
    private final Uuid nodeId;
    private final GmcastEncoder encoder;
    private final TransportEffects effects;
    private final Connections connections;
    private final Evictions evictions;
    private final Fanout fanout;
    private final LimitedLog log;

    private final AddressBook book = new AddressBook();
    private final Gossip gossip;
    private int maximumInitialReconnects;

    Mesh(
            GmcastSettings settings,
            Uuid nodeId,
            GmcastEncoder encoder,
            RandomGenerator random,
            TransportEffects effects,
            Connections connections,
            Evictions evictions,
            Fanout fanout,
            LimitedLog log) {
        this.settings = settings;
        this.nodeId = nodeId;
        this.encoder = encoder;
        this.effects = effects;
        this.connections = connections;
        this.evictions = evictions;
        this.fanout = fanout;
        this.log = log;
        this.maximumInitialReconnects = settings.maximumInitialReconnects();
        this.gossip = new Gossip(nodeId, settings.listenAddress(), random, connections, book, log);
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
            book.addRemote(AddressEntry.learned(address, Uuid.UNDEFINED, maximumInitialReconnects, nowNanos));
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

    void setMaximumInitialReconnects(int count) {
        maximumInitialReconnects = count;
    }

    void allowConnect(Uuid node) {
        for (AddressEntry entry : book.remoteInPlace()) {
            if (entry.node.equals(node)) {
                entry.enableReconnect(maximumInitialReconnects);
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
        if (evictions.contains(connection.remoteId)) {
            connections.close(connection, "the node is evicted");
        } else {
            admit(connection, nowNanos);
        }
        update(nowNanos);
    }

    private void admit(Connection connection, long nowNanos) {
        NodeAddress address = connection.remoteAddress;
        book.removePending(address);
        AddressEntry entry = book.remote(address);
        if (entry == null || !entry.node.equals(connection.remoteId)) {
            entry = AddressEntry.learned(address, connection.remoteId, maximumInitialReconnects, nowNanos);
            book.addRemote(entry);
        }
        if (entry.isForgotten()) {
            connections.close(
                    connection,
                    "the node left or was removed a moment ago; it may return when gmcast.time_wait is over");
            return;
        }
        entry.enableReconnect(maximumInitialReconnects);
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
        gossip.learn(maximumInitialReconnects, nowNanos);
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

    /** The earliest first dial that is still to come; {@link Long#MAX_VALUE} for none. */
    long nextFirstDialNanos(long nowNanos) {
        long next = Long.MAX_VALUE;
        for (AddressEntry entry : book.remoteInPlace()) {
            if (entry.isFresh() && !entry.isDue(nowNanos)) {
                next = Math.min(next, entry.nextReconnectNanos());
            }
        }
        return next;
    }

    // ---- dialling

    void removeDead(long nowNanos) {
        if (book.removeDead(nowNanos, connections::reach)) {
            // whom the peers name there may be back; one that cannot connect is reached by way of them only if it is
            // known
            gossip.learn(maximumInitialReconnects, nowNanos);
        }
        gossip.forgetUntold(settings.timeWaitNanos(), nowNanos);
    }

    /** True if an address should be dialled now. */
    boolean hasDue(long nowNanos) {
        return !due(nowNanos).isEmpty();
    }

    void dialDue(long nowNanos) {
        int tries = gossip.tries();
        for (AddressEntry entry : due(nowNanos)) {
            boolean hearsay = entry.isHearsay();
            // an earlier one in the list may have been the same node
            if (!connections.reach(entry) && (!hearsay || tries < Gossip.MAX_DIALS)) {
                tries += hearsay ? 1 : 0;
                Connection connection = Connection.dialled(connections.newId(), entry.address, nowNanos);
                connections.add(connection);
                log.debug(DIALLING, null, "dialling {}", entry.address);
                effects.dial(connection.id, entry.address);
            }
        }
    }

    private List<AddressEntry> due(long nowNanos) {
        List<AddressEntry> all = book.allRemote();
        // those that wait for their turn longest
        all.sort(Comparator.comparing(AddressEntry::isFresh)
                .reversed()
                .thenComparingLong(AddressEntry::nextReconnectNanos));
        all.addAll(0, book.allPending());
        all.removeIf(entry -> !entry.isDue(nowNanos) || entry.isForgotten() || connections.reach(entry));
        return all;
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
