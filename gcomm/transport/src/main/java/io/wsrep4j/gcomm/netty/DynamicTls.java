package io.wsrep4j.gcomm.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/** socket.dynamic: the two ends of a connection find out by waiting whether both speak TLS (docs/spec/gcomm-transport-pc.md 4.1). */
final class DynamicTls {

    static final long CLIENT_WAIT_MILLIS = 500;
    static final long SERVER_WAIT_MILLIS = 750;

    private DynamicTls() {}

    /**
     * The acceptor waits for a ClientHello.
     *
     * @param hasTls without TLS material a ClientHello is thrown away, and the client finds out
     * @param plain goes on without TLS
     * @param secure goes on with TLS: puts its handler first in the pipeline
     */
    static void accept(SocketChannel channel, boolean hasTls, Runnable plain, Runnable secure) {
        channel.pipeline().addLast(new Acceptor(channel, hasTls, plain, secure));
        channel.config().setAutoRead(true);
    }

    private static final class Acceptor extends ChannelInboundHandlerAdapter {
        private final SocketChannel channel;
        private final boolean hasTls;
        private final Runnable plain;
        private final Runnable secure;
        private ScheduledFuture<?> wait;
        private boolean discarded;

        Acceptor(SocketChannel channel, boolean hasTls, Runnable plain, Runnable secure) {
            this.channel = channel;
            this.hasTls = hasTls;
            this.plain = plain;
            this.secure = secure;
            arm();
        }

        private void arm() {
            wait = channel.eventLoop().schedule(this::nothingCame, SERVER_WAIT_MILLIS, TimeUnit.MILLISECONDS);
        }

        private void nothingCame() {
            if (channel.isOpen()) {
                channel.pipeline().remove(this);
                plain.run();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (hasTls) {
                wait.cancel(false);
                // the handler goes first: it gets the ClientHello from the head
                channel.pipeline().remove(this);
                secure.run();
                channel.pipeline().fireChannelRead(message);
                channel.pipeline().fireChannelReadComplete();
            } else {
                ReferenceCountUtil.release(message);
                if (!discarded) {
                    discarded = true;
                    wait.cancel(false);
                    arm();
                }
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            wait.cancel(false);
            context.fireChannelInactive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /**
     * The connector, which has TLS material: a peer that speaks first speaks plainly; to the others a ClientHello is sent.
     *
     * @param ready goes on, with TLS or without, as found out
     * @param tls the client's handler, unused if the peer speaks plainly
     * @param failure told why TLS failed
     */
    static void connect(SocketChannel channel, Runnable ready, SslHandler tls, Consumer<String> failure) {
        channel.pipeline().addFirst(new Connector(channel, ready, tls, failure));
        channel.config().setAutoRead(true);
    }

    private static final class Connector extends ChannelInboundHandlerAdapter {
        private static final int FIRST_TLS_CONTENT_TYPE = 20;
        private static final int LAST_TLS_CONTENT_TYPE = 24;

        private final SocketChannel channel;
        private final Runnable ready;
        private final SslHandler tls;
        private final ScheduledFuture<?> wait;
        private boolean helloSent;
        private boolean plain;

        Connector(SocketChannel channel, Runnable ready, SslHandler tls, Consumer<String> failure) {
            this.channel = channel;
            this.ready = ready;
            this.tls = tls;
            wait = channel.eventLoop().schedule(this::sendHello, CLIENT_WAIT_MILLIS, TimeUnit.MILLISECONDS);
            tls.handshakeFuture().addListener(done -> {
                if (done.isSuccess()) {
                    ready.run();
                } else if (!plain) {
                    failure.accept("TLS handshake failed: " + describe(done.cause()));
                }
            });
        }

        private void sendHello() {
            if (channel.isOpen()) {
                helloSent = true;
                channel.pipeline().addAfter(channel.pipeline().context(this).name(), "tls", tls);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            wait.cancel(false);
            // the reference tells a plain answer by its being late; the first byte tells it for sure: the length of a
            // HANDSHAKE is no type of TLS record
            int first = ((ByteBuf) message).getUnsignedByte(((ByteBuf) message).readerIndex());
            boolean isTls = helloSent && first >= FIRST_TLS_CONTENT_TYPE && first <= LAST_TLS_CONTENT_TYPE;
            if (!isTls) {
                plain = true;
                if (helloSent) {
                    channel.pipeline().remove(tls);
                }
                ready.run();
            }
            context.fireChannelRead(message);
            channel.pipeline().remove(this);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            wait.cancel(false);
            context.fireChannelInactive();
        }
    }

    /** The innermost reason that says something. */
    static String describe(Throwable cause) {
        Throwable inner = cause;
        while (inner.getCause() != null
                && inner.getCause() != inner
                && (inner.getMessage() == null
                        || inner instanceof SSLException
                        || inner.getCause() instanceof SSLException)) {
            inner = inner.getCause();
        }
        return inner.getMessage() == null ? inner.toString() : inner.getMessage();
    }
}
