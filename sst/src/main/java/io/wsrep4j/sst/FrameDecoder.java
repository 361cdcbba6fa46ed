package io.wsrep4j.sst;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.wsrep4j.api.Errno;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Cuts the stream into {@link SnapshotMessage}s. A frame's length is compared with what its type allows, and its type with what may come now,
 * before anything is kept for it; so a stranger cannot make it keep more than a handshake. After the first fault it reads nothing more. Owned by
 * the channel's thread.
 */
final class FrameDecoder extends ByteToMessageDecoder {

    /** What may come from the donor after the handshake. */
    static final Set<FrameType> FROM_DONOR = EnumSet.of(
            FrameType.BEGIN,
            FrameType.ENTRY,
            FrameType.CHUNK,
            FrameType.ENTRY_END,
            FrameType.END,
            FrameType.FAILED,
            FrameType.ALIVE);

    /** What may come from the joiner after the handshake. */
    static final Set<FrameType> FROM_JOINER = EnumSet.of(FrameType.ACCEPTED, FrameType.FAILED, FrameType.ALIVE);

    private Set<FrameType> allowed;
    private boolean broken;

    FrameDecoder(Set<FrameType> allowed) {
        this.allowed = allowed;
    }

    /** From now on these may come. */
    void allow(Set<FrameType> types) {
        allowed = types;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws SnapshotException {
        if (broken) {
            in.skipBytes(in.readableBytes());
            return;
        }
        try {
            decodeOne(in, out);
        } catch (SnapshotException e) {
            broken = true;
            throw e;
        }
    }

    private void decodeOne(ByteBuf in, List<Object> out) throws SnapshotException {
        if (in.readableBytes() < SnapshotWire.HEADER) {
            return;
        }
        FrameType type = FrameType.of(SnapshotWire.typeCode(in));
        if (!allowed.contains(type)) {
            throw new SnapshotException(Errno.EPROTO, "a frame " + type + ", but now only " + allowed + " may come");
        }
        long length = SnapshotWire.payloadLength(in);
        if (length < type.shortest || length > type.longest) {
            throw new SnapshotException(
                    Errno.EPROTO,
                    "a frame " + type + " claims " + length + " bytes; allowed are " + type.shortest + " to "
                            + type.longest);
        }
        if (in.readableBytes() < SnapshotWire.HEADER + length) {
            return;
        }
        if (!SnapshotWire.isIntact(in, (int) length)) {
            throw new SnapshotException(Errno.EPROTO, "a frame " + type + " whose checksum is wrong");
        }
        in.skipBytes(SnapshotWire.HEADER);
        ByteBuf payload = in.readSlice((int) length);
        out.add(SnapshotWire.decode(type, payload));
    }
}
