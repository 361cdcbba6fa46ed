package io.wsrep4j.sst;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Gtid;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The joiner's end of a streamed snapshot: listens for the one donor that has the secret of its {@link #request}, and hands the host what that
 * sends. Each receiver takes one snapshot or none; another try needs another receiver. It waits for a donor until it is cancelled, for it is the
 * group that knows whether one will come. Thread-safe.
 */
public final class SnapshotReceiver {

    /** How many connections may be in their handshake; of more, the oldest goes. */
    static final int MOST_CANDIDATES = 16;

    private final SnapshotSettings settings;
    private final SnapshotSink sink;
    private final SnapshotProgress progress;
    private final SecureRandom random = new SecureRandom();
    private final TransferThreads threads;
    private final Inbox inbox = new Inbox();
    private final StopSignal stop = new StopSignal();
    private final CompletableFuture<Gtid> end = new CompletableFuture<>();
    private SnapshotRequest request;
    private Channel listener;

    // Owned by the sockets' thread.
    private final ArrayDeque<Channel> candidates = new ArrayDeque<>();

    private volatile Channel donor;

    private SnapshotReceiver(SnapshotSettings settings, SnapshotSink sink, SnapshotProgress progress) {
        this.settings = settings;
        this.sink = sink;
        this.progress = progress;
        threads = new TransferThreads("wsrep4j-snapshot-receiver-" + settings.nodeName());
    }

    /**
     * Starts to listen.
     *
     * @param bind address to listen on, IPv4 or IPv6; port 0 takes any free one
     * @param told name or address at which donors find this node; null for that of {@code bind}, which then must not be a wildcard
     * @throws SnapshotException if the address cannot be listened on; the message names it
     */
    public static SnapshotReceiver listen(
            SnapshotSettings settings,
            InetSocketAddress bind,
            String told,
            SnapshotSink sink,
            SnapshotProgress progress)
            throws SnapshotException {
        if (bind.isUnresolved()) {
            throw new SnapshotException(
                    Errno.EHOSTUNREACH, "the address " + bind + " to receive a snapshot at is not known");
        }
        if (told == null && bind.getAddress().isAnyLocalAddress()) {
            throw new IllegalArgumentException("a snapshot is received on all addresses (" + bind
                    + "): give the one at which donors find this node");
        }
        SnapshotReceiver receiver = new SnapshotReceiver(settings, sink, progress);
        receiver.open(bind, told == null ? bind.getAddress().getHostAddress() : told);
        return receiver;
    }

