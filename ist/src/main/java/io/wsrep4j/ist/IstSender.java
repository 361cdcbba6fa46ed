package io.wsrep4j.ist;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Seqno;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * The donor's end of an incremental state transfer (sheet replicator-state-transfer, 21.2): connects on the caller's thread, then streams a
 * range of the cache on a thread of its own. Several may run at once. Thread-safe.
 */
public final class IstSender {

    private static final int CONNECT_MILLIS = 10_000;

    private final Channel channel;
    private final SenderConnection connection;
    private final CompletableFuture<Void> end;

    /**
     * What to send, and to whom.
     *
     * @param name of the node, for the thread's name
     * @param peer the joiner's listener
     * @param protocolVersion the group's replicator protocol: 4 to 11
     * @param preloadStart lowest seqno of the certification index, or undefined for "no preload"
     * @param tls the client's TLS context; needed when the peer's scheme asks for it
     * @param log where to
     */
    public record Settings(
            String name, IstAddress peer, int protocolVersion, long preloadStart, SslContext tls, Logger log) {

        boolean preloads(long seqno) {
            return protocolVersion >= IstWire.FIRST_CHECKSUMMED_VERSION
                    && preloadStart > 0
                    && preloadStart != Seqno.UNDEFINED
                    && seqno >= preloadStart;
        }
    }

    private IstSender(Channel channel, SenderConnection connection, CompletableFuture<Void> end) {
        this.channel = channel;
        this.connection = connection;
        this.end = end;
    }

    /**
     * Connects, and begins to stream. The source is closed in every case, also when this throws.
     *
     * @throws IstException if the joiner cannot be reached; its errno belongs into the donor's JOIN
     */
    public static IstSender start(Settings settings, IstSource source) throws IstException {
        boolean started = false;
        EventLoopGroup threads = null;
        try {
            IstWire wire = IstWire.ofVersion(settings.protocolVersion());
            if (settings.peer().tls() && settings.tls() == null) {
                throw new IstException(
                        Errno.EPROTO,
                        "the joiner at " + settings.peer() + " wants TLS, but socket.ssl_key is not set here");
            }
            threads = new MultiThreadIoEventLoopGroup(
                    1,
                    new DefaultThreadFactory("wsrep4j-ist-sender-" + settings.name(), true),
                    NioIoHandler.newFactory());
            CompletableFuture<Void> end = new CompletableFuture<>();
            SenderConnection connection = new SenderConnection(settings, wire, source, end);
            Channel channel = connect(settings, threads, connection);
            started = true;
            EventLoopGroup group = threads;
            end.whenComplete((done, failure) -> group.shutdownGracefully(0, 5, TimeUnit.SECONDS));
            return new IstSender(channel, connection, end);
        } finally {
            if (!started) {
                source.close();
                if (threads != null) {
                    threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
                }
            }
        }
    }

    private static Channel connect(Settings settings, EventLoopGroup threads, SenderConnection handler)
            throws IstException {
        IstAddress peer = settings.peer();
        Bootstrap bootstrap = new Bootstrap()
                .group(threads)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
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
        ChannelFuture connected = bootstrap.connect(peer.host(), peer.port()).awaitUninterruptibly();
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

    /** Stops sending; waits for nothing. Idempotent. */
    public void cancel() {
        if (!end.isDone()) {
            connection.cancel(channel);
        }
    }
}
