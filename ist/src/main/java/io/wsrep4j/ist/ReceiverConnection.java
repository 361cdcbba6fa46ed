package io.wsrep4j.ist;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.wsrep4j.api.Errno;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Feeds one connection's bytes to a {@link ReceiverSession}. Owned by the receiver's thread. */
final class ReceiverConnection extends ByteToMessageDecoder {

    private final IstReceiver receiver;
    private final IstReceiver.Settings settings;
    private final IstSink sink;
    private final IstWire wire;
    private ChannelHandlerContext context;
    private ReceiverSession session;
    private boolean reported;
    private boolean paused;

    ReceiverConnection(IstReceiver receiver, IstReceiver.Settings settings, IstSink sink) {
        this.receiver = receiver;
        this.settings = settings;
        this.sink = sink;
        wire = IstWire.ofVersion(settings.protocolVersion());
        setCumulator(MERGE_CUMULATOR);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        if (added.channel().isActive()) {
            begin();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        begin();
        active.fireChannelActive();
    }

    private void begin() {
        if (session != null) {
            return;
        }
        session = new ReceiverSession(wire, settings.need(), sink, this::send);
        context.executor().schedule(this::expireHandshake, IstReceiver.HANDSHAKE_SECONDS, TimeUnit.SECONDS);
    }

    private void expireHandshake() {
        if (!session.isEstablished() && context.channel().isActive()) {
            receiver.dropped(this, "it did not answer the handshake within " + IstReceiver.HANDSHAKE_SECONDS + " s");
            close();
        }
    }

    private void send(IstMessage message) {
        ByteBuf out = context.alloc().buffer(64);
        wire.write(message, out);
        context.writeAndFlush(out);
    }

    /** Says where applying starts, and reads on. */
    void start(long first, long end) {
        session.ready(first, end);
        if (paused) {
            paused = false;
            context.channel().config().setAutoRead(true);
            decodeWhatHasArrived();
        }
    }

    /** The decoder reads on when it could make nothing of what came, whatever auto-read says: while paused, the donor is to wait instead. */
    @Override
    public void channelReadComplete(ChannelHandlerContext complete) throws Exception {
        if (paused) {
            complete.fireChannelReadComplete();
        } else {
            super.channelReadComplete(complete);
        }
    }

    /** What came together with the handshake's answer waits in the decoder; an empty read makes it look again. */
    private void decodeWhatHasArrived() {
        try {
            channelRead(context, Unpooled.EMPTY_BUFFER);
        } catch (Exception e) {
            exceptionCaught(context, e);
        }
    }

    long lastReceived() {
        return session.lastReceived();
    }

    void close() {
        reported = true;
        context.close();
    }

    @Override
    protected void decode(ChannelHandlerContext ignored, ByteBuf in, List<Object> out) {
        if (session.hasEnded()) {
            in.skipBytes(in.readableBytes());
            return;
        }
        boolean wasEstablished = session.isEstablished();
        try {
            session.received(in);
        } catch (IstException e) {
            fail(e);
            return;
        } finally {
            receiver.progressed(this);
        }
        if (!wasEstablished && session.isEstablished()) {
            onEstablished();
        } else if (session.hasEnded()) {
            reported = true;
            receiver.finish(null);
        }
    }

    private void onEstablished() {
        if (!receiver.establish(this)) {
            reported = true;
            context.close();
        } else if (session.isWaitingForStart()) {
            paused = true;
            context.channel().config().setAutoRead(false);
        }
    }

    /** A failure of the donor's stream ends the transfer; one before the handshake is only a stray connection. */
    private void fail(IstException error) {
        if (reported) {
            return;
        }
        reported = true;
        if (receiver.isEstablished(this)) {
            receiver.finish(new IstException(error.errno(), error.getMessage() + " (donor " + peer() + ")", error));
        } else {
            receiver.dropped(this, error.getMessage());
            context.close();
        }
    }

    Object peer() {
        return context.channel().remoteAddress();
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) throws Exception {
        super.channelInactive(inactive);
        if (session != null && !session.hasEnded()) {
            fail(session.closedEarly());
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext removed) {
        if (session != null) {
            session.dispose();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ignored, Throwable cause) {
        fail(new IstException(Errno.EIO, "IST connection failed: " + cause, cause));
    }
}