    private void open(InetSocketAddress bind, String told) throws SnapshotException {
        ChannelFuture bound = new ServerBootstrap()
                .group(threads.group())
                .channel(threads.serverChannel())
                .option(ChannelOption.SO_BACKLOG, MOST_CANDIDATES)
                .option(ChannelOption.SO_REUSEADDR, true)
                // nobody is let in before the request is made
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        consider(channel);
                    }
                })
                .bind(bind)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            threads.end();
            throw new SnapshotException(
                    Errno.EIO,
                    "cannot listen for a snapshot at " + bind + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        listener = bound.channel();
        listener.pipeline().addLast(new AcceptFailures(settings.log()));
        int port = ((InetSocketAddress) listener.localAddress()).getPort();
        request = new SnapshotRequest(settings.tls() != null, told, port, Secret.random(random));
        Thread thread = new Thread(this::run, "wsrep4j-snapshot-taker-" + settings.nodeName());
        thread.setDaemon(true);
        thread.start();
        listener.config().setAutoRead(true);
    }

    /** What {@link io.wsrep4j.api.Host#sstRequest} returns. */
    public ByteBuffer request() {
        return request.toBytes();
    }

    /**
     * Completes when the host has taken the whole snapshot, with its position, exceptionally with a {@link SnapshotException} otherwise; in both
     * cases nothing of the sink is open any more. Its position is what {@link io.wsrep4j.api.Provider#sstReceived} is told.
     */
    public CompletableFuture<Gtid> end() {
        return end;
    }

    /** Stops, unless everything has come already: {@link #end} fails with ECANCELED. Any thread; waits for nothing. Idempotent. */
    public void cancel(String why) {
        stop.raise(new SnapshotException(Errno.ECANCELED, "receiving the snapshot was stopped: " + why));
    }

    // ---- the sockets' thread

    private void consider(Channel channel) {
        if (donor != null) {
            channel.close();
            return;
        }
        if (candidates.size() >= MOST_CANDIDATES) {
            // the donor answers at once, strangers do not
            candidates.poll().close();
        }
        candidates.add(channel);
        channel.closeFuture().addListener(closed -> candidates.remove(channel));
        if (settings.tls() != null) {
            channel.pipeline().addLast(settings.tls().newHandler(channel.alloc()));
        }
        channel.pipeline()
                .addLast(new FrameDecoder(EnumSet.of(FrameType.HELLO)))
                .addLast(new ReceiverHandshake(this, request, Secret.nonce(random), settings));
    }

    /** The donor has come: nobody else is let in. False if another one was faster. */
    boolean establish(ChannelHandlerContext context) {
        if (donor != null) {
            return false;
        }
        donor = context.channel();
        listener.close();
        candidates.remove(donor);
        List.copyOf(candidates).forEach(Channel::close);
        FrameDecoder decoder = context.pipeline().get(FrameDecoder.class);
        decoder.allow(FrameDecoder.FROM_DONOR);
        context.pipeline()
                .addBefore(
                        context.pipeline().context(decoder).name(),
                        "liveness",
                        new Liveness(settings.idleTimeout().toNanos(), inbox::end))
                .addLast(new ReceiverStream(inbox));
        settings.log().info("snapshot: receiving from {}", peer());
        return true;
    }

    private String peer() {
        Channel channel = donor;
        return channel == null ? "a donor" : "donor " + channel.remoteAddress();
    }

    // ---- the transfer's thread

    private void run() {
        SnapshotException failure = null;
        Gtid position = null;
        stop.begin();
        try {
            position = receive();
        } catch (Exception | Error e) {
            failure = failure(e);
        }
        stop.end();
        inbox.close();
        if (failure != null) {
            discard(failure);
        }
        disconnect(failure);
        if (failure == null) {
            end.complete(position);
        } else {
            settings.log().error("{}", failure.getMessage());
            end.completeExceptionally(failure);
        }
    }

    private Gtid receive() throws SnapshotException, IOException, InterruptedException {
        try (IncomingSnapshot incoming = new IncomingSnapshot(sink, settings.meter(progress))) {
            try {
                while (!incoming.isWhole()) {
                    incoming.accept(inbox.take());
                }
                stop.settle();
            } catch (SnapshotException e) {
                throw e == stop.reason()
                        ? e
                        : new SnapshotException(
                                e.errno(),
                                "snapshot transfer from " + peer() + " failed after " + incoming.describe() + ": "
                                        + e.getMessage(),
                                e);
            }
            Gtid position = incoming.complete();
            settings.log().info("snapshot: received {} from {}, position {}", incoming.describe(), peer(), position);
            return position;
        }
    }

    private SnapshotException failure(Throwable cause) {
        SnapshotException stopped = stop.reason();
        if (stopped != null) {
            return stopped;
        }
        return cause instanceof SnapshotException own
                ? own
                : new SnapshotException(
                        Errno.EIO,
                        "this host could not take the snapshot from " + peer() + ": " + Failures.describe(cause),
                        cause);
    }

    private void discard(SnapshotException failure) {
        try {
            sink.discard();
        } catch (IOException | RuntimeException | Error e) {
            failure.addSuppressed(e);
            settings.log().error("the host could not throw away what came of the snapshot: {}", Failures.describe(e));
        }
    }

    private void disconnect(SnapshotException failure) {
        listener.close();
        Channel connected = donor;
        if (connected == null) {
            threads.end();
            return;
        }
        threads.endAfter(
                connected,
                failure == null ? new SnapshotMessage.Accepted() : new SnapshotMessage.Failed(failure.getMessage()));
    }
}
