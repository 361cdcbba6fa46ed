package io.wsrep4j.gcomm.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.wsrep4j.api.AllowlistService;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.TimeUuids;
import io.wsrep4j.gcomm.channel.GcommSettings;
import io.wsrep4j.gcomm.gmcast.Gmcast;
import io.wsrep4j.gcomm.gmcast.GmcastFailure;
import io.wsrep4j.gcomm.gmcast.GmcastListener;
import io.wsrep4j.gcomm.options.ClusterAddress;
import io.wsrep4j.gcomm.transport.LowestLayer;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.gcomm.transport.ProtocolStack;
import io.wsrep4j.gcomm.transport.TransportException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/** A node of GMCast alone on real sockets. */
final class TestNode implements ProtocolStack, GmcastListener, AutoCloseable {

    /** A message that came. */
    record Received(Uuid source, int segment, String bytes) {}

    final NettyTransport transport;
    final NodeAddress address;
    final Gmcast gmcast;
    final List<Received> received = new CopyOnWriteArrayList<>();
    final List<GmcastFailure> failures = new CopyOnWriteArrayList<>();
    volatile Throwable broken;
    volatile RuntimeException bug;
    /** What the layer above says to a message. */
    volatile boolean accepts = true;

    TestNode(
            String name,
            Map<String, String> options,
            List<NodeAddress> peers,
            AllowlistService allowlist,
            SocketFamily family)
            throws TransportException {
        Map<String, String> all = new HashMap<>(Map.of("gmcast.listen_addr", "tcp://127.0.0.1:0"));
        all.putAll(options);
        StringBuilder cluster = new StringBuilder("gcomm://");
        for (NodeAddress peer : peers) {
            cluster.append(cluster.toString().endsWith("/") ? "" : ",");
            cluster.append(peer.host().contains(":") ? "[" + peer.host() + "]" : peer.host());
            cluster.append(':').append(peer.port());
        }
        GcommSettings settings =
                GcommSettings.read(all, ClusterAddress.parse(cluster.toString()), "spec_grp", peers.isEmpty());
        transport = new NettyTransport(settings.transport(), name, allowlist, family);
        address = transport.bind();
        Random random = new Random(name.hashCode());
        TimeUuids ids = new TimeUuids(Clock.systemUTC(), random);
        gmcast = new Gmcast(
                settings.gmcast().listeningAt(address),
                ids.next(),
                ids::next,
                random,
                transport.allocator(),
                transport.effects(),
                this,
                transport.log());
        transport.start(this);
        run(() -> gmcast.start(transport.nanoTime()));
    }

    TestNode(String name, Map<String, String> options, NodeAddress... peers) throws TransportException {
        this(name, options, List.of(peers), null, SocketFamily.best());
    }

    void run(Runnable call) {
        transport.enter();
        try {
            call.run();
        } finally {
            transport.leave();
        }
    }

    boolean is(BooleanSupplier condition) {
        transport.enter();
        try {
            return condition.getAsBoolean();
        } finally {
            transport.leave();
        }
    }

    Uuid id() {
        return gmcast.nodeId();
    }

    /** How many nodes receive our multicast. */
    int multicastPeers() {
        return transport.multicastPeers();
    }

    /** How many messages were sent by multicast. */
    long multicasts() {
        return transport.multicasts();
    }

    boolean isConnectedTo(TestNode other) {
        return is(() -> gmcast.isConnected(other.id()));
    }

    void broadcast(byte[] message, boolean datagram) {
        ByteBuf buffer = transport.allocator().directBuffer(Gmcast.HEADROOM + message.length);
        buffer.setIndex(Gmcast.HEADROOM, Gmcast.HEADROOM).writeBytes(message);
        run(() -> gmcast.send(null, datagram, buffer, transport.nanoTime()));
        buffer.release();
    }

    @Override
    public LowestLayer lowest() {
        return gmcast;
    }

    @Override
    public void onTime(long nowNanos) {
        gmcast.onTime(nowNanos);
    }

    @Override
    public long nextDeadlineNanos() {
        return gmcast.nextDeadlineNanos();
    }

    @Override
    public boolean onBroken(Throwable cause) {
        broken = cause;
        return false;
    }

    @Override
    public boolean onMessage(Uuid source, int segment, ByteBuf message, long nowNanos) {
        if (bug != null) {
            throw bug;
        }
        // one access: paranoid leak detection takes a stack trace for each
        received.add(new Received(source, segment, ByteBufUtil.hexDump(ByteBufUtil.getBytes(message))));
        return accepts;
    }

    @Override
    public void onFailure(GmcastFailure failure) {
        failures.add(failure);
    }

    @Override
    public void close() {
        run(gmcast::stop);
        transport.close();
    }
}
