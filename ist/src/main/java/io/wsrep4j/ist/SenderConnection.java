package io.wsrep4j.ist;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Seqno;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Streams the source to one joiner as fast as the joiner takes it (docs/spec/replicator-state-transfer.md 21.2 and 31.15). Small events are gathered
 * into blocks, large ones go out as slices of the cache's memory. Owned by the sender's thread.
 */
final class SenderConnection extends ByteToMessageDecoder {

    private static final int BLOCK = 64 << 10;
    private static final int LARGE = 16 << 10;
    /** What a joiner must take within the time that a silent one has: who takes a byte a second is as bad. */
    private static final int LEAST_TAKEN = 64 << 10;

    private final IstSender.Settings settings;
    private final IstWire wire;
    private final IstSource source;
    private final CompletableFuture<Void> end;
    private final CompletableFuture<Void> handshake = new CompletableFuture<>();
    private SenderSession session;
    private boolean streaming;
    private boolean allSent;
    private boolean sourceClosed;
    private boolean watched;
    private long lastSent = Seqno.UNDEFINED;
    private long count;
    private long taken;
    private long takenAtLastLook;
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
        // Only a connection that came up is answered for here; a refused one is the connecting thread's.
        context.channel().closeFuture().addListener(closed -> finish());
        context.fireChannelActive();
    }

    /**
     * Waits until the joiner waits for the stream, which then begins. Any thread.
     *
     * @return null if so; otherwise what went wrong, with ECONNRESET if the joiner closed the connection
     */
    IstException awaitHandshake(long nanos) {
        try {
            return handshake.handle((done, error) -> (IstException) error).get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return new IstException(
                    Errno.ETIMEDOUT, "the joiner at " + settings.peer() + " did not answer the handshake", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("what is always handled has failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new IstException(Errno.ECANCELED, "interrupted in the handshake with " + settings.peer(), e);
        }
    }

    /** Event loop. */
    void watch(Channel channel) {
        if (!watched && channel.isOpen()) {
            watched = true;
            takenAtLastLook = taken;
            long nanos = settings.patience().toNanos();
            ScheduledFuture<?> looking =
                    channel.eventLoop().scheduleWithFixedDelay(() -> look(channel), nanos, nanos, TimeUnit.NANOSECONDS);
            channel.closeFuture().addListener(closed -> looking.cancel(false));
        }
    }

    private void look(Channel channel) {
        if (taken - takenAtLastLook >= LEAST_TAKEN) {
            takenAtLastLook = taken;
            return;
        }
        if (failure == null) {
            failure = new IstException(
                    Errno.ETIMEDOUT,
                    allSent
                            ? "the joiner did not close within " + settings.patience() + " after the end"
                            : "the joiner took less than " + LEAST_TAKEN + " bytes in " + settings.patience());
        }
        channel.close();
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
            handshake.complete(null);
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
                    send(context, block);
                    block = null;
                }
            }
        } catch (IstException e) {
            fail(context, e);
        }
        if (block != null) {
            send(context, block);
        }
    }

    private void send(ChannelHandlerContext context, ByteBuf bytes) {
        int length = bytes.readableBytes();
        boolean last = allSent;
        context.writeAndFlush(bytes).addListener(written -> {
            if (written.isSuccess()) {
                taken += length;
                if (last) {
                    closeSource();
                }
            }
        });
    }

    /** However long the joiner takes to read what the system holds for it: the cache's memory is not needed for that. */
    private void closeSource() {
        if (!sourceClosed) {
            sourceClosed = true;
            source.close();
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
        send(context, Unpooled.wrappedBuffer(event.bytes().duplicate()));
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
        boolean cutOff = !streaming && cause instanceof IOException && !(cause instanceof SSLException);
        fail(
                context,
                new IstException(cutOff ? Errno.ECONNRESET : Errno.EIO, "IST connection failed: " + cause, cause));
    }

    /** Stops sending. Event loop. */
    void cancel(Channel channel) {
        if (failure == null && !allSent) {
            failure = new IstException(Errno.ECANCELED, "IST sender was stopped after seqno " + lastSent);
        }
        channel.close();
    }

    /** The connection is closed and no write is under way any more: the cache's memory may go. */
    private void finish() {
        if (!streaming) {
            handshake.completeExceptionally(
                    failure != null
                            ? failure
                            : new IstException(
                                    Errno.ECONNRESET,
                                    "the joiner at " + settings.peer() + " closed the connection in the handshake"));
            return;
        }
        closeSource();
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
