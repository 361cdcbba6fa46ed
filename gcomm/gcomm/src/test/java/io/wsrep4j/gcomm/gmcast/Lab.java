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
import java.util.List;
import java.util.Random;
import org.slf4j.LoggerFactory;

/** One GMCast core under a microscope: effects are recorded as lines, time is a number. */
final class Lab implements TransportEffects, GmcastListener {

    static final long SECOND = 1_000_000_000L;
    static final String GROUP = "spec_grp";
    static final NodeAddress LISTEN = NodeAddress.parse("tcp://10.77.0.1:24100");

    final List<String> effects = new ArrayList<>();
    final List<GmcastFailure> failures = new ArrayList<>();
    final Uuid self = uuid(0x50);
    final Gmcast gmcast;
    long now = 100 * SECOND;
    /** Connections that take nothing. */
    final List<Long> full = new ArrayList<>();

    boolean accepts = true;
    /** Only the core's own buffers are counted here. */
    final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);

    private long handshakes = 0x1000;

    Lab(NodeAddress... initial) {
        this(0, initial);
    }

    Lab(int segment, NodeAddress... initial) {
        GmcastSettings settings =
                new GmcastSettings(GROUP, LISTEN, List.of(initial), segment, 3 * SECOND, 5 * SECOND, Integer.MAX_VALUE);
        gmcast = new Gmcast(
                settings,
                self,
                () -> new Uuid(0, handshakes++),
                new Random(7),
                allocator,
                this,
                this,
                new LimitedLog(LoggerFactory.getLogger("gmcast.lab"), () -> now));
        gmcast.start(now);
    }

    static Uuid uuid(int n) {
        return new Uuid((long) n << 56 | 0x11F0, 0x8000_0000_0000_0000L | n);
    }

    // ---- events

    long accept(String host) {
        long id = gmcast.newConnection();
        try {
            gmcast.onAccepted(id, InetAddress.getByName(host), now);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
        return id;
    }

    void receive(long connection, ByteBuf message) {
        String before = ByteBufUtil.hexDump(message);
        gmcast.onFrame(connection, message, now);
        if (!ByteBufUtil.hexDump(message).equals(before)) {
            throw new AssertionError("a received buffer was changed");
        }
        message.release();
    }

    GmcastEncoder peer(Uuid node, int segment) {
        return new GmcastEncoder(UnpooledByteBufAllocator.DEFAULT, node, segment);
    }

    /** A peer that dialled us and is established now. */
    long established(Uuid node, int segment, String host, int port) {
        long id = accept(host);
        receive(
                id,
                peer(node, segment)
                        .handshakeResponse(new Uuid(0, handshakes - 1), "tcp://" + host + ":" + port, GROUP));
        return id;
    }

    ByteBuf user(Uuid source, int segment, int flags, String text) {
        ByteBuf plain = Unpooled.buffer().writeZero(20);
        GmcastHeader.set(plain, 0, GmcastHeader.TYPE_USER, flags, segment, source);
        return plain.writeBytes(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    void send(String text) {
        send(null, false, text);
    }

    void send(Uuid target, boolean datagram, String text) {
        ByteBuf message = Unpooled.buffer(100).setIndex(Gmcast.HEADROOM, Gmcast.HEADROOM);
        message.writeBytes(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        gmcast.send(target, datagram, message, now);
        message.release();
    }

    /** Lets time pass in steps of the core's own deadlines. */
    void pass(double seconds) {
        long end = now + (long) (seconds * SECOND);
        while (gmcast.nextDeadlineNanos() <= end) {
            now = Math.max(now, gmcast.nextDeadlineNanos());
            gmcast.onTime(now);
        }
        now = end;
    }

    /** Every buffer that the core made was released. */
    void assertNoLeak() {
        if (allocator.metric().usedHeapMemory() != 0) {
            throw new AssertionError(allocator.metric().usedHeapMemory() + " bytes were not released");
        }
    }

    /** The lines since this was asked last. */
    List<String> effects() {
        List<String> taken = List.copyOf(effects);
        effects.clear();
        return taken;
    }

    // ---- effects

    @Override
    public void dial(long connection, NodeAddress address) {
        effects.add("dial " + connection + " " + address);
    }

    @Override
    public boolean send(long connection, ByteBuf message) {
        if (full.contains(connection)) {
            return false;
        }
        effects.add("send " + connection + " " + describe(message));
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
        effects.add("multicast " + describe(message));
    }

    @Override
    public void close(long connection, String reason) {
        effects.add("close " + connection);
    }

    @Override
    public boolean onMessage(Uuid source, int segment, ByteBuf message, long nowNanos) {
        effects.add("deliver " + shortId(source) + " segment " + segment + " "
                + message.toString(java.nio.charset.StandardCharsets.UTF_8));
        return accepts;
    }

    @Override
    public void onFailure(GmcastFailure failure) {
        failures.add(failure);
        effects.add("failure " + failure.kind());
    }

    static String shortId(Uuid node) {
        return Long.toHexString(node.mostSignificant() >>> 56);
    }

    static String describe(ByteBuf message) {
        if (message.readerIndex() < 8) {
            throw new AssertionError("no room for the frame header");
        }
        try {
            GmcastMessage decoded = GmcastDecoder.decode(message);
            String type = GmcastHeader.typeName(message.getByte(message.readerIndex() + 1));
            if (decoded instanceof GmcastMessage.Fail fail) {
                return "FAIL " + fail.error();
            } else if (decoded instanceof GmcastMessage.TopologyChange change) {
                StringBuilder text = new StringBuilder("TOPOLOGY");
                change.links().forEach(link -> text.append(' ')
                        .append(shortId(link.node()))
                        .append('=')
                        .append(link.address()));
                return text.toString();
            } else if (decoded instanceof GmcastMessage.User user) {
                int start = message.readerIndex() + user.payloadOffset();
                return "USER from " + shortId(user.source()) + " segment " + user.segment() + " flags " + user.flags()
                        + " "
                        + message.toString(
                                start, message.writerIndex() - start, java.nio.charset.StandardCharsets.UTF_8);
            }
            return type;
        } catch (MalformedMessageException e) {
            throw new AssertionError(e);
        }
    }
}
