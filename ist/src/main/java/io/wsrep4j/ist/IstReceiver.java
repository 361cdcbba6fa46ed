package io.wsrep4j.ist;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Seqno;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * The joiner's end of an incremental state transfer (sheet replicator-state-transfer, 21.1): listens, shakes hands with one donor, waits until
 * told where applying starts, and hands the stream to an {@link IstSink} on a thread of its own.
 *
 * <p>A connection that does not get through the handshake (a port scanner, another protocol) is dropped and does not use the listener up, other
 * than in the reference. Thread-safe.
 */
public final class IstReceiver {

    static final int HANDSHAKE_SECONDS = 30;
    private static final int BACKLOG = 16;

    private final Settings settings;
    private final IstSink sink;
    private final EventLoopGroup threads;
    private final CompletableFuture<Long> end = new CompletableFuture<>();

    private volatile Channel listener;

    // Owned by the receiver's thread.
    private ReceiverConnection established;
    private long first = Seqno.UNDEFINED;
    private int candidates;

    /**
     * How to receive.
     *
     * @param name of the node, for the thread's name
     * @param bind address and port to listen on; port 0 takes any free one
     * @param protocolVersion the group's replicator protocol: 4 to 11
     * @param expectedLast the last seqno that is needed; 0 if unknown
     * @param tls the server's TLS context, or null for none
     * @param log where to
     */
    public record Settings(
            String name, InetSocketAddress bind, int protocolVersion, long expectedLast, SslContext tls, Logger log) {}

    private IstReceiver(Settings settings, IstSink sink) {
        this.settings = settings;
        this.sink = sink;
        threads = new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory("wsrep4j-ist-receiver-" + settings.name(), true),
                NioIoHandler.newFactory());
    }

    /**
     * Starts to listen.
     *
     * @throws IstException if the address cannot be listened on; the message names it
     */
    public static IstReceiver listen(Settings settings, IstSink sink) throws IstException {
        IstWire.ofVersion(settings.protocolVersion());
        IstReceiver receiver = new IstReceiver(settings, sink);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(receiver.threads)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        receiver.accept(channel);
                    }
                });
        ChannelFuture bound = bootstrap.bind(settings.bind()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            receiver.threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new IstException(
                    Errno.EIO,
                    "Failed to open IST listener at " + settings.bind() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        receiver.listener = bound.channel();
        return receiver;
    }

    /** The port that is really listened on; what donors must be told. */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Says where applying starts; the stream is read from now on. Once. */
    public void ready(long firstToApply) {
        if (firstToApply < 0) {
            throw new IllegalArgumentException("applying cannot start at seqno " + firstToApply);
        }
        onThread(() -> {
            first = firstToApply;
            if (established != null) {
                established.start(firstToApply);
            }
        });
    }

    /**
     * Waits for the end of the stream.
     *
     * @return the last seqno received, undefined if none
     * @throws IstException if the transfer failed
     */
    public long await() throws IstException, InterruptedException {
        try {
            return end.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IstException failure) {
                throw failure;
            }
            throw new IstException(Errno.EIO, "IST receiver failed: " + e.getCause(), e.getCause());
        }
    }

    /** Stops, whatever is going on: a transfer that has not ended fails with ECANCELED. Idempotent; waits for nothing. */
    public void cancel() {
        onThread(() -> finish(new IstException(Errno.ECANCELED, "IST receiver was stopped")));
    }

    private void onThread(Runnable action) {
        try {
            threads.execute(action);
        } catch (RejectedExecutionException ended) {
            settings.log().debug("IST receiver has ended already", ended);
        }
    }

    private void accept(Channel channel) {
        listener = channel.parent();
        if (established != null || candidates >= BACKLOG) {
            channel.close();
            return;
        }
        candidates++;
        Keepalive.set(channel.config());
        channel.closeFuture().addListener(closed -> candidates--);
        if (settings.tls() != null) {
            channel.pipeline().addLast(settings.tls().newHandler(channel.alloc()));
        }
        channel.pipeline().addLast(new ReceiverConnection(this, settings, sink));
    }

    /** A donor got through the handshake: nobody else is let in. Returns false if another one was faster. */
    boolean establish(ReceiverConnection connection) {
        if (established != null) {
            return false;
        }
        established = connection;
        listener.close();
        if (first != Seqno.UNDEFINED) {
            connection.start(first);
        }
        return true;
    }

    boolean isEstablished(ReceiverConnection connection) {
        return established == connection;
    }

    /** The transfer is over; {@code error} is null after a complete stream. Receiver's thread. */
    void finish(IstException error) {
        if (end.isDone()) {
            return;
        }
        listener.close();
        long last = Seqno.UNDEFINED;
        if (established != null) {
            last = established.lastReceived();
            established.close();
        }
        sink.ended(last, error);
        if (error == null) {
            end.complete(last);
        } else {
            end.completeExceptionally(error);
        }
        threads.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }
}
