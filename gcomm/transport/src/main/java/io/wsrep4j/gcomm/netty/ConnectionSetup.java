package io.wsrep4j.gcomm.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.wsrep4j.api.AllowlistService;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.gcomm.transport.ProtocolStack;
import java.net.InetAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Brings a fresh socket to where frames flow: asks the host whether the peer may connect, finds out about TLS, shakes TLS hands, and hands the
 * connection to the stack. Runs on the event loop.
 */
final class ConnectionSetup {

    private static final LineKind ALLOWLIST = LineKind.ofPeer("failures of the allow list");

    private final TransportSettings settings;
    private final TlsMaterial tls;
    private final Links links;
    private final StackRunner runner;
    private final EventLoop loop;
    private final AllowlistService allowlist;
    private final ExecutorService allowlistThread;
    private final LimitedLog log;
    private final Reception reception;

    ConnectionSetup(
            TransportSettings settings,
            TlsMaterial tls,
            Links links,
            StackRunner runner,
            EventLoop loop,
            AllowlistService allowlist,
            Runnable overrun,
            String name,
            LimitedLog log) {
        this.settings = settings;
        this.tls = tls;
        this.links = links;
        this.runner = runner;
        this.loop = loop;
        this.allowlist = allowlist;
        this.log = log;
        this.reception = new Reception(this::knowsHost, runner::now, overrun, log);
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
        Reception.Guest guest = reception.admit(channel);
        if (!guest.isOpen()) {
            return;
        }
        if (allowlist == null) {
            secureAccepted(channel, guest);
        } else {
            allowlistThread.execute(() -> askHost(channel, guest));
        }
    }

    private boolean knowsHost(String host) {
        runner.enter();
        try {
            ProtocolStack stack = runner.stack();
            return stack != null && stack.lowest().knowsHost(host);
        } finally {
            runner.leaveQuietly();
        }
    }

    private void askHost(SocketChannel channel, Reception.Guest guest) {
        if (!channel.isOpen()) {
            return;
        }
        String host = Reception.hostOf(channel);
        boolean allowed;
        try {
            allowed = allowlist.allows(AllowlistService.Kind.IP, host);
        } catch (RuntimeException e) {
            log.error(
                    ALLOWLIST,
                    null,
                    "the host's allow list failed for {}; the connection is refused: {}",
                    host,
                    e.toString());
            allowed = false;
        }
        boolean answer = allowed;
        runner.execute(() -> {
            if (answer && guest.isOpen()) {
                secureAccepted(channel, guest);
            } else {
                guest.fail("the host's allow list refuses it");
            }
        });
    }

    private void secureAccepted(SocketChannel channel, Reception.Guest guest) {
        // also for what follows TLS: a peer that never finishes is closed
        var late = loop.schedule(
                () -> guest.giveUp(
                        "it did not get to speak within " + settings.names().peerTimeout()),
                settings.peerTimeoutNanos()
                        + TimeUnit.SECONDS.toNanos(settings.sockets().dynamic() ? 2 : 0),
                TimeUnit.NANOSECONDS);
        channel.closeFuture().addListener(closed -> late.cancel(false));
        Runnable ready = () -> {
            late.cancel(false);
            if (!guest.isOpen()) {
                return;
            }
            guest.leave();
            handOverAccepted(channel);
        };
        Runnable secure = () -> {
            GuardedTls handler = tls.newServer(channel.alloc());
            guest.speaks(handler::received);
            shake(channel, handler, ready, guest::handshakeFailed);
        };
        if (settings.sockets().dynamic()) {
            DynamicTls.accept(channel, tls.isPresent(), ready, secure);
        } else if (tls.isPresent()) {
            FirstBytes.await(channel, secure);
        } else {
            ready.run();
        }
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
                long id = stack.lowest().newConnection();
                Link link = links.accepted(id, channel);
                install(channel, link);
                stack.lowest().onAccepted(id, peer, runner.now());
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
                runner.run(stack -> stack.lowest().onConnected(link.id, runner.now()));
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

    static String reason(Throwable cause) {
        return "TLS handshake failed: " + DynamicTls.describe(cause);
    }

    private void shake(SocketChannel channel, SslHandler handler, Runnable ready, Failure failure) {
        handler.setHandshakeTimeout(settings.peerTimeoutNanos(), TimeUnit.NANOSECONDS);
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
}
