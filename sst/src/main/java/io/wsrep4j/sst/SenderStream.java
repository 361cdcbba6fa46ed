package io.wsrep4j.sst;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.wsrep4j.api.Errno;

/**
 * The donor's side of the joiner's connection: takes frames from the transfer's thread while the connection has room, and tells that thread what the
 * joiner says. Guarded by its own lock.
 */
final class SenderStream extends SimpleChannelInboundHandler<SnapshotMessage> implements OutgoingSnapshot.Output {

    private final SnapshotSettings settings;
    private final SnapshotRequest request;
    private final StopSignal stop;
    private Channel channel;
    private boolean allSent;
    private boolean accepted;

    SenderStream(SnapshotSettings settings, SnapshotRequest request, StopSignal stop) {
        this.settings = settings;
        this.request = request;
        this.stop = stop;
    }

    /** The handshake is done. Channel's thread. */
    void begin(ChannelHandlerContext context) {
        FrameDecoder decoder = context.pipeline().get(FrameDecoder.class);
        decoder.allow(FrameDecoder.FROM_JOINER);
        context.pipeline()
                .addBefore(
                        context.pipeline().context(decoder).name(),
                        "liveness",
                        new Liveness(settings.idleTimeout().toNanos(), why -> fail(why)))
                .addLast(this);
        synchronized (this) {
            channel = context.channel();
        }
    }

    private void fail(Throwable why) {
        stop.raise(Failures.with("joiner at " + request.address(), why));
    }

    // ---- the transfer's thread

    @Override
    public void write(ByteBuf frame) throws SnapshotException, InterruptedException {
        write(frame, false);
    }

    @Override
    public void writeLast(ByteBuf frame) throws SnapshotException, InterruptedException {
        write(frame, true);
    }

    private synchronized void write(ByteBuf frame, boolean last) throws SnapshotException, InterruptedException {
        boolean taken = false;
        try {
            stop.check();
            while (!channel.isWritable()) {
                wait();
                stop.check();
            }
            taken = true;
        } finally {
            if (!taken) {
                frame.release();
            }
        }
        allSent = last; // before the joiner can have it: its answer may come at once
        channel.writeAndFlush(frame).addListener(written -> {
            if (!written.isSuccess()) {
                fail(written.cause());
            }
        });
    }

    /** Everything was written: waits until the joiner has taken it. */
    synchronized void awaitAccepted() throws SnapshotException, InterruptedException {
        while (!accepted) {
            stop.check();
            wait();
        }
    }

    // ---- the channel's thread

    @Override
    protected void channelRead0(ChannelHandlerContext context, SnapshotMessage message) throws SnapshotException {
        if (message instanceof SnapshotMessage.Failed failed) {
            throw new SnapshotException(Errno.EIO, "the joiner gave up: " + failed.reason());
        }
        if (message instanceof SnapshotMessage.Accepted) {
            accept();
        }
    }

    private synchronized void accept() throws SnapshotException {
        if (!allSent) {
            throw new SnapshotException(Errno.EPROTO, "the joiner accepted a snapshot that was not sent to its end");
        }
        accepted = true;
        notifyAll();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        synchronized (this) {
            notifyAll();
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(new SnapshotException(
                Errno.ECONNRESET, "the joiner closed the connection before it had taken the snapshot"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(cause);
    }
}
