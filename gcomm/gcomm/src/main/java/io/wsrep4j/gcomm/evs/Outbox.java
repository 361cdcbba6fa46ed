package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;

/** Numbers, encodes and sends messages (docs/spec/gcomm-evs.md 3.1 and 4). While the node isolates itself, everything it is given vanishes. */
final class Outbox {

    private final Environment env;
    private final Statistics statistics;
    private long fifoSeq = -1;
    private boolean muted;

    Outbox(Environment env, Statistics statistics) {
        this.env = env;
        this.statistics = statistics;
    }

    /** A number for a message; one per message built, whether it is sent or not. */
    long nextFifoSeq() {
        return ++fifoSeq;
    }

    void mute(boolean on) {
        muted = on;
    }

    boolean isMuted() {
        return muted;
    }

    void broadcast(EvsMessage message) {
        statistics.sent(message);
        if (!muted) {
            ByteBuf buffer = encoded(message);
            try {
                env.transport.broadcast(buffer);
            } finally {
                buffer.release();
            }
        }
    }

    void sendTo(Uuid target, EvsMessage message) {
        statistics.sent(message);
        if (!muted) {
            ByteBuf buffer = encoded(message);
            try {
                env.transport.sendTo(target, buffer);
            } finally {
                buffer.release();
            }
        }
    }

    private ByteBuf encoded(EvsMessage message) {
        ByteBuf buffer = env.allocator.buffer(EvsTransport.HEADROOM + EvsEncoder.length(message));
        buffer.setIndex(EvsTransport.HEADROOM, EvsTransport.HEADROOM);
        EvsEncoder.encode(message, buffer);
        return buffer;
    }

    /** Sends an own USER message whose buffer has room for the header before the payload. */
    void broadcastUser(UserMessage message) {
        ByteBuf buffer = message.buffer();
        if (buffer == null) {
            broadcast(message);
            return;
        }
        statistics.sent(message);
        if (muted) {
            return;
        }
        int start = message.payloadIndex() - EvsEncoder.USER_HEADER;
        EvsEncoder.userHeader(message, buffer, start);
        buffer.setIndex(start, message.payloadIndex() + message.payloadLength());
        env.transport.broadcast(buffer);
    }
}
