package io.wsrep4j.sst;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The joiner's side of a connection until it is known to be the donor's. Whoever does not get through is told, if it speaks the language, and
 * dropped; the receiver waits on. Owned by the channel's thread.
 */
final class ReceiverHandshake extends SimpleChannelInboundHandler<SnapshotMessage> {

    static final int SECONDS = 30;

    private final SnapshotReceiver receiver;
    private final SnapshotRequest request;
    private final byte[] nonce;
    private final SnapshotSettings settings;
    private ScheduledFuture<?> deadline;

    ReceiverHandshake(SnapshotReceiver receiver, SnapshotRequest request, byte[] nonce, SnapshotSettings settings) {
        this.receiver = receiver;
        this.request = request;
        this.nonce = nonce;
        this.settings = settings;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        deadline = context.executor()
                .schedule(() -> drop(context, "no answer within " + SECONDS + " s"), SECONDS, TimeUnit.SECONDS);
        context.writeAndFlush(
                SnapshotWire.encode(context.alloc(), new SnapshotMessage.Challenge(SnapshotWire.VERSION, nonce)));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, SnapshotMessage message) {
        // the decoder lets nothing else through
        SnapshotMessage.Hello hello = (SnapshotMessage.Hello) message;
        byte[] expected = request.secret().donorsProof(nonce, hello.nonce());
        if (!Secret.sameProof(expected, hello.proof())) {
            refuse(context, "its proof does not fit this request's secret: it answers another request");
        } else if (receiver.establish(context)) {
            deadline.cancel(false);
            context.writeAndFlush(SnapshotWire.encode(
                    context.alloc(),
                    new SnapshotMessage.Welcome(request.secret().joinersProof(nonce, hello.nonce()))));
            context.pipeline().remove(this);
        } else {
            refuse(context, "another donor was faster");
        }
    }

    private void refuse(ChannelHandlerContext context, String why) {
        settings.log().warn("snapshot: {} is refused: {}", context.channel().remoteAddress(), why);
        deadline.cancel(false);
        context.writeAndFlush(SnapshotWire.encode(context.alloc(), new SnapshotMessage.Failed(why)))
                .addListener(written -> context.close());
    }

    private void drop(ChannelHandlerContext context, String why) {
        if (context.channel().isActive()) {
            settings.log().warn("snapshot: {} is dropped: {}", context.channel().remoteAddress(), why);
        }
        context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        drop(context, Failures.describe(cause));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        context.fireChannelInactive();
    }
}
