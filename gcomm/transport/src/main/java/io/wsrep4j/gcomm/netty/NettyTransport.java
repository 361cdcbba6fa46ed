package io.wsrep4j.gcomm.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.wsrep4j.api.AllowlistService;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.gcomm.transport.ProtocolStack;
import io.wsrep4j.gcomm.transport.TransportEffects;
import io.wsrep4j.gcomm.transport.TransportException;
import io.wsrep4j.options.OptionCatalog;
import io.wsrep4j.options.OptionValues;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel's sockets, its event loop thread, its clock and its one lock. Thread-safe.
 *
 * <p>Life: constructed; {@link #bind}; the owner builds the {@link ProtocolStack} on {@link #effects()}; {@link #start}; {@link #close}. The
 * stack runs under the lock: on the event loop thread when something arrives or a deadline passes, or on any thread between {@link #enter} and
 * {@link #leave}.
 */
public final class NettyTransport implements AutoCloseable {

    /** How long a closing connection may take to get rid of what was queued. */
    private static final long CLOSE_SECONDS = 5;

    private static final OptionCatalog SOCKETS = OptionCatalog.of(TransportOptions.LIST);

    private static final long ACCEPT_PAUSE_MILLIS = 25;

    private final TransportSettings settings;
    private final String name;
    private final Logger log;
    private final LimitedLog limitedLog;
    private final SocketFamily family;
    private final EventLoopGroup group;
    private final EventLoop loop;
    private final StackRunner runner;
    private final Links links;
    private final ConnectionSetup setup;
    private final TlsMaterial tls;
    private final long origin = System.nanoTime();

    private volatile Channel server;
    private NodeAddress bound;
    private volatile Multicast multicast;
    private boolean closed;

    /**
     * Reads the TLS files; opens no socket.
     *
     * @param name of this node, for the names of threads and loggers
     * @param allowlist who may connect, or null for everybody
     * @throws TransportException if the TLS material cannot be used
     */
    public NettyTransport(TransportSettings settings, String name, AllowlistService allowlist)
            throws TransportException {
        this(settings, name, allowlist, SocketFamily.best());
    }

    NettyTransport(TransportSettings settings, String name, AllowlistService allowlist, SocketFamily family)
            throws TransportException {
        this.settings = settings;
        this.name = name;
        this.family = family;
        this.log = LoggerFactory.getLogger("io.wsrep4j.gcomm." + name);
        this.limitedLog = new LimitedLog(log, this::nanoTime);
        settings.warnings().forEach(log::warn);
        tls = TlsMaterial.load(settings.sockets().tls());
        DefaultThreadFactory threads = new DefaultThreadFactory("gcomm-" + name, true);
        group = new MultiThreadIoEventLoopGroup(1, threads, family.ioHandlerFactory());
        loop = group.next();
        runner = new StackRunner(loop, this::nanoTime, log);
        links = new Links(runner, settings.sockets().checksum(), this::dial, CLOSE_SECONDS, log);
        setup = new ConnectionSetup(
                settings, tls, links, runner, loop, allowlist, this::pauseAccepting, name, limitedLog);
    }

    /**
     * Binds the listening socket; accepts nobody before {@link #start}.
     *
     * @return the address that was bound, with its port
     * @throws TransportException if it cannot be bound
     */
    public NodeAddress bind() throws TransportException {
        NodeAddress wanted = settings.listenAddress();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group, group)
                .channel(family.serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        setup.accept(channel);
                    }
                });
        int receive = settings.sockets().receiveBufferSize();
        if (receive > 0) {
            bootstrap.option(ChannelOption.SO_RCVBUF, receive);
        }
        int send = settings.sockets().sendBufferSize();
        if (send > 0) {
            bootstrap.childOption(ChannelOption.SO_SNDBUF, send);
        }
        try {
            ChannelFuture future = bootstrap
                    .bind(new InetSocketAddress(wanted.numericHost(), wanted.port()))
                    .awaitUninterruptibly();
            if (!future.isSuccess()) {
                throw new TransportException(
                        "cannot listen at " + wanted + ": " + future.cause().getMessage()
                                + "; check " + settings.names().listenAddress()
                                + " and whether another process uses the port",
                        future.cause());
            }
            server = future.channel();
            // behind Netty's own, which stops accepting for a second: without descriptors there would be no end of it
            server.pipeline().addLast(new AcceptFailures(limitedLog));
        } catch (UnknownHostException e) {
            throw new TransportException("cannot listen at " + wanted + ": its host is unknown", e);
        }
        bound = wanted.withPort(((InetSocketAddress) server.localAddress()).getPort());
        log.info("listening at {} ({})", bound, family);
        return bound;
    }

    /** The log of this node's group communication, for lines that peers can cause; its clock is {@link #nanoTime}. */
    public LimitedLog log() {
        return limitedLog;
    }

    /** Where the stack's effects go. */
    public TransportEffects effects() {
        return links;
    }

    /**
     * Begins to accept and to feed the stack.
     *
     * @throws TransportException if the multicast group cannot be joined
     */
    public void start(ProtocolStack stack) throws TransportException {
        enter();
        try {
            runner.start(stack);
            if (settings.multicast().isPresent()) {
                multicast =
                        new Multicast(settings.multicast().get(), settings, bound, runner, family, loop, limitedLog);
                multicast.open(stack.lowest().nodeId());
                links.useMulticast(multicast);
            }
        } finally {
            leave();
        }
        server.config().setAutoRead(true);
    }

    /** Strangers come faster than any connection can be finished: the rest waits in the system's queue. Event loop. */
    private void pauseAccepting() {
        Channel listening = server;
        if (listening != null && listening.config().isAutoRead()) {
            listening.config().setAutoRead(false);
            loop.schedule(
                    () -> {
                        if (listening.isOpen()) {
                            listening.config().setAutoRead(true);
                        }
                    },
                    ACCEPT_PAUSE_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    /** Takes the lock, for a call into the stack; always followed by {@link #leave} in a finally block. May be nested. */
    public void enter() {
        runner.enter();
    }

    /** Gives the lock back; the outermost one hands what was sent to the sockets and asks for the next deadline. */
    public void leave() {
        runner.leave();
    }

    /** The time that the stack runs on, in nanoseconds; never negative, never going back. */
    public long nanoTime() {
        return System.nanoTime() - origin;
    }

    /** The allocator that messages are best built with. */
    public PooledByteBufAllocator allocator() {
        return PooledByteBufAllocator.DEFAULT;
    }

    /**
     * Sets an option at run time: socket.ssl_reload or socket.recv_buf_size.
     *
     * @return false if the name is another one
     * @throws IllegalArgumentException if the value is refused, or the TLS files cannot be used; the old ones stay in use then
     */
    public boolean setOption(String option, String value) {
        switch (option) {
            case "socket.ssl_reload" -> {
                try {
                    tls.reload();
                } catch (TransportException e) {
                    throw new IllegalArgumentException(
                            "option socket.ssl_reload: " + e.getMessage() + "; the former TLS material stays in use",
                            e);
                }
                log.info("TLS material was read again; new connections use it");
            }
            case TransportOptions.RECEIVE_BUFFER -> {
                int size = SocketSettings.bufferSize(OptionValues.of(SOCKETS, Map.of(option, value)), option);
                if (size > 0) {
                    links.forEachChannel(channel -> channel.config().setOption(ChannelOption.SO_RCVBUF, size));
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** How many nodes receive our multicast; 0 without multicast. */
    public int multicastPeers() {
        return multicast == null ? 0 : multicast.peers();
    }

    /** How many messages went by multicast since the start. */
    public long multicasts() {
        return multicast == null ? 0 : multicast.sent();
    }

    /** For tests: the multicast socket goes deaf and dumb. */
    void cutMulticast() {
        multicast.cut();
    }

    private void dial(Link link, NodeAddress address) {
        Bootstrap bootstrap = new Bootstrap()
                .group(group)
                .channel(family.channel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        // the stack gives up first and says why
                        (int) Math.min(
                                Integer.MAX_VALUE,
                                2 * TimeUnit.NANOSECONDS.toMillis(settings.peerTimeoutNanos()) + 1000))
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        links.dialling(link, channel);
                    }
                });
        int receive = settings.sockets().receiveBufferSize();
        if (receive > 0) {
            bootstrap.option(ChannelOption.SO_RCVBUF, receive);
        }
        int send = settings.sockets().sendBufferSize();
        if (send > 0) {
            bootstrap.option(ChannelOption.SO_SNDBUF, send);
        }
        // always from the loop, later: the stack must not be called back from inside its own call
        loop.execute(() -> connect(bootstrap, link, address));
    }

    private void connect(Bootstrap bootstrap, Link link, NodeAddress address) {
        try {
            InetSocketAddress remote = new InetSocketAddress(address.numericHost(), address.port());
            if (!bound.isWildcard()
                    && bound.numericHost().getClass() == remote.getAddress().getClass()) {
                bootstrap.localAddress(new InetSocketAddress(bound.numericHost(), 0));
            }
            bootstrap.connect(remote).addListener((ChannelFuture future) -> {
                if (future.isSuccess()) {
                    setup.connected(link, (SocketChannel) future.channel(), address);
                } else {
                    links.lost(link, "cannot connect: " + future.cause().getMessage());
                }
            });
        } catch (UnknownHostException e) {
            links.lost(link, "cannot connect: unknown host " + address.host());
        }
    }

    /**
     * Closes all sockets, what was sent before going out first if it can in 5 seconds, and ends the event loop. Does nothing the second time. Not
     * from the event loop.
     */
    @Override
    public void close() {
        enter();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            leave();
        }
        if (server != null) {
            server.close().awaitUninterruptibly();
        }
        if (multicast != null) {
            multicast.close();
        }
        links.closeAll("this node leaves");
        if (!links.awaitClosed(CLOSE_SECONDS)) {
            log.warn("some connections did not take all that was sent within {} s", CLOSE_SECONDS);
        }
        setup.close();
        runner.stop();
        group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
        links.releaseAll();
        limitedLog.close();
        log.info("transport of {} is closed", name);
    }
}
