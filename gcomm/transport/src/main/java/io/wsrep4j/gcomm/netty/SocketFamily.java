package io.wsrep4j.gcomm.netty;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.Inet4Address;
import java.net.InetAddress;

/** Which of Netty's socket implementations is used: epoll where its library can be loaded, the JDK's selector elsewhere. */
enum SocketFamily {
    EPOLL,
    NIO;

    private static final String MACHINE_ID = "io.netty.machineId";

    static {
        // Netty names its channels by a hardware address, looks through all interfaces for one and warns where there is
        // none, as in a container
        // with nothing but lo. Nobody reads these names
        if (System.getProperty(MACHINE_ID) == null) {
            System.setProperty(MACHINE_ID, "02:00:00:ff:fe:00:00:01");
        }
    }

    static SocketFamily best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    IoHandlerFactory ioHandlerFactory() {
        return this == EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    Class<? extends ServerChannel> serverChannel() {
        return this == EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    Class<? extends SocketChannel> channel() {
        return this == EPOLL ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    DatagramChannel newDatagramChannel(InetAddress group) {
        SocketProtocolFamily family =
                group instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
        return this == EPOLL ? new EpollDatagramChannel(family) : new NioDatagramChannel(family);
    }
}
