package io.wsrep4j.ist;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Seqno;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * The joiner's end of an incremental state transfer (docs/spec/replicator-state-transfer.md 21.1, 31.8 and 31.12): listens, shakes hands with one
 * donor, waits until told where applying starts, and hands the stream to an {@link IstSink} on a thread of its own.
 *
 * <p>A connection that does not get through the handshake (a port scanner, another protocol) is dropped and does not use the listener up, other
 * than in the reference. Thread-safe.
 */
public final class IstReceiver {

    static final int HANDSHAKE_SECONDS = 30;
    private static final int BACKLOG = 64;
    /** How many connections may be in their handshake; of more, the oldest goes: the donor answers at once, strangers do not. */
    static final int CANDIDATES = 16;

    private static final long END_SECONDS = 5;
    private static final int DROPPED_SAID = 5;
    /** How often it is looked whether history comes, within the time it may take. */
    private static final int LOOKS = 4;

    private final Settings settings;
    private final IstSink sink;
    private final TransferLoop loop;
    private final CompletableFuture<Long> result = new CompletableFuture<>();

    private volatile Channel listener;

    // Owned by the receiver's thread.
    private ReceiverConnection established;
    private long first = Seqno.UNDEFINED;

    private long end = Seqno.UNDEFINED;
    private final ArrayDeque<ReceiverConnection> candidates = new ArrayDeque<>();
    private long dropped;
    private long lastProgress;

    /**
     * How to receive.
     *
     * @param name of the node, for the thread's name
     * @param bind address and port to listen on; port 0 takes any free one
     * @param protocolVersion the group's replicator protocol: 4 to 11
     * @param need what the donor is asked for
     * @param patience how long no history may come once it is known where applying starts: no donor, or nothing from it
     * @param tls the server's TLS context, or null for none
     * @param log where to
     */
    public record Settings(
            String name,
            InetSocketAddress bind,
            int protocolVersion,
            IstNeed need,
            Duration patience,
            SslContext tls,
            Logger log) {}

    private IstReceiver(Settings settings, IstSink sink) {
        this.settings = settings;
        this.sink = sink;
        loop = new TransferLoop("wsrep4j-ist-receiver-" + settings.name());
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
                .group(receiver.loop.group())
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
            receiver.loop.end(1);
            throw new IstException(
                    Errno.EIO,
                    "Failed to open IST listener at " + settings.bind() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        bound.channel().pipeline().addLast(new AcceptFailures(settings.log()));
        receiver.listener = bound.channel();
        return receiver;
    }

    /** The port that is really listened on; what donors must be told. */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /**
     * Says where applying starts; the stream is read from now on. Once.
     *
     * @param lastPossible the last configuration change before the request's place in the group's order: nobody sends more
     */
    public void ready(long firstToApply, long lastPossible) {
        if (firstToApply < 0) {
            throw new IllegalArgumentException("applying cannot start at seqno " + firstToApply);
        }
        onThread(() -> {
            first = firstToApply;
            end = lastPossible;
            lastProgress = System.nanoTime();
            long look = Math.max(1, settings.patience().toMillis() / LOOKS);
            loop.group().scheduleWithFixedDelay(this::endIfNothingComes, look, look, TimeUnit.MILLISECONDS);
            if (established != null) {
                established.start(first, end);
            }
        });
    }

    /** Something came and was taken in, which may have waited long for whoever applies. */
    void progressed(ReceiverConnection connection) {
        if (connection == established) {
            lastProgress = System.nanoTime();
        }
    }

    private void endIfNothingComes() {
        if (System.nanoTime() - lastProgress < settings.patience().toNanos()) {
            return;
        }
        finish(new IstException(
                Errno.ETIMEDOUT,
                "no history came for " + settings.patience() + " (ist.silence_timeout): "
                        + (established == null
                                ? "no donor has got through to " + listener.localAddress()
                                : "donor " + established.peer() + " sent nothing after seqno "
                                        + established.lastReceived())
                        + ". Look into the donor's log, and for what may stand between the two"));
    }

    /**
     * Waits for the end of the stream.
     *
     * @return the last seqno received, undefined if none
     * @throws IstException if the transfer failed
     */
    public long await() throws IstException, InterruptedException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IstException failure) {
                throw failure;
            }
            throw new IstException(Errno.EIO, "IST receiver failed: " + e.getCause(), e.getCause());
        }
    }

    /** Waits until the sink has had its last call, however the transfer ended. */
    public void awaitEnd() {
        result.handle((last, failure) -> last).join();
    }

    /** Stops, whatever is going on: a transfer that has not ended fails with ECANCELED. Idempotent; waits for nothing. */
    public void cancel() {
        onThread(() -> finish(new IstException(Errno.ECANCELED, "IST receiver was stopped")));
    }

    private void onThread(Runnable action) {
        if (!loop.execute(action)) {
            settings.log().debug("IST receiver has ended already");
        }
    }

    private void accept(Channel channel) {
        listener = channel.parent();
        if (established != null) {
            channel.close();
            return;
        }
        if (candidates.size() >= CANDIDATES) {
            ReceiverConnection oldest = candidates.poll();
            dropped(oldest, "it has not answered the handshake, and there are more than " + CANDIDATES + " such");
            oldest.close();
        }
        Keepalive.set(channel.config());
        if (settings.tls() != null) {
            channel.pipeline().addLast(settings.tls().newHandler(channel.alloc()));
        }
        ReceiverConnection connection = new ReceiverConnection(this, settings, sink);
        channel.pipeline().addLast(connection);
        candidates.add(connection);
        channel.closeFuture().addListener(closed -> candidates.remove(connection));
    }

    /** A connection is no donor's. Anybody can make any number of them. */
    void dropped(ReceiverConnection connection, String why) {
        if (dropped++ < DROPPED_SAID) {
            settings.log().warn("IST: dropped a connection of {}: {}", connection.peer(), why);
        }
    }

    private void closeCandidates() {
        List.copyOf(candidates).forEach(ReceiverConnection::close);
        if (dropped > DROPPED_SAID) {
            settings.log().warn("IST: dropped {} more connections that were no donor's", dropped - DROPPED_SAID);
            dropped = 0;
        }
    }

    /** A donor got through the handshake: nobody else is let in. Returns false if another one was faster. */
    boolean establish(ReceiverConnection connection) {
        if (established != null) {
            return false;
        }
        established = connection;
        lastProgress = System.nanoTime();
        listener.close();
        candidates.remove(connection);
        closeCandidates();
        if (first != Seqno.UNDEFINED) {
            connection.start(first, end);
        }
        return true;
    }

    boolean isEstablished(ReceiverConnection connection) {
        return established == connection;
    }

    /** The transfer is over; {@code error} is null after a complete stream. Receiver's thread. */
    void finish(IstException error) {
        if (result.isDone()) {
            return;
        }
        listener.close();
        closeCandidates();
        long last = Seqno.UNDEFINED;
        if (established != null) {
            last = established.lastReceived();
            established.close();
        }
        sink.ended(last, error);
        if (error == null) {
            result.complete(last);
        } else {
            result.completeExceptionally(error);
        }
        loop.end(END_SECONDS);
    }
}
