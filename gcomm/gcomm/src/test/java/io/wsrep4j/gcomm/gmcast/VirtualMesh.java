package io.wsrep4j.gcomm.gmcast;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.transport.ConnectionSet;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.gcomm.transport.TransportEffects;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.slf4j.LoggerFactory;

/** Many GMCast cores on a virtual network: virtual time, delays, refused and hanging dials, cut links, restarts; all from one seed. */
final class VirtualMesh {

    static final long MILLI = 1_000_000L;

    final Random random;
    final List<Node> nodes = new ArrayList<>();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private final Set<String> cut = new HashSet<>();
    private long order;
    private int ids;
    long now = 1000 * MILLI;

    private record Event(long at, long order, Runnable action) {}

    VirtualMesh(long seed) {
        random = new Random(seed);
    }

    void after(long nanos, Runnable action) {
        events.add(new Event(now + nanos, order++, action));
    }

    /** Runs all that happens in so many seconds. */
    void pass(double seconds) {
        long end = now + (long) (seconds * 1000 * MILLI);
        while (true) {
            Event next = events.peek();
            Node due = null;
            for (Node node : nodes) {
                if (node.up && (due == null || node.gmcast.nextDeadlineNanos() < due.gmcast.nextDeadlineNanos())) {
                    due = node;
                }
            }
            long deadline = due == null ? Long.MAX_VALUE : Math.max(now, due.gmcast.nextDeadlineNanos());
            long at = next == null ? deadline : Math.min(deadline, next.at());
            if (at > end) {
                break;
            }
            now = at;
            if (next != null && next.at() <= at) {
                events.poll().action().run();
            } else {
                due.gmcast.onTime(now);
            }
        }
        now = end;
    }

    void cut(Node a, Node b) {
        cut.add(a.number + "-" + b.number);
        cut.add(b.number + "-" + a.number);
    }

    void heal() {
        cut.clear();
    }

    private boolean isCut(Node a, Node b) {
        return cut.contains(a.number + "-" + b.number);
    }

    /** One end of a connection. */
    private static final class End {
        final Node node;
        final long id;
        End peer;
        boolean open = true;
        long lastArrival;

        End(Node node, long id) {
            this.node = node;
            this.id = id;
        }
    }

    /** One process. */
    final class Node implements TransportEffects, GmcastListener {
        final int number;
        final int segment;
        final NodeAddress address;
        final List<String> delivered = new ArrayList<>();
        final Map<Long, End> ends = new HashMap<>();
        final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
        Uuid id;
        Gmcast gmcast;
        boolean up;
        int userFrames;
        GmcastFailure failure;

        Node(int segment) {
            this.number = nodes.size() + 1;
            this.segment = segment;
            this.address = NodeAddress.parse("tcp://10.0.0." + number + ":4567");
            nodes.add(this);
        }

        /** Starts, or starts again with a new id. */
        void start(NodeAddress... initial) {
            id = new Uuid(0x11F0L << 32 | random.nextInt(1 << 20), 0x8000_0000_0000_0000L | ++ids);
            GmcastSettings settings = new GmcastSettings(
                    "g", address, List.of(initial), segment, 3000 * MILLI, 5000 * MILLI, Integer.MAX_VALUE);
            Random ownRandom = new Random(random.nextLong());
            gmcast = new Gmcast(
                    settings,
                    id,
                    () -> new Uuid(random.nextLong() >>> 1, ++ids),
                    ownRandom,
                    allocator,
                    this,
                    this,
                    new LimitedLog(LoggerFactory.getLogger("gmcast.mesh"), () -> now));
            up = true;
            gmcast.start(now);
        }

        /** Dies; the others see their connections closed, or hear nothing any more. */
        void crash(boolean silently) {
            up = false;
            for (End end : List.copyOf(ends.values())) {
                ends.remove(end.id);
                if (!silently) {
                    hangUp(end);
                } else {
                    end.open = false;
                }
            }
        }

        private long delay() {
            return MILLI / 10 + random.nextInt(3) * MILLI;
        }

        @Override
        public void dial(long connection, NodeAddress to) {
            End mine = new End(this, connection);
            ends.put(connection, mine);
            Node target = nodes.stream()
                    .filter(node -> node.address.equals(to))
                    .findFirst()
                    .orElse(null);
            after(delay(), () -> {
                if (!mine.open || target != null && isCut(this, target)) {
                    return; // hangs
                }
                if (target == null || !target.up) {
                    lost(mine, "refused");
                    return;
                }
                End theirs = new End(target, target.gmcast.newConnection());
                mine.peer = theirs;
                theirs.peer = mine;
                target.ends.put(theirs.id, theirs);
                try {
                    target.gmcast.onAccepted(theirs.id, InetAddress.getByName(address.host()), now);
                } catch (UnknownHostException e) {
                    throw new AssertionError(e);
                }
                after(0, () -> {
                    if (mine.open && up) {
                        gmcast.onConnected(connection, now);
                    }
                });
            });
        }

        private void lost(End end, String reason) {
            if (end.open) {
                end.open = false;
                ends.remove(end.id);
                if (end.node.up) {
                    end.node.gmcast.onClosed(end.id, reason, now);
                }
            }
        }

        private void hangUp(End end) {
            end.open = false;
            End peer = end.peer;
            if (peer != null) {
                long at = Math.max(now + delay(), peer.lastArrival);
                peer.lastArrival = at;
                after(at - now, () -> peer.node.lost(peer, "closed"));
            }
        }

        @Override
        public boolean send(long connection, ByteBuf message) {
            End mine = ends.get(connection);
            if (mine == null || mine.peer == null) {
                return false;
            }
            if (message.getByte(message.readerIndex() + GmcastHeader.TYPE_OFFSET) == GmcastHeader.TYPE_USER) {
                userFrames++;
            }
            End peer = mine.peer;
            String bytes = ByteBufUtil.hexDump(message);
            if (isCut(this, peer.node)) {
                return true; // on its way for ever
            }
            long at = Math.max(now + delay(), peer.lastArrival);
            peer.lastArrival = at;
            after(at - now, () -> {
                if (peer.open && peer.node.up && !isCut(this, peer.node)) {
                    peer.node.gmcast.onFrame(peer.id, Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(bytes)), now);
                }
            });
            return true;
        }

        @Override
        public void broadcast(ConnectionSet connections, ByteBuf message) {
            for (int i = 0; i < connections.size(); i++) {
                send(connections.get(i), message);
            }
        }

        @Override
        public void multicast(ByteBuf message) {
            throw new AssertionError("no multicast here");
        }

        @Override
        public void close(long connection, String reason) {
            End end = ends.remove(connection);
            if (end != null) {
                hangUp(end);
            }
        }

        @Override
        public boolean onMessage(Uuid source, int sourceSegment, ByteBuf message, long nowNanos) {
            delivered.add(source.leastSignificant() + ":" + message.toString(java.nio.charset.StandardCharsets.UTF_8));
            return true;
        }

        @Override
        public void onFailure(GmcastFailure reason) {
            failure = reason;
        }

        void say(String text) {
            ByteBuf message = Unpooled.copiedBuffer(text, java.nio.charset.StandardCharsets.UTF_8);
            gmcast.send(null, false, message, now);
            message.release();
        }

        boolean isConnectedTo(Node other) {
            return gmcast.isConnected(other.id);
        }
    }

    boolean isFullMesh() {
        for (Node a : nodes) {
            for (Node b : nodes) {
                if (a != b && a.up && b.up && !a.isConnectedTo(b)) {
                    return false;
                }
            }
        }
        return true;
    }
}
