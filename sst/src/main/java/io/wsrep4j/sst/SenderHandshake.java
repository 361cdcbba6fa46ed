package io.wsrep4j.sst;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.wsrep4j.api.Errno;
import java.io.IOException;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;

/** The donor's side of a connection until the joiner has shown that it is the one that asked. Owned by the channel's thread. */
final class SenderHandshake extends SimpleChannelInboundHandler<SnapshotMessage> {

    /** What may come first. */
    static final EnumSet<FrameType> FIRST = EnumSet.of(FrameType.CHALLENGE);

    private static final EnumSet<FrameType> SECOND = EnumSet.of(FrameType.WELCOME, FrameType.FAILED);

    private final Secret secret;
    private final byte[] nonce;
    private final SenderStream stream;
    private final CompletableFuture<Void> done;
    private byte[] joinersNonce;

    SenderHandshake(Secret secret, byte[] nonce, SenderStream stream, CompletableFuture<Void> done) {
        this.secret = secret;
        this.nonce = nonce;
        this.stream = stream;
        this.done = done;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, SnapshotMessage message) throws SnapshotException {
        if (message instanceof SnapshotMessage.Challenge challenge) {
            answer(context, challenge);
        } else if (message instanceof SnapshotMessage.Failed failed) {
            throw new SnapshotException(Errno.EACCES, "the joiner refused: " + failed.reason());
        } else {
            finish(context, (SnapshotMessage.Welcome) message);
        }
    }

    private void answer(ChannelHandlerContext context, SnapshotMessage.Challenge challenge) throws SnapshotException {
        if (challenge.version() != SnapshotWire.VERSION) {
            throw new SnapshotException(
                    Errno.EPROTO,
                    "the joiner speaks version " + challenge.version() + " of the stream; this host only "
                            + SnapshotWire.VERSION);
        }
        joinersNonce = challenge.nonce();
        context.pipeline().get(FrameDecoder.class).allow(SECOND);
        context.writeAndFlush(SnapshotWire.encode(
                context.alloc(), new SnapshotMessage.Hello(nonce, secret.donorsProof(joinersNonce, nonce))));
    }

    private void finish(ChannelHandlerContext context, SnapshotMessage.Welcome welcome) throws SnapshotException {
        if (!Secret.sameProof(secret.joinersProof(joinersNonce, nonce), welcome.proof())) {
            throw new SnapshotException(
                    Errno.EACCES, "who listens there does not have the request's secret: it is not the joiner");
        }
        stream.begin(context);
        context.pipeline().remove(this);
        done.complete(null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        boolean cutOff = cause instanceof IOException && !(cause instanceof SSLException);
        done.completeExceptionally(
                cutOff
                        ? new SnapshotException(
                                Errno.ECONNRESET, "the connection broke in the handshake: " + cause, cause)
                        : cause);
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        done.completeExceptionally(
                new SnapshotException(Errno.ECONNRESET, "the joiner closed the connection during the handshake"));
    }
}
