package io.wsrep4j.ist;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Errno;
import java.nio.ByteBuffer;

/**
 * Collects the bytes of one event. Memory for ordinary ones is reserved at once; a large one is collected first and reserved when megabytes of
 * it have arrived, so that a header alone cannot make us reserve what never comes. Not thread-safe.
 */
final class EventPayload {

    private static final int TRUSTED_LENGTH = 4 << 20;

    private final IstMessage message;
    private final IstEvent.Kind kind;
    private final IstSink sink;
    private final int length;
    private ByteBuf collected;
    private ByteBuffer bytes;
    private boolean reserved;
    private int filled;

    EventPayload(IstMessage message, IstEvent.Kind kind, IstSink sink) {
        this.message = message;
        this.kind = kind;
        this.sink = sink;
        length = (int) message.payloadLength();
    }

    IstEvent.Kind kind() {
        return kind;
    }

    /** The memory that was reserved, complete; null if the bytes were not needed. */
    ByteBuffer bytes() {
        return bytes;
    }

    /** Takes what is there; true when complete. */
    boolean fill(ByteBuf in) throws IstException {
        if (!reserved && length > TRUSTED_LENGTH) {
            collect(in);
        }
        if (!reserved && (length <= TRUSTED_LENGTH || filled == TRUSTED_LENGTH)) {
            reserve();
        }
        if (reserved) {
            int count = Math.min(length - filled, in.readableBytes());
            if (bytes == null) {
                in.skipBytes(count);
            } else {
                in.readBytes(window(count));
            }
            filled += count;
        }
        return filled == length;
    }

    private void collect(ByteBuf in) {
        int count = Math.min(TRUSTED_LENGTH - filled, in.readableBytes());
        if (collected == null) {
            collected = in.alloc().buffer(count, TRUSTED_LENGTH);
        }
        collected.writeBytes(in, count);
        filled += count;
    }

    private void reserve() throws IstException {
        bytes = sink.reserve(message.seqno(), kind, message.preload(), length);
        reserved = true;
        if (bytes == null && !message.preload()) {
            throw new IstException(Errno.EINVAL, "Attempt to reuse the same seqno: " + message.seqno());
        }
        if (collected != null) {
            if (bytes != null) {
                int count = filled;
                filled = 0;
                collected.readBytes(window(count));
                filled = count;
            }
            dispose();
        }
    }

    private ByteBuffer window(int count) {
        ByteBuffer window = bytes.duplicate();
        window.position(bytes.position() + filled);
        window.limit(window.position() + count);
        return window;
    }

    /** Gives back what was collected of an event that never became complete. */
    void dispose() {
        if (collected != null) {
            collected.release();
            collected = null;
        }
    }
}
