package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.wsrep4j.api.Uuid;

/**
 * A message of the layer above, or an empty one that fills slots (docs/spec/gcomm-evs.md 3.2). Its payload is a region of a buffer whose indices
 * belong to this message; {@link InputMap} holds a reference to the buffer as long as it holds the message.
 */
final class UserMessage extends EvsMessage {

    /** user_type of the messages of EVS itself and of aggregates. */
    static final int NO_USER_TYPE = 0xff;

    private final EvsOrder order;
    private final int userType;
    private final int seqRange;
    private final long seq;
    private long aru;
    private final ByteBuf buffer;
    private final int payloadIndex;
    private final int payloadLength;

    /** Delivered, and kept until it is safe; book-keeping of {@link InputMap}. */
    boolean delivered;

    /** Bytes of memory that it keeps from being used again while it is stored; book-keeping of {@link InputMap}. */
    int held;

    /** When this node sent it, or -1; for the latency statistics. */
    long emittedAt = -1;

    /** @param buffer null when the payload is empty */
    UserMessage(
            int flags,
            int version,
            long fifoSeq,
            Uuid source,
            ViewId sourceView,
            EvsOrder order,
            int userType,
            int seqRange,
            long seq,
            long aru,
            ByteBuf buffer,
            int payloadIndex,
            int payloadLength) {
        super(flags, version, fifoSeq, source, sourceView);
        this.order = order;
        this.userType = userType;
        this.seqRange = seqRange;
        this.seq = seq;
        this.aru = aru;
        this.buffer = payloadLength == 0 ? null : buffer;
        this.payloadIndex = payloadIndex;
        this.payloadLength = payloadLength;
    }

    /** An empty message for a slot that another message claims (docs/spec/gcomm-evs.md 5, INSERT). */
    static UserMessage filler(UserMessage claimant, long seq) {
        return new UserMessage(
                0,
                claimant.version(),
                NO_FIFO_SEQ,
                claimant.source(),
                claimant.sourceView(),
                EvsOrder.DROP,
                NO_USER_TYPE,
                0,
                seq,
                claimant.aru,
                null,
                0,
                0);
    }

    @Override
    Type type() {
        return Type.USER;
    }

    @Override
    EvsOrder order() {
        return order;
    }

    int userType() {
        return userType;
    }

    int seqRange() {
        return seqRange;
    }

    long seq() {
        return seq;
    }

    long aru() {
        return aru;
    }

    /** An own message acknowledges what is received once it is counted itself; set between storing and sending. */
    void acknowledge(long received) {
        aru = received;
    }

    int payloadLength() {
        return payloadLength;
    }

    int payloadIndex() {
        return payloadIndex;
    }

    /** The buffer that holds the payload, or null when it is empty. */
    ByteBuf buffer() {
        return buffer;
    }

    /** Bytes of memory that storing this message keeps in use: it was cut out of what was read from a connection at once. */
    int pinnedBytes() {
        if (buffer == null) {
            return 0;
        }
        ByteBuf whole = buffer.unwrap();
        return Math.max(payloadLength, whole == null ? buffer.capacity() : whole.capacity());
    }

    /** The same message with a payload of its own, to be released by the caller. */
    UserMessage withOwnPayload(ByteBufAllocator allocator) {
        ByteBuf own = allocator.buffer(payloadLength, payloadLength).writeBytes(buffer, payloadIndex, payloadLength);
        return new UserMessage(
                flags(),
                version(),
                fifoSeq(),
                source(),
                sourceView(),
                order,
                userType,
                seqRange,
                seq,
                aru,
                own,
                own.readerIndex(),
                payloadLength);
    }

    void retain() {
        if (buffer != null) {
            buffer.retain();
        }
    }

    void release() {
        if (buffer != null) {
            buffer.release();
        }
    }
}
