package io.wsrep4j.gcomm.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.NetUtil;
import io.wsrep4j.api.AllowlistService;
import io.wsrep4j.gcomm.gmcast.NodeAddress;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import java.net.InetAddress;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Brings a fresh socket to where frames flow: asks the host whether the peer may connect, finds out about TLS, shakes TLS hands, and hands the
 * connection to GMCast. Runs on the event loop.
 */
final class ConnectionSetup {

    private static final LineKind TOO_MANY = LineKind.ofPeer("connections closed since too many were being set up");
    private static final LineKind REFUSED = LineKind.ofPeer("connections refused");
    private static final LineKind GIVEN_UP = LineKind.ofPeer("connections given up before their handshake");
    private static final LineKind ALLOWLIST = LineKind.ofPeer("failures of the allow list");

    /** Accepted sockets that are not with GMCast yet; more are closed at once, so that strangers cannot fill the memory. */
    static final int MAX_PREPARING = 128;

    private final TransportSettings settings;
    private final TlsMaterial tls;
    private final Links links;
    private final StackRunner runner;
    private final EventLoop loop;
    private final AllowlistService allowlist;
    private final ExecutorService allowlistThread;
    private final LimitedLog log;
    private int preparing;

    ConnectionSetup(
            TransportSettings settings,
            TlsMaterial tls,
            Links links,
            StackRunner runner,
            EventLoop loop,
            AllowlistService allowlist,
            String name,
            LimitedLog log) {
        this.settings = settings;
        this.tls = tls;
        this.links = links;
        this.runner = runner;
        this.loop = loop;
        this.allowlist = allowlist;
        this.log = log;
        // the host may take its time, for example to look into a table
        allowlistThread = allowlist == null
                ? null
                : Executors.newSingleThreadExecutor(task -> {
                    Thread thread = new Thread(task, "gcomm-" + name + "-allowlist");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    void close() {
        if (allowlistThread != null) {
            allowlistThread.shutdownNow();
        }
    }

    // ---- accepted

    void accept(SocketChannel channel) {
        links.track(channel);
        if (preparing >= MAX_PREPARING) {
            log.warn(
                    TOO_MANY,
                    peerOf(channel),
                    "closing connection from {}: more than {} connections are being set up",
                    peerOf(channel),
                    MAX_PREPARING);
            channel.close();
            return;
        }
        preparing++;
        Preparation preparation = new Preparation(channel);
        channel.closeFuture().addListener(closed -> preparation.end());
        if (allowlist == null) {
            secureAccepted(channel, preparation);
        } else {
            allowlistThread.execute(() -> askHost(channel, preparation));
        }
    }

    /** Counts a socket as being prepared, once. */
    private final class Preparation {
        private final SocketChannel channel;
        private boolean ended;
        private boolean closed;

        Preparation(SocketChannel channel) {
            this.channel = channel;
        }

        void end() {
            if (!ended) {
                ended = true;
                preparing--;
            }
        }

        void fail(String reason) {
            if (!closed) {
                log.warn(REFUSED, peerOf(channel), "closing connection from {}: {}", peerOf(channel), reason);
                close();
            }
        }

        /** Nothing is wrong with a peer that is slow, or gives up because this node is: it dials again. */
        void giveUp(String reason) {
            if (!closed) {
                log.info(GIVEN_UP, peerOf(channel), "closing connection from {}: {}", peerOf(channel), reason);
                close();
            }
        }

        void handshakeFailed(Throwable cause) {
            if (cause instanceof ClosedChannelException || cause instanceof SslHandshakeTimeoutException) {
                giveUp(reason(cause));
            } else {
                fail(reason(cause));
            }
        }

        private void close() {
            closed = true;
            channel.close();
        }
    }

    private void askHost(SocketChannel channel, Preparation preparation) {
        boolean allowed;
        try {
            allowed = allowlist.allows(AllowlistService.Kind.IP, peerOf(channel));
        } catch (RuntimeException e) {
            log.error(
                    ALLOWLIST,
                    null,
                    "the host's allow list failed for {}; the connection is refused: {}",
                    peerOf(channel),
                    e.toString());
            allowed = false;
        }
        boolean answer = allowed;
        loop.execute(() -> {
            if (answer) {
                secureAccepted(channel, preparation);
            } else {
                preparation.fail("the host's allow list refuses it");
            }
        });
    }

    private void secureAccepted(SocketChannel channel, Preparation preparation) {
        // also for what follows TLS: a peer that never finishes is closed
        var late = loop.schedule(
                () -> preparation.giveUp("it did not get to speak within gmcast.peer_timeout"),
                settings.gmcast().peerTimeoutNanos()
                        + TimeUnit.SECONDS.toNanos(settings.sockets().dynamic() ? 2 : 0),
                TimeUnit.NANOSECONDS);
        channel.closeFuture().addListener(closed -> late.cancel(false));
        Runnable ready = () -> {
            late.cancel(false);
            preparation.end();
            handOverAccepted(channel);
        };
        if (settings.sockets().dynamic()) {
            DynamicTls.accept(
                    channel,
                    tls.isPresent(),
                    ready,
                    () -> shake(channel, newServer(channel), ready, preparation::handshakeFailed));
        } else if (tls.isPresent()) {
            shake(channel, newServer(channel), ready, preparation::handshakeFailed);
        } else {
            ready.run();
        }
    }

    private SslHandler newServer(SocketChannel channel) {
        return tls.newServer(channel.alloc());
    }

    private void handOverAccepted(SocketChannel channel) {
        InetAddress peer =
                channel.remoteAddress() == null ? null : channel.remoteAddress().getAddress();
        runner.enter();
        try {
            if (peer == null || runner.stack() == null) {
                channel.close();
                return;
            }
            runner.run(stack -> {
                long id = stack.gmcast().newConnection();
                Link link = links.accepted(id, channel);
                install(channel, link);
                stack.gmcast().onAccepted(id, peer, runner.now());
            });
        } finally {
            runner.leave();
        }
        channel.config().setAutoRead(true);
    }

    // ---- dialled

    void connected(Link link, SocketChannel channel, NodeAddress address) {
        Runnable ready = () -> handOverDialled(channel, link);
        if (address.scheme().equals("ssl")) {
            if (!tls.isPresent()) {
                links.lost(link, "the address wants TLS, and no socket.ssl_key and socket.ssl_cert are set");
                return;
            }
            watch(channel, link);
            shake(channel, tls.newClient(channel.alloc()), ready, cause -> links.lost(link, reason(cause)));
        } else if (settings.sockets().dynamic() && tls.isPresent()) {
            watch(channel, link);
            DynamicTls.connect(channel, ready, tls.newClient(channel.alloc()), reason -> links.lost(link, reason));
        } else {
            watch(channel, link);
            ready.run();
        }
    }

    private void handOverDialled(SocketChannel channel, Link link) {
        runner.enter();
        try {
            channel.pipeline()
                    .addBefore(WATCH, FRAMES, new FrameReader(settings.sockets().checksum(), sink(link)));
            if (links.isWanted(link)) {
                runner.run(stack -> stack.gmcast().onConnected(link.id, runner.now()));
            }
        } finally {
            runner.leave();
        }
        channel.config().setAutoRead(true);
    }

    // ---- both

    private static final String FRAMES = "frames";
    private static final String WATCH = "watch";

    private interface Failure {
        void because(Throwable cause);
    }

    private static String reason(Throwable cause) {
        return "TLS handshake failed: " + DynamicTls.describe(cause);
    }

    private void shake(SocketChannel channel, SslHandler handler, Runnable ready, Failure failure) {
        handler.setHandshakeTimeout(settings.gmcast().peerTimeoutNanos(), TimeUnit.NANOSECONDS);
        channel.pipeline().addFirst(handler);
        handler.handshakeFuture().addListener(done -> {
            if (done.isSuccess()) {
                ready.run();
            } else {
                failure.because(done.cause());
            }
        });
        channel.config().setAutoRead(true);
    }

    private void install(SocketChannel channel, Link link) {
        watch(channel, link);
        channel.pipeline()
                .addBefore(WATCH, FRAMES, new FrameReader(settings.sockets().checksum(), sink(link)));
    }

    private void watch(SocketChannel channel, Link link) {
        channel.pipeline().addLast(WATCH, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelInactive(ChannelHandlerContext context) {
                links.lost(link, "the peer closed the connection");
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                links.lost(link, DynamicTls.describe(cause));
            }
        });
    }

    private FrameReader.Sink sink(Link link) {
        return new FrameReader.Sink() {
            @Override
            public void enter() {
                runner.enter();
            }

            @Override
            public boolean onPayload(io.netty.buffer.ByteBuf payload) {
                if (!links.isWanted(link)) {
                    return false;
                }
                runner.onFrame(link.id, payload);
                return true;
            }

            @Override
            public void onMalformed(io.wsrep4j.gcomm.frame.MalformedFrameException e) {
                links.lost(link, e.getMessage());
            }

            @Override
            public void leave() {
                runner.leave();
            }
        };
    }

    private static String peerOf(Channel channel) {
        return channel.remoteAddress() instanceof java.net.InetSocketAddress peer
                ? NetUtil.toAddressString(peer.getAddress())
                : "a peer that is gone";
    }
}
