package io.wsrep4j.sst;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;

/** The last handler of the listening socket: tells why nobody could be accepted. Netty tries again a second later. One event loop. */
final class AcceptFailures extends ChannelInboundHandlerAdapter {

    private static final int SAID = 5;

    private final Logger log;
    private int failures;

    AcceptFailures(Logger log) {
        this.log = log;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (failures++ < SAID) {
            log.warn(
                    "snapshot: a connection could not be accepted at {}: {}; the next one is tried in a second."
                            + " If descriptors are short, raise the limit of open files",
                    context.channel().localAddress(),
                    // without descriptors no further class can be loaded
                    cause.getMessage());
        }
    }
}
