package io.wsrep4j.sst;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Gtid;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The donor's end of a streamed snapshot. The thread that starts it is held up only while the host opens its snapshot; connecting, reading,
 * compressing and sending belong to the transfer's own threads. Thread-safe.
 */
public final class SnapshotSender {

    private static final int CONNECT_MILLIS = 10_000;
    private static final WriteBufferWaterMark ON_THE_WAY = new WriteBufferWaterMark(1 << 20, 4 << 20);

    private final SnapshotSettings settings;
    private final SnapshotRequest request;
    private final Gtid position;
    private final SnapshotSource source;
    private final SnapshotProgress progress;
    private final TransferThreads threads;
    private final StopSignal stop = new StopSignal();
    private static final long RETRY_MILLIS = 200;

    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final SenderStream stream;

    // Owned by the transfer's thread.
    private Channel channel;
    private boolean welcome;

    private SnapshotSender(
            SnapshotSettings settings,
            SnapshotRequest request,
            Gtid position,
            SnapshotSource source,
            SnapshotProgress progress) {
        this.settings = settings;
        this.request = request;
        this.position = position;
        this.source = source;
        this.progress = progress;
        threads = new TransferThreads("wsrep4j-snapshot-sender-" + settings.nodeName());
        stream = new SenderStream(settings, request, stop);
    }

    /**
     * Opens the host's snapshot on this thread, and sends it from others. From inside {@link io.wsrep4j.api.Host#sstDonate}, where no event is
     * applied meanwhile.
     *
     * @param position what the snapshot holds: the one that the provider gave
     * @throws IOException if the snapshot could not be opened
     * @throws SnapshotException if the joiner wants TLS and this side has none
     */
    public static SnapshotSender send(
            SnapshotSettings settings,
            SnapshotRequest request,
            Gtid position,
            SnapshotSource.Opening opening,
            SnapshotProgress progress)
            throws SnapshotException, IOException {
        requireTls(settings, request);
        SnapshotSource source = opening.open();
        if (source == null) {
            throw new IOException("the host opened no snapshot");
        }
        return start(new SnapshotSender(settings, request, position, source, progress));
    }

    /**
     * Sends the position alone: the joiner has data of its own and gets the events after it.
     *
     * @throws SnapshotException if the joiner wants TLS and this side has none
     */
    public static SnapshotSender sendBypass(SnapshotSettings settings, SnapshotRequest request, Gtid position)
            throws SnapshotException {
        requireTls(settings, request);
        return start(new SnapshotSender(settings, request, position, null, SnapshotProgress.NONE));
    }

    private static void requireTls(SnapshotSettings settings, SnapshotRequest request) throws SnapshotException {
        if (request.tls() != (settings.tls() != null)) {
            throw new SnapshotException(
                    Errno.EPROTO,
                    "the joiner at " + request.address()
                            + (request.tls()
                                    ? " wants TLS, but this host has none"
                                    : " has no TLS, but this host sends only with it")
                            + ": set socket.ssl_key, socket.ssl_cert and socket.ssl_ca alike on both");
        }
    }

    private static SnapshotSender start(SnapshotSender sender) {
        Thread thread = new Thread(sender::run, "wsrep4j-snapshot-giver-" + sender.settings.nodeName());
        thread.setDaemon(true);
        thread.start();
        return sender;
    }

    /**
     * Completes when the joiner's host has taken the whole snapshot, exceptionally with a {@link SnapshotException} otherwise; in both cases the
     * source is closed. The host then calls {@link io.wsrep4j.api.Provider#sstSent}.
     */
    public CompletableFuture<Void> end() {
        return end;
    }

    /** Stops, unless the joiner has taken everything already: {@link #end} fails with ECANCELED. Any thread; waits for nothing. Idempotent. */
    public void cancel(String why) {
        stop.raise(new SnapshotException(
                Errno.ECANCELED, "sending the snapshot to " + request.address() + " was stopped: " + why));
    }

    // ---- the transfer's thread

    private void run() {
        SnapshotException failure = null;
        stop.begin();
        try {
            connect();
            send();
        } catch (Exception | Error e) {
            failure = failure(e);
        }
        stop.end();
        closeSource();
        disconnect(failure);
        if (failure == null) {
            end.complete(null);
        } else {
            settings.log().error("{}", failure.getMessage());
            end.completeExceptionally(failure);
        }
    }

    /** A joiner that closes in the handshake may have too many strangers at its door: it is tried again, within the handshake's time. */
    private void connect() throws SnapshotException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ReceiverHandshake.SECONDS);
        while (!welcome) {
            try {
                connectOnce();
                welcome = true;
            } catch (SnapshotException e) {
                channel.close();
                if (e.errno() != Errno.ECONNRESET || System.nanoTime() > deadline) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            }
        }
    }

    private void connectOnce() throws SnapshotException, InterruptedException {
        CompletableFuture<Void> handshake = new CompletableFuture<>();
        byte[] nonce = Secret.nonce(new SecureRandom());
        ChannelFuture connecting = new Bootstrap()
                .group(threads.group())
                .channel(threads.channel())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, ON_THE_WAY)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connected) {
                        if (request.tls()) {
                            connected
                                    .pipeline()
                                    .addLast(settings.tls()
                                            .newHandler(connected.alloc(), request.host(), request.port()));
                        }
                        connected
                                .pipeline()
                                .addLast(new FrameDecoder(SenderHandshake.FIRST))
                                .addLast(new SenderHandshake(request.secret(), nonce, stream, handshake));
                    }
                })
                .connect(request.host(), request.port());
        channel = connecting.channel();
        if (!connecting.await().isSuccess()) {
            throw Failures.with("joiner at " + request.address(), connecting.cause());
        }
        try {
            handshake.get(ReceiverHandshake.SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw Failures.with("joiner at " + request.address(), e.getCause());
        } catch (TimeoutException e) {
            throw new SnapshotException(
                    Errno.ETIMEDOUT,
                    "snapshot transfer with joiner at " + request.address() + " failed: no handshake within "
                            + ReceiverHandshake.SECONDS + " s",
                    e);
        }
    }

    private void send() throws SnapshotException, IOException, InterruptedException {
        ProgressMeter meter = settings.meter(progress);
        try (OutgoingSnapshot outgoing =
                new OutgoingSnapshot(channel.alloc(), stream, meter, settings.compressionLevel())) {
            if (source == null) {
                outgoing.sendBypass(position);
            } else {
                outgoing.send(source, position);
            }
        }
        stream.awaitAccepted();
        settings.log().info("snapshot: sent {} to {}, position {}", meter.describe(), request.address(), position);
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
                        "this host could not give the snapshot to " + request.address() + ": "
                                + Failures.describe(cause),
                        cause);
    }

    /** The snapshot was taken or not: that its source cannot be closed does not change it. */
    private void closeSource() {
        if (source != null) {
            try {
                source.close();
            } catch (IOException | RuntimeException | Error e) {
                settings.log().error("the host could not close its snapshot: {}", Failures.describe(e));
            }
        }
    }

    private void disconnect(SnapshotException failure) {
        if (channel == null) {
            threads.end();
        } else if (welcome && failure != null && channel.isActive()) {
            threads.endAfter(channel, new SnapshotMessage.Failed(failure.getMessage()));
        } else {
            channel.close().addListener(closed -> threads.end());
        }
    }
}
