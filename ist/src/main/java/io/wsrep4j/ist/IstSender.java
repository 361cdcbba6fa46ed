package io.wsrep4j.ist;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Seqno;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;

/**
 * The donor's end of an incremental state transfer (docs/spec/replicator-state-transfer.md 21.2): connects and shakes hands on the caller's thread,
 * so that who cannot be reached is the error of the donor's report, then streams a range of the cache on a thread of its own. Several may run at
 * once. Thread-safe.
 */
public final class IstSender {

    private static final long END_SECONDS = 5;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final TransferLoop loop;
    private final Channel channel;
    private final SenderConnection connection;
    private final CompletableFuture<Void> end;

    /**
     * What to send, and to whom.
     *
     * @param name of the node, for the thread's name
     * @param peer the joiner's listener
     * @param protocolVersion the group's replicator protocol: 4 to 11
     * @param reach how long connecting and shaking hands may take, however often it is tried
     * @param patience how long a joiner that is watched may take next to nothing, or not close after the end
     * @param preloadStart lowest seqno of the certification index, or undefined for "no preload"
     * @param tls the client's TLS context; needed when the peer's scheme asks for it
     * @param log where to
     */
    public record Settings(
            String name,
            IstAddress peer,
            int protocolVersion,
            long preloadStart,
            Duration reach,
            Duration patience,
            SslContext tls,
            Logger log) {

        boolean preloads(long seqno) {
            return protocolVersion >= IstWire.FIRST_CHECKSUMMED_VERSION
                    && preloadStart > 0
                    && preloadStart != Seqno.UNDEFINED
                    && seqno >= preloadStart;
        }
    }

    private IstSender(TransferLoop loop, Channel channel, SenderConnection connection, CompletableFuture<Void> end) {
        this.loop = loop;
        this.channel = channel;
        this.connection = connection;
        this.end = end;
    }

    /**
     * Connects, shakes hands and begins to stream. A joiner that closes before the handshake, perhaps because strangers fill its listener, is tried
     * again. The source is closed in every case, also when this throws.
     *
     * @throws IstException if the joiner cannot be reached; its errno belongs into the donor's JOIN
     */
    public static IstSender start(Settings settings, IstSource source) throws IstException {
        boolean started = false;
        TransferLoop loop = null;
        try {
            IstWire wire = IstWire.ofVersion(settings.protocolVersion());
            if (settings.peer().tls() && settings.tls() == null) {
                throw new IstException(
                        Errno.EPROTO,
                        "the joiner at " + settings.peer() + " wants TLS, but socket.ssl_key is not set here");
            }
            loop = new TransferLoop("wsrep4j-ist-sender-" + settings.name());
            IstSender sender = reach(settings, wire, source, loop);
            started = true;
            sender.end.whenComplete((done, failure) -> sender.loop.end(END_SECONDS));
            return sender;
        } finally {
            if (!started) {
                source.close();
                if (loop != null) {
                    loop.end(1);
                }
            }
        }
    }

    private static IstSender reach(Settings settings, IstWire wire, IstSource source, TransferLoop loop)
            throws IstException {
        long deadline = System.nanoTime() + settings.reach().toNanos();
        while (true) {
            CompletableFuture<Void> end = new CompletableFuture<>();
            SenderConnection connection = new SenderConnection(settings, wire, source, end);
            Channel channel = connect(settings, loop.group(), connection, deadline);
            IstException failure = connection.awaitHandshake(deadline - System.nanoTime());
            if (failure == null) {
                return new IstSender(loop, channel, connection, end);
            }
            channel.close();
            if (failure.errno() != Errno.ECONNRESET || System.nanoTime() + RETRY_NANOS > deadline) {
                throw failure;
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
    }

    private static Channel connect(Settings settings, EventLoopGroup threads, SenderConnection handler, long deadline)
            throws IstException {
        IstAddress peer = settings.peer();
        int millis = (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
        Bootstrap bootstrap = new Bootstrap()
                .group(threads)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        Keepalive.set(channel.config());
                        if (peer.tls()) {
                            channel.pipeline()
                                    .addLast(settings.tls().newHandler(channel.alloc(), peer.host(), peer.port()));
                        }
                        channel.pipeline().addLast(handler);
                    }
                });
        ChannelFuture connected = bootstrap.connect(peer.host(), peer.port());
        // to find out what a name stands for is not within the transport's limit
        if (!connected.awaitUninterruptibly(millis + 1_000L)) {
            connected.addListener(late -> connected.channel().close());
            throw new IstException(Errno.ETIMEDOUT, "IST sender, nobody says in time where " + peer + " is");
        }
        if (!connected.isSuccess()) {
            Throwable cause = connected.cause();
            throw new IstException(
                    errno(cause), "IST sender, failed to connect to " + peer + ": " + cause.getMessage(), cause);
        }
        return connected.channel();
    }

    private static int errno(Throwable cause) {
        if (cause instanceof io.netty.channel.ConnectTimeoutException) {
            return Errno.ETIMEDOUT;
        }
        if (cause instanceof NoRouteToHostException || cause instanceof java.net.UnknownHostException) {
            return Errno.EHOSTUNREACH;
        }
        return cause instanceof ConnectException ? Errno.ECONNREFUSED : Errno.EIO;
    }

    /** Completes when the joiner has taken everything and closed, exceptionally with an {@link IstException} if it has not. */
    public CompletableFuture<Void> end() {
        return end;
    }

    /** From now on the joiner has no reason not to take anything, or not to close after the end: there are limits. Idempotent. */
    public void watch() {
        loop.execute(() -> connection.watch(channel));
    }

    /** Stops sending; waits for nothing. Idempotent. */
    public void cancel() {
        loop.execute(() -> connection.cancel(channel));
    }
}
