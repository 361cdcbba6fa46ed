package io.wsrep4j.sst;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.wsrep4j.api.Errno;

/** The joiner's side of the donor's connection: fills the inbox, and does not read while it is full. Owned by the channel's thread. */
final class ReceiverStream extends ChannelInboundHandlerAdapter {

    private final Inbox inbox;

    ReceiverStream(Inbox inbox) {
        this.inbox = inbox;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        SnapshotMessage received = (SnapshotMessage) message;
        if (received instanceof SnapshotMessage.Alive) {
            return;
        }
        boolean goOn = inbox.offer(received, () -> context.executor()
                .execute(() -> context.channel().config().setAutoRead(true)));
        if (!goOn) {
            context.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        inbox.end(Failures.of(cause));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        inbox.end(new SnapshotException(
                Errno.ECONNRESET, "the donor closed the connection before the snapshot was whole"));
    }
}
