package io.wsrep4j.gcomm.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;

/** Waits until a peer says something: one that never does costs a socket, and no TLS engine. */
final class FirstBytes extends ChannelInboundHandlerAdapter {

    private final SocketChannel channel;
    private final Runnable secure;

    private FirstBytes(SocketChannel channel, Runnable secure) {
        this.channel = channel;
        this.secure = secure;
    }

    /** @param secure goes on with TLS: puts its handler first in the pipeline */
    static void await(SocketChannel channel, Runnable secure) {
        channel.pipeline().addFirst(new FirstBytes(channel, secure));
        channel.config().setAutoRead(true);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        // the handler goes first: it gets the ClientHello from the head
        channel.pipeline().remove(this);
        secure.run();
        channel.pipeline().fireChannelRead(message);
        channel.pipeline().fireChannelReadComplete();
    }
}
