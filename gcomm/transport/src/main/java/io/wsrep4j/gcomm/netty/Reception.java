package io.wsrep4j.gcomm.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.NetUtil;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import io.wsrep4j.gcomm.transport.UnfinishedLimit;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** The accepted sockets that the stack has not heard of yet, in the order in which they came, and how many there may be. Event loop. */
final class Reception {

    private static final LineKind TOO_MANY = LineKind.ofPeer("connections closed since too many were being set up");
    private static final LineKind REFUSED = LineKind.ofPeer("connections refused");
    private static final LineKind GIVEN_UP = LineKind.ofPeer("connections given up before their handshake");

    /** Whoever is let in has at least this time before others push it out. */
    private static final long TIME_TO_SPEAK_NANOS = 200_000_000L;

    private final Predicate<String> knownHost;
    private final LongSupplier clock;
    private final Runnable overrun;
    private final LimitedLog log;
    private final Set<Guest> guests = new LinkedHashSet<>();

    /**
     * @param knownHost true for IP addresses where members or configured peers live
     * @param clock in nanoseconds
     * @param overrun told when they come faster than any can finish: accepting must pause
     */
    Reception(Predicate<String> knownHost, LongSupplier clock, Runnable overrun, LimitedLog log) {
        this.knownHost = knownHost;
        this.clock = clock;
        this.overrun = overrun;
        this.log = log;
    }

    /** Takes a fresh socket in; this, or an older one, is closed if there are too many. */
    Guest admit(SocketChannel channel) {
        Guest guest = new Guest(channel);
        guests.add(guest);
        channel.closeFuture().addListener(closed -> guest.end());
        channel.pipeline().addLast(guest);
        Guest victim = UnfinishedLimit.victim(guests, one -> one.host, knownHost, one -> one.heard.getAsLong());
        if (victim != null) {
            victim.makeRoom();
        }
        return guest;
    }

    static String hostOf(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress peer
                ? NetUtil.toAddressString(peer.getAddress())
                : "a peer that is gone";
    }

    /** One of them: also the last handler of its pipeline, where what went wrong in TLS ends. */
    final class Guest extends ChannelInboundHandlerAdapter {
        private final SocketChannel channel;
        private final String host;
        private final long cameNanos = clock.getAsLong();
        private LongSupplier heard = () -> 0;
        private boolean closed;

        private Guest(SocketChannel channel) {
            this.channel = channel;
            this.host = hostOf(channel);
        }

        /** The first bytes came; from now on this says how many. */
        void speaks(LongSupplier bytes) {
            heard = bytes;
        }

        boolean isOpen() {
            return !closed && channel.isOpen();
        }

        private void end() {
            guests.remove(this);
        }

        /** It goes on to the stack. */
        void leave() {
            end();
            channel.pipeline().remove(this);
        }

        private void makeRoom() {
            log.warn(
                    TOO_MANY,
                    host,
                    "closing connection from {}: too many connections are being set up, and it is the oldest",
                    host);
            close();
            if (clock.getAsLong() - cameNanos < TIME_TO_SPEAK_NANOS) {
                overrun.run();
            }
        }

        void fail(String reason) {
            if (!closed) {
                log.warn(REFUSED, host, "closing connection from {}: {}", host, reason);
                close();
            }
        }

        /** Nothing is wrong with a peer that is slow, or gives up because this node is: it dials again. */
        void giveUp(String reason) {
            if (!closed) {
                log.info(GIVEN_UP, host, "closing connection from {}: {}", host, reason);
                close();
            }
        }

        void handshakeFailed(Throwable cause) {
            if (cause instanceof ClosedChannelException || cause instanceof SslHandshakeTimeoutException) {
                giveUp(ConnectionSetup.reason(cause));
            } else {
                fail(ConnectionSetup.reason(cause));
            }
        }

        private void close() {
            closed = true;
            end();
            channel.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // a failed handshake comes here, too, and was told already
            giveUp(DynamicTls.describe(cause));
        }
    }
}
