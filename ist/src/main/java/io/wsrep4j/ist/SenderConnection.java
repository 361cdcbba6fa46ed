package io.wsrep4j.ist;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Seqno;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Streams the source to one joiner as fast as the joiner takes it. Small events are gathered into blocks, large ones go out as slices of the
 * cache's memory. Owned by the sender's thread.
 */
final class SenderConnection extends ByteToMessageDecoder {

    private static final int BLOCK = 64 << 10;
    private static final int LARGE = 16 << 10;

    private final IstSender.Settings settings;
    private final IstWire wire;
    private final IstSource source;
    private final CompletableFuture<Void> end;
    private SenderSession session;
    private boolean streaming;
    private boolean allSent;
    private long lastSent = Seqno.UNDEFINED;
    private long count;
    private IstException failure;

    SenderConnection(IstSender.Settings settings, IstWire wire, IstSource source, CompletableFuture<Void> end) {
        this.settings = settings;
        this.wire = wire;
        this.source = source;
        this.end = end;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        session = new SenderSession(wire, message -> {
            ByteBuf out = context.alloc().buffer(64);
            wire.write(message, out);
            context.writeAndFlush(out);
        });
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        context.executor().schedule(() -> expireHandshake(context), IstReceiver.HANDSHAKE_SECONDS, TimeUnit.SECONDS);
        // Only a connection that came up is answered for here; a refused one is the connecting thread's.
        context.channel().closeFuture().addListener(closed -> finish());
        context.fireChannelActive();
    }

    private void expireHandshake(ChannelHandlerContext context) {
        if (!streaming && context.channel().isActive()) {
            fail(
                    context,
                    new IstException(
                            Errno.ETIMEDOUT,
                            "the joiner did not answer the handshake within " + IstReceiver.HANDSHAKE_SECONDS + " s"));
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (streaming) {
            settings.log().warn("IST: joiner {} sent {} unexpected byte(s)", settings.peer(), in.readableBytes());
            in.skipBytes(in.readableBytes());
            return;
        }
        try {
            streaming = session.received(in);
        } catch (IstException e) {
            fail(context, e);
            return;
        }
        if (streaming) {
            settings.log().info("async IST sender starting to serve {}", settings.peer());
            pump(context);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (streaming) {
            pump(context);
        }
        context.fireChannelWritabilityChanged();
    }

    private void pump(ChannelHandlerContext context) {
        ByteBuf block = null;
        try {
            while (!allSent && context.channel().isWritable()) {
                IstEvent event = source.next();
                if (block == null) {
                    block = context.alloc().ioBuffer(BLOCK);
                }
                block = event == null ? writeEnd(block) : writeEvent(context, block, event);
                if (block.readableBytes() >= BLOCK / 2 || allSent) {
                    context.writeAndFlush(block);
                    block = null;
                }
            }
        } catch (IstException e) {
            fail(context, e);
        }
        if (block != null) {
            context.writeAndFlush(block);
        }
    }

    private ByteBuf writeEnd(ByteBuf block) {
        wire.write(IstMessage.EOF, block);
        allSent = true;
        return block;
    }

    private ByteBuf writeEvent(ChannelHandlerContext context, ByteBuf block, IstEvent event) throws IstException {
        if (lastSent != Seqno.UNDEFINED && event.seqno() != lastSent + 1) {
            throw new IstException(
                    Errno.EIO,
                    "the cache gave seqno " + event.seqno() + " after " + lastSent + ": the range is not whole");
        }
        lastSent = event.seqno();
        count++;
        int length = event.bytes() == null ? 0 : event.bytes().remaining();
        wire.write(
                IstMessage.ordered(
                        type(event.kind()),
                        settings.preloads(event.seqno()),
                        length,
                        event.seqno(),
                        event.dependsSeqno()),
                block);
        if (length == 0 || droppedByOldVersions(event)) {
            return block;
        }
        if (length < LARGE) {
            block.writeBytes(event.bytes().duplicate());
            return block;
        }
        context.write(block);
        context.writeAndFlush(Unpooled.wrappedBuffer(event.bytes().duplicate()));
        return context.alloc().ioBuffer(BLOCK);
    }

    /** Below version 10 a configuration change is sent as a skipped seqno. */
    private boolean droppedByOldVersions(IstEvent event) {
        return event.kind() == IstEvent.Kind.CONFIGURATION_CHANGE
                && settings.protocolVersion() < IstWire.FIRST_CHECKSUMMED_VERSION;
    }

    private static IstMessageType type(IstEvent.Kind kind) {
        return switch (kind) {
            case WRITE_SET -> IstMessageType.WRITE_SET;
            case CONFIGURATION_CHANGE -> IstMessageType.CONFIGURATION_CHANGE;
            case SKIPPED -> IstMessageType.SKIP;
        };
    }

    private void fail(ChannelHandlerContext context, IstException error) {
        if (failure == null) {
            failure = error;
        }
        context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(context, new IstException(Errno.EIO, "IST connection failed: " + cause, cause));
    }

    /** Stops sending. Any thread. */
    void cancel(Channel channel) {
        channel.eventLoop().execute(() -> {
            if (failure == null && !allSent) {
                failure = new IstException(Errno.ECANCELED, "IST sender was stopped after seqno " + lastSent);
            }
            channel.close();
        });
    }

    /** The connection is closed and no write is under way any more: the cache's memory may go. */
    private void finish() {
        source.close();
        if (failure == null && !allSent) {
            failure = new IstException(
                    Errno.ECONNRESET,
                    "the joiner closed the connection after seqno "
                            + (lastSent == Seqno.UNDEFINED ? "none" : Long.toString(lastSent)));
        }
        if (failure == null) {
            settings.log().info("async IST sender served {}: {} events, the last {}", settings.peer(), count, lastSent);
            end.complete(null);
        } else {
            settings.log().error("async IST sender failed to serve {}: {}", settings.peer(), failure.getMessage());
            end.completeExceptionally(failure);
        }
    }
}
