package io.wsrep4j.gcomm.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.ArrayDeque;

/**
 * One connection as the driver sees it: its socket, once there is one, and the frames that are on their way to it. Guarded by the transport's
 * lock, except where noted.
 */
final class Link {

    /** Bytes that may be queued for one peer (docs/spec/gcomm-transport-pc.md 3.4). */
    static final int MAX_QUEUED = 32 << 20;

    final long id;

    /** Null until connected. Written on the event loop with the lock held. */
    private Channel channel;

    private ArrayDeque<ByteBuf> outbox = new ArrayDeque<>();
    private ArrayDeque<ByteBuf> taken = new ArrayDeque<>();
    private long outboxBytes;
    private boolean dirty;
    /** Written once; read on the event loop without the lock after it saw the link in the list of dirty ones. */
    private volatile String closeReason;

    Link(long id) {
        this.id = id;
    }

    Channel channel() {
        return channel;
    }

    void attach(Channel socket) {
        channel = socket;
    }

    boolean isClosing() {
        return closeReason != null;
    }

    String closeReason() {
        return closeReason;
    }

    void closing(String reason) {
        closeReason = reason;
    }

    /** Takes a frame over, or refuses it because too much is queued. */
    boolean offer(ByteBuf frame) {
        if (closeReason != null || channel == null || outboxBytes + queuedInSocket() > MAX_QUEUED) {
            return false;
        }
        outboxBytes += frame.readableBytes();
        outbox.add(frame.retain());
        return true;
    }

    private long queuedInSocket() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /** True if it was clean before. */
    boolean markDirty() {
        boolean first = !dirty;
        dirty = true;
        return first;
    }

    /** Sets aside what is to be written now; on the event loop, with the lock. */
    void take() {
        ArrayDeque<ByteBuf> full = outbox;
        outbox = taken;
        taken = full;
        outboxBytes = 0;
        dirty = false;
    }

    /** What {@link #take} set aside; the event loop empties it before it takes again. */
    ArrayDeque<ByteBuf> taken() {
        return taken;
    }

    /** Drops what was not written. */
    void clear() {
        outbox.forEach(ByteBuf::release);
        outbox.clear();
        outboxBytes = 0;
    }
}
