package io.wsrep4j.gcomm.gmcast;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.transport.ConnectionSet;
import io.wsrep4j.gcomm.transport.TransportEffects;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whom a user message goes to, directly and through others (docs/spec/gcomm-transport-pc.md 8). Recomputed when connections change, cheap when not.
 */
final class Fanout {

    private final Uuid nodeId;
    private final int segment;
    private final GmcastEncoder encoder;
    private final TransportEffects effects;

    private List<Connection> established = List.of();
    private Set<Uuid> relayNodes = Set.of();
    private Set<Uuid> multicastNodes = Set.of();

    private final Targets relays = new Targets();
    private final Targets ownSegment = new Targets();
    /** Those of the own segment that do not hear our multicast. */
    private final Targets ownSegmentWithoutMulticast = new Targets();

    private final Targets segmentRelays = new Targets();
    private boolean multicastWorks;

    Fanout(Uuid nodeId, int segment, GmcastEncoder encoder, TransportEffects effects) {
        this.nodeId = nodeId;
        this.segment = segment;
        this.encoder = encoder;
        this.effects = effects;
    }

    /** Some connections in two forms: to look at and to hand to the driver. */
    private static final class Targets {
        final List<Connection> connections = new ArrayList<>();
        final ConnectionSet ids = new ConnectionSet();

        void clear() {
            connections.clear();
            ids.clear();
        }

        void add(Connection connection) {
            connections.add(connection);
            ids.add(connection.id);
        }

        boolean isEmpty() {
            return connections.isEmpty();
        }

        void sentAt(long nowNanos) {
            for (int i = 0; i < connections.size(); i++) {
                connections.get(i).userSentNanos = nowNanos;
            }
        }
    }

    void rebuild(List<Connection> connections) {
        established = new ArrayList<>();
        for (Connection connection : connections) {
            if (connection.isEstablished()) {
                established.add(connection);
            }
        }
        established.sort(Comparator.comparing((Connection connection) -> connection.remoteId));
        place();
    }

    void setRelays(Collection<Uuid> nodes) {
        if (nodes.size() != relayNodes.size() || !relayNodes.containsAll(nodes)) {
            relayNodes = new HashSet<>(nodes);
            place();
        }
    }

    void setMulticastNodes(Collection<Uuid> nodes) {
        multicastNodes = new HashSet<>(nodes);
        place();
    }

    private void place() {
        relays.clear();
        ownSegment.clear();
        ownSegmentWithoutMulticast.clear();
        segmentRelays.clear();
        multicastWorks = false;
        int selfIndex = 0;
        Map<Integer, List<Connection>> otherSegments = new TreeMap<>();
        for (Connection connection : established) {
            boolean relay = relayNodes.contains(connection.remoteId);
            if (relay) {
                relays.add(connection);
            }
            if (connection.remoteSegment != segment) {
                otherSegments
                        .computeIfAbsent(connection.remoteSegment, any -> new ArrayList<>())
                        .add(connection);
                continue;
            }
            if (connection.remoteId.compareTo(nodeId) < 0) {
                selfIndex++;
            }
            if (!relay) {
                ownSegment.add(connection);
                if (multicastNodes.contains(connection.remoteId)) {
                    multicastWorks = true;
                } else {
                    ownSegmentWithoutMulticast.add(connection);
                }
            }
        }
        for (Map.Entry<Integer, List<Connection>> other : otherSegments.entrySet()) {
            List<Connection> peers = other.getValue();
            Connection chosen = peers.get((selfIndex + other.getKey()) % peers.size());
            if (!relayNodes.contains(chosen.remoteId)) {
                segmentRelays.add(chosen);
            }
        }
    }

    /**
     * Sends an own message to all.
     *
     * @param message with its GMCast header written, flags 0; the header may be changed
     * @param datagram true if it may go by multicast
     */
    void broadcast(ByteBuf message, boolean datagram, long nowNanos) {
        boolean multicast = datagram && multicastWorks;
        Targets plain = multicast ? ownSegmentWithoutMulticast : ownSegment;
        // the first kind of copy uses the message's own buffer
        boolean inPlace = true;
        if (!plain.isEmpty()) {
            effects.broadcast(plain.ids, message);
            plain.sentAt(nowNanos);
            inPlace = false;
        }
        if (multicast) {
            // the same bytes; last, because a buffer that is on its way must not be broadcast
            effects.multicast(message);
            inPlace = false;
        }
        inPlace &= !sendWith(GmcastHeader.FLAG_RELAY, relays, message, inPlace, nowNanos);
        sendWith(GmcastHeader.FLAG_SEGMENT_RELAY, segmentRelays, message, inPlace, nowNanos);
    }

    private boolean sendWith(int flags, Targets targets, ByteBuf message, boolean inPlace, long nowNanos) {
        if (targets.isEmpty()) {
            return false;
        }
        if (inPlace) {
            message.setByte(message.readerIndex() + GmcastHeader.FLAGS_OFFSET, flags);
            effects.broadcast(targets.ids, message);
        } else {
            sendCopy(message, flags, targets.ids);
        }
        targets.sentAt(nowNanos);
        return true;
    }

    private void sendCopy(ByteBuf message, int flags, ConnectionSet targets) {
        ByteBuf copy = encoder.copyOf(message, flags);
        try {
            effects.broadcast(targets, copy);
        } finally {
            copy.release();
        }
    }

    /** Passes on a message that asks for it (docs/spec/gcomm-transport-pc.md 8.4). */
    void relay(ByteBuf message, int flags, Connection from) {
        if ((flags & GmcastHeader.FLAG_RELAY) != 0) {
            relayTo(message, 0, established, from);
        } else if ((flags & GmcastHeader.FLAG_SEGMENT_RELAY) != 0) {
            relayTo(message, GmcastHeader.FLAG_RELAY, relays.connections, from);
            List<Connection> mine = new ArrayList<>(established);
            mine.removeIf(connection -> connection.remoteSegment != segment);
            relayTo(message, 0, mine, from);
        }
    }

    private void relayTo(ByteBuf message, int flags, List<Connection> targets, Connection from) {
        ConnectionSet ids = new ConnectionSet();
        for (Connection target : targets) {
            if (target != from) {
                ids.add(target.id);
            }
        }
        if (ids.size() > 0) {
            sendCopy(message, flags, ids);
        }
    }

    /** A greedy cover of the nodes that are not connected, by peers that say they are connected to them (docs/spec/gcomm-transport-pc.md 8.2). */
    Set<Uuid> cover(Set<Uuid> nonlive) {
        Set<Uuid> chosen = new HashSet<>();
        Set<Uuid> uncovered = new HashSet<>(nonlive);
        while (!uncovered.isEmpty()) {
            Connection best = null;
            long bestCount = 0;
            for (Connection peer : established) {
                long count = uncovered.stream().filter(peer.links::containsKey).count();
                boolean nearer = best != null && best.remoteSegment != segment && peer.remoteSegment == segment;
                if (count > bestCount || count == bestCount && count > 0 && nearer) {
                    best = peer;
                    bestCount = count;
                }
            }
            if (best == null) {
                break;
            }
            chosen.add(best.remoteId);
            uncovered.removeAll(best.links.keySet());
        }
        return chosen;
    }
}
