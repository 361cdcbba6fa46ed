package io.wsrep4j.gcomm.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.ScheduledFuture;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.gcomm.transport.ProtocolStack;
import io.wsrep4j.gcomm.transport.TransportException;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The UDP multicast socket: sends messages in parts that fit the path, receives and joins them, and tells the stack who receives ours
 * (docs/spec/gcomm-transport-pc.md 10.3). Loss is repaired by the stack above, over its connections.
 */
final class Multicast {

    private static final LineKind NO_BEACON = LineKind.ofPeer("beacons not sent");
    private static final LineKind RECEIVERS = LineKind.ofPeer("changes of who receives our multicast");
    private static final LineKind SOCKET = LineKind.ofPeer("failures of the multicast socket");

    /** More is not queued; what is refused counts as lost. */
    static final int MAX_QUEUED = 8 << 20;

    private static final int SOCKET_BUFFER = 4 << 20;
    private static final int MAX_DATAGRAM = 65_536;
    private static final int IPV4_AND_UDP_HEADERS = 28;
    private static final int IPV6_AND_UDP_HEADERS = 48;
    /** Larger parts gain little and IP fragments are lost together. */
    private static final int MAX_MTU = 9000;

    private final MulticastSettings settings;
    private final TransportSettings transport;
    private final NodeAddress bound;
    private final StackRunner runner;
    private final SocketFamily family;
    private final EventLoop loop;
    private final LimitedLog log;
    private final Reassembly reassembly;

    private InetSocketAddress group;
    private DatagramChannel channel;
    private DatagramFormat format;
    private Beacons beacons;
    private ScheduledFuture<?> beaconTimer;
    private int partLength;
    private int messageNumber;
    /** Written on the event loop only. */
    private volatile Set<Uuid> reachable = Set.of();

    private volatile long sent;

    /** Guarded by the runner's lock. */
    private ArrayDeque<ByteBuf> outbox = new ArrayDeque<>();
    /** Only on the event loop. */
    private ArrayDeque<ByteBuf> taken = new ArrayDeque<>();

    private int outboxBytes;
    private boolean closed;

    Multicast(
            MulticastSettings settings,
            TransportSettings transport,
            NodeAddress bound,
            StackRunner runner,
            SocketFamily family,
            EventLoop loop,
            LimitedLog log) {
        this.settings = settings;
        this.transport = transport;
        this.bound = bound;
        this.runner = runner;
        this.family = family;
        this.loop = loop;
        this.log = log;
        this.reassembly = new Reassembly(PooledByteBufAllocator.DEFAULT);
    }

