package io.wsrep4j.ist;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import jdk.net.ExtendedSocketOptions;

/**
 * The kernel asks for a peer that says nothing, and gives it up when it does not answer for half a minute: a transfer has no messages of its own
 * for that, and a donor whose cable was pulled closes nothing. A peer that is only slow, or stopped, has a kernel that answers.
 * What was sent and is not acknowledged is not asked for: there TCP's own limit ends the connection, after a quarter of an hour.
 */
final class Keepalive {

    private static final int IDLE_SECONDS = 10;
    private static final int INTERVAL_SECONDS = 5;
    private static final int COUNT = 4;

    private Keepalive() {}

    /** Sets the options of an open connection. */
    static void set(ChannelConfig connection) {
        connection.setOption(ChannelOption.SO_KEEPALIVE, true);
        connection.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), IDLE_SECONDS);
        connection.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), INTERVAL_SECONDS);
        connection.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), COUNT);
    }
}
