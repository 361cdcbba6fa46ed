package io.wsrep4j.gcomm.netty;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who receives our datagrams (docs/spec/gcomm-transport-pc.md 20.7): each node tells in its beacons whose datagrams it receives. A node is sent to by
 * multicast only while its beacons name this node; a Galera node never is. Not thread-safe.
 */
final class Beacons {

    /** More nodes are not kept track of. */
    static final int MAX_NODES = 64;

    private final Uuid self;
    private final long timeoutNanos;
    private final Map<Uuid, Long> heardNanos = new HashMap<>();
    private final Map<Uuid, Long> hearsUsNanos = new HashMap<>();

    Beacons(Uuid self, long timeoutNanos) {
        this.self = self;
        this.timeoutNanos = timeoutNanos;
    }

    /** A datagram of this node came. */
    void heard(Uuid node, long nowNanos) {
        if (heardNanos.size() < MAX_NODES || heardNanos.containsKey(node)) {
            heardNanos.put(node, nowNanos);
        }
    }

    /** A beacon came: the ids after its header. */
    void onBeacon(Uuid node, ByteBuf datagram, long nowNanos) {
        boolean named = false;
        int end = datagram.writerIndex();
        for (int at = datagram.readerIndex() + DatagramFormat.HEADER_LENGTH; at + Uuid.BYTES <= end; at += Uuid.BYTES) {
            named |= datagram.getLong(at) == self.mostSignificant()
                    && datagram.getLong(at + Long.BYTES) == self.leastSignificant();
        }
        if (!named) {
            hearsUsNanos.remove(node);
        } else if (heardNanos.containsKey(node)) {
            hearsUsNanos.put(node, nowNanos);
        }
    }

    /** Forgets who was silent for too long. */
    void expire(long nowNanos) {
        heardNanos.values().removeIf(at -> nowNanos - at > timeoutNanos);
        hearsUsNanos.values().removeIf(at -> nowNanos - at > timeoutNanos);
    }

    /** The content of the next beacon. */
    void write(ByteBuf out) {
        for (Uuid node : heardNanos.keySet()) {
            out.writeLong(node.mostSignificant());
            out.writeLong(node.leastSignificant());
        }
    }

    Set<Uuid> reachable() {
        return new TreeSet<>(hearsUsNanos.keySet());
    }
}