    void open(Uuid self) throws TransportException {
        group = new InetSocketAddress(settings.group(), settings.port() == 0 ? bound.port() : settings.port());
        format = new DatagramFormat(self, transport.group());
        beacons = new Beacons(self, transport.peerTimeoutNanos());
        String what =
                "option " + transport.names().multicastAddress() + ": multicast group " + group + " cannot be joined";
        try {
            NetworkInterface through = networkInterface();
            partLength = partLength(through.getMTU());
            Bootstrap bootstrap = new Bootstrap()
                    .group(loop)
                    .channelFactory(() -> family.newDatagramChannel(settings.group()))
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER)
                    .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER)
                    .option(ChannelOption.IP_MULTICAST_TTL, settings.timeToLive())
                    .option(ChannelOption.IP_MULTICAST_IF, through)
                    // on, unlike the reference: members on one host hear each other, and own datagrams are known by
                    // their sender
                    .option(ChannelOption.IP_MULTICAST_LOOP_DISABLED, false)
                    .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM))
                    .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                    .handler(new Receiver());
            channel = (DatagramChannel) await(bootstrap.bind(new InetSocketAddress(group.getPort())), what)
                    .channel();
            await(channel.joinGroup(group, through), what);
            log.plain()
                    .info(
                            "multicast group {} joined through {}; datagrams of up to {} bytes",
                            group,
                            through.getName(),
                            partLength + DatagramFormat.HEADER_LENGTH);
        } catch (IOException e) {
            throw new TransportException(what + ": " + e.getMessage(), e);
        }
        long period = Math.min(TimeUnit.MILLISECONDS.toNanos(500), transport.peerTimeoutNanos() / 6);
        beaconTimer = loop.scheduleAtFixedRate(this::beacon, 0, Math.max(1, period), TimeUnit.NANOSECONDS);
    }

    private ChannelFuture await(ChannelFuture future, String what) throws TransportException {
        future.awaitUninterruptibly();
        if (!future.isSuccess()) {
            throw new TransportException(what + ": " + future.cause().getMessage(), future.cause());
        }
        return future;
    }

    private int partLength(int mtu) {
        int headers = settings.group() instanceof Inet4Address ? IPV4_AND_UDP_HEADERS : IPV6_AND_UDP_HEADERS;
        return Math.min(mtu, MAX_MTU) - headers - DatagramFormat.HEADER_LENGTH;
    }

    /** That of the listen address; with a wildcard the one that the system would route the group through. */
    private NetworkInterface networkInterface() throws IOException {
        InetAddress local = bound.isWildcard() ? null : bound.numericHost();
        if (local == null) {
            try (DatagramSocket probe = new DatagramSocket()) {
                probe.connect(group);
                local = probe.getLocalAddress();
            } catch (RuntimeException e) {
                // connect() wraps "network is unreachable" in an UncheckedIOException
                log.plain().debug("no route to {}: {}", group, e.getMessage());
            }
        }
        NetworkInterface found =
                local == null || local.isAnyLocalAddress() ? null : NetworkInterface.getByInetAddress(local);
        if (found == null) {
            throw new IOException("no network interface has a route to it; set "
                    + transport.names().listenAddress() + " to an address of one");
        }
        return found;
    }

    // ---- sending

    /** Takes a sealed or unsealed message: its readable bytes. Lock held. */
    void send(ByteBuf message) {
        if (!closed && outboxBytes + message.readableBytes() <= MAX_QUEUED) {
            outboxBytes += message.readableBytes();
            outbox.add(message.retainedSlice());
        }
    }

    /** Lock held. */
    boolean hasWork() {
        return !outbox.isEmpty();
    }

    /** Event loop, without the lock. */
    void write() {
        runner.enter();
        try {
            ArrayDeque<ByteBuf> full = outbox;
            outbox = taken;
            taken = full;
            outboxBytes = 0;
        } finally {
            runner.leaveQuietly();
        }
        boolean any = !taken.isEmpty();
        for (ByteBuf message = taken.poll(); message != null; message = taken.poll()) {
            if (channel.isActive() && pendingBytes() < MAX_QUEUED) {
                writeParts(message);
            }
            message.release();
        }
        if (any) {
            channel.flush();
        }
    }

    private long pendingBytes() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    private void writeParts(ByteBuf message) {
        sent++;
        int length = message.readableBytes();
        int number = messageNumber++;
        for (int part = 0, at = 0; at < length; part++, at += partLength) {
            int content = Math.min(partLength, length - at);
            ByteBuf datagram = channel.alloc().directBuffer(DatagramFormat.HEADER_LENGTH + content);
            format.begin(datagram, DatagramFormat.KIND_PART, part, number, length, partLength);
            datagram.writeBytes(message, message.readerIndex() + at, content);
            format.seal(datagram);
            channel.write(new DatagramPacket(datagram, group), channel.voidPromise());
        }
    }

    int peers() {
        return reachable.size();
    }

    long sent() {
        return sent;
    }

    /** For tests. */
    void cut() {
        channel.close().awaitUninterruptibly();
    }

    // ---- beacons; event loop

    private void beacon() {
        long now = runner.now();
        beacons.expire(now);
        publish(now);
        ByteBuf datagram = channel.alloc().directBuffer();
        format.begin(datagram, DatagramFormat.KIND_BEACON, 0, 0, 0, 0);
        beacons.write(datagram);
        format.seal(datagram);
        channel.writeAndFlush(new DatagramPacket(datagram, group)).addListener(sent -> {
            if (!sent.isSuccess()) {
                log.debug(NO_BEACON, null, "no beacon to {}: {}", group, String.valueOf(sent.cause()));
            }
        });
    }

    private void publish(long now) {
        Set<Uuid> latest = beacons.reachable();
        if (latest.equals(reachable)) {
            return;
        }
        reachable = latest;
        log.info(RECEIVERS, null, "nodes that receive our multicast: {}", latest);
        runner.enter();
        try {
            runner.run(stack -> {
                stack.lowest().onMulticastPeers(latest, now);
                reassembly.retain(stack.lowest()::isConnected);
            });
        } finally {
            runner.leave();
        }
    }

    // ---- receiving; event loop

    private final class Receiver extends SimpleChannelInboundHandler<DatagramPacket> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            ByteBuf in = packet.content();
            if (!format.isOurs(in)) {
                return;
            }
            Uuid sender = DatagramFormat.sender(in);
            long now = runner.now();
            beacons.heard(sender, now);
            if (DatagramFormat.kind(in) == DatagramFormat.KIND_BEACON) {
                beacons.onBeacon(sender, in, now);
                publish(now);
            } else if (DatagramFormat.kind(in) == DatagramFormat.KIND_PART) {
                onPart(sender, in, now);
            }
        }

        private void onPart(Uuid sender, ByteBuf in, long now) {
            runner.enter();
            try {
                runner.run(stack -> {
                    // of strangers nothing is kept
                    if (stack.lowest().isConnected(sender)) {
                        ByteBuf message = reassembly.add(in);
                        if (message != null) {
                            deliver(stack, message, now);
                        }
                    }
                });
            } finally {
                runner.leave();
            }
        }

        private void deliver(ProtocolStack stack, ByteBuf message, long now) {
            try {
                stack.lowest().onDatagram(message, now);
            } finally {
                message.release();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            log.warn(SOCKET, null, "multicast socket: {}", String.valueOf(cause.getMessage()));
        }
    }

    /** Not from the event loop. */
    void close() {
        loop.submit(() -> {
                    if (beaconTimer != null) {
                        beaconTimer.cancel(false);
                    }
                })
                .awaitUninterruptibly();
        if (channel != null) {
            channel.close().awaitUninterruptibly();
        }
        loop.submit(() -> {
                    runner.enter();
                    try {
                        closed = true;
                        outbox.forEach(ByteBuf::release);
                        outbox.clear();
                        reassembly.clear();
                    } finally {
                        runner.leaveQuietly();
                    }
                })
                .awaitUninterruptibly();
    }
}
