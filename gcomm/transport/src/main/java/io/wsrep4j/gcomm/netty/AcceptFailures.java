package io.wsrep4j.gcomm.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;

/** The last handler of the listening socket: tells why nobody could be accepted. Netty tries again a second later. */
final class AcceptFailures extends ChannelInboundHandlerAdapter {

    private static final LineKind NOT_ACCEPTED = LineKind.ofPeer("connections that could not be accepted");

    private final LimitedLog log;

    AcceptFailures(LimitedLog log) {
        this.log = log;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        log.warn(
                NOT_ACCEPTED,
                null,
                "a connection could not be accepted: {}; the next one is tried in a second."
                        + " If descriptors are short, raise the limit of open files",
                // without descriptors no further class can be loaded
                cause.getMessage());
    }
}
