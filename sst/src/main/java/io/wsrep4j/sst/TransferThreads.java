package io.wsrep4j.sst;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/** One transfer's own thread for its sockets: epoll where its library can be loaded, the JDK's selector elsewhere. Thread-safe. */
final class TransferThreads {

    /** How long a connection stays to let the peer read the last word, which a close at once could destroy. */
    private static final long LAST_WORD_MILLIS = 2000;

    private final boolean epoll = Epoll.isAvailable();
    private final EventLoopGroup group;

    TransferThreads(String name) {
        group = new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory(name, true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    EventLoopGroup group() {
        return group;
    }

    Class<? extends ServerChannel> serverChannel() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    Class<? extends SocketChannel> channel() {
        return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /** Sends the last word and ends the threads once the peer has closed, or soon. */
    void endAfter(Channel channel, SnapshotMessage lastWord) {
        ByteBuf frame = SnapshotWire.encode(channel.alloc(), lastWord);
        channel.config().setAutoRead(true);
        channel.writeAndFlush(frame);
        channel.eventLoop().schedule(() -> channel.close(), LAST_WORD_MILLIS, TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> end());
    }

    /** Ends the threads, with whatever is still connected. */
    void end() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
