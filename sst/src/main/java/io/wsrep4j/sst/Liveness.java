package io.wsrep4j.sst;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import io.wsrep4j.api.Errno;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Says three times in the idle timeout that this side is there, and reports a peer that says nothing for so long. While this side does not read, the
 * peer's silence is its own. Owned by the channel's thread.
 */
final class Liveness extends ChannelInboundHandlerAdapter {

    private static final int SIGNS_IN_TIMEOUT = 3;

    private final long timeoutNanos;
    private final Consumer<SnapshotException> silence;
    private ScheduledFuture<?> tick;
    private long lastHeard;

    Liveness(long timeoutNanos, Consumer<SnapshotException> silence) {
        this.timeoutNanos = timeoutNanos;
        this.silence = silence;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        lastHeard = System.nanoTime();
        long interval = timeoutNanos / SIGNS_IN_TIMEOUT;
        tick = context.executor().scheduleAtFixedRate(() -> tick(context), interval, interval, TimeUnit.NANOSECONDS);
    }

    private void tick(ChannelHandlerContext context) {
        long now = System.nanoTime();
        if (!context.channel().config().isAutoRead()) {
            lastHeard = now;
        }
        if (now - lastHeard > timeoutNanos) {
            stop();
            silence.accept(new SnapshotException(
                    Errno.ETIMEDOUT, "it said nothing for " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms"));
            return;
        }
        if (context.channel().isActive() && context.channel().isWritable()) {
            context.writeAndFlush(SnapshotWire.encode(context.alloc(), new SnapshotMessage.Alive()));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        lastHeard = System.nanoTime();
        context.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stop();
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        stop();
    }

    private void stop() {
        tick.cancel(false);
    }
}
