package io.wsrep4j.sst;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The bytes of the stream, version 1. All integers are little-endian. A frame is: payload length u32, type u32, CRC-32C u32 of the eight bytes
 * before it and the payload, payload. The payloads stand in the methods below, in the order in which they are read and written.
 */
final class SnapshotWire {

    static final int VERSION = 1;

    /** Length of a frame's header, in bytes. */
    static final int HEADER = 12;

    /** Most content of one chunk, in bytes. */
    static final int LARGEST_CHUNK = 1 << 20;

    /** Before a chunk's data: its content's length u32, 1 if it is compressed or 0 u8. */
    static final int CHUNK_HEADER = Integer.BYTES + 1;

    static final int LONGEST_REASON = 1024;
    static final byte[] MAGIC = "W4JSNAP\0".getBytes(StandardCharsets.US_ASCII);

    private static final int TYPE_OFFSET = 4;
    private static final int CHECKSUM_OFFSET = 8;

    private SnapshotWire() {}

    static int typeCode(ByteBuf in) {
        return in.getIntLE(in.readerIndex() + TYPE_OFFSET);
    }

    static long payloadLength(ByteBuf in) {
        return in.getUnsignedIntLE(in.readerIndex());
    }

    /** True if the frame of this payload length, which is all there, is undamaged. */
    static boolean isIntact(ByteBuf in, int payloadLength) {
        return in.getIntLE(in.readerIndex() + CHECKSUM_OFFSET) == checksum(in, in.readerIndex(), payloadLength);
    }

    private static int checksum(ByteBuf frame, int start, int payloadLength) {
        CRC32C sum = new CRC32C();
        sum.update(frame.nioBuffer(start, CHECKSUM_OFFSET));
        sum.update(frame.nioBuffer(start + HEADER, payloadLength));
        return (int) sum.getValue();
    }

    /** A buffer whose header is still to be sealed. */
    static ByteBuf open(ByteBufAllocator allocator, int payloadBytes) {
        return allocator.directBuffer(HEADER + payloadBytes).writeZero(HEADER);
    }

    /** Fills in the header of a frame whose payload is written. */
    static ByteBuf seal(FrameType type, ByteBuf frame) {
        int length = frame.readableBytes() - HEADER;
        frame.setIntLE(0, length).setIntLE(TYPE_OFFSET, type.code);
        return frame.setIntLE(CHECKSUM_OFFSET, checksum(frame, 0, length));
    }

    /** The frame of any message but a chunk, which {@link ChunkPacker} makes. */
    static ByteBuf encode(ByteBufAllocator allocator, SnapshotMessage message) {
        ByteBuf out = open(allocator, 64);
        return seal(write(message, out), out);
    }

    private static FrameType write(SnapshotMessage message, ByteBuf out) {
        if (message instanceof SnapshotMessage.Challenge challenge) {
            out.writeBytes(MAGIC).writeIntLE(challenge.version()).writeBytes(challenge.nonce());
            return FrameType.CHALLENGE;
        } else if (message instanceof SnapshotMessage.Hello hello) {
            out.writeBytes(hello.nonce()).writeBytes(hello.proof());
            return FrameType.HELLO;
        } else if (message instanceof SnapshotMessage.Welcome welcome) {
            out.writeBytes(welcome.proof());
            return FrameType.WELCOME;
        } else if (message instanceof SnapshotMessage.Begin begin) {
            out.writeByte(begin.bypass() ? 1 : 0).writeLongLE(begin.totalBytes());
            return FrameType.BEGIN;
        } else if (message instanceof SnapshotMessage.Entry entry) {
            out.writeLongLE(entry.size()).writeCharSequence(entry.name(), StandardCharsets.UTF_8);
            return FrameType.ENTRY;
        } else if (message instanceof SnapshotMessage.EntryEnd end) {
            out.writeLongLE(end.bytes()).writeIntLE(end.checksum());
            return FrameType.ENTRY_END;
        } else if (message instanceof SnapshotMessage.End end) {
            ByteBuffer uuid = ByteBuffer.allocate(Uuid.BYTES);
            end.position().uuid().write(uuid, 0);
            out.writeBytes(uuid).writeLongLE(end.position().seqno());
            out.writeLongLE(end.bytes()).writeLongLE(end.entries());
            return FrameType.END;
        } else if (message instanceof SnapshotMessage.Accepted) {
            return FrameType.ACCEPTED;
        } else if (message instanceof SnapshotMessage.Failed failed) {
            byte[] reason = failed.reason().getBytes(StandardCharsets.UTF_8);
            out.writeBytes(reason, 0, Math.min(reason.length, LONGEST_REASON));
            return FrameType.FAILED;
        } else if (message instanceof SnapshotMessage.Alive) {
            return FrameType.ALIVE;
        }
        throw new IllegalArgumentException("no frame for " + message);
    }

    /** Reads a payload whose length is allowed for the type; a chunk's data is a retained slice. */
    static SnapshotMessage decode(FrameType type, ByteBuf in) throws SnapshotException {
        return switch (type) {
            case CHALLENGE -> challenge(in);
            case HELLO -> new SnapshotMessage.Hello(bytes(in, Secret.NONCE_BYTES), bytes(in, Secret.PROOF_BYTES));
            case WELCOME -> new SnapshotMessage.Welcome(bytes(in, Secret.PROOF_BYTES));
            case BEGIN -> new SnapshotMessage.Begin(flag(in, "BEGIN"), count(in, -1, "total size"));
            case ENTRY -> entry(in);
            case CHUNK -> chunk(in);
            case ENTRY_END -> new SnapshotMessage.EntryEnd(count(in, 0, "size of an entry"), in.readIntLE());
            case END -> end(in);
            case ACCEPTED -> new SnapshotMessage.Accepted();
            case FAILED -> new SnapshotMessage.Failed(in.toString(StandardCharsets.UTF_8));
            case ALIVE -> new SnapshotMessage.Alive();
        };
    }

    private static SnapshotMessage challenge(ByteBuf in) throws SnapshotException {
        if (!Arrays.equals(bytes(in, MAGIC.length), MAGIC)) {
            throw malformed("the first frame is not that of a snapshot's joiner");
        }
        return new SnapshotMessage.Challenge(in.readIntLE(), bytes(in, Secret.NONCE_BYTES));
    }

    private static SnapshotMessage entry(ByteBuf in) throws SnapshotException {
        long size = count(in, -1, "size of an entry");
        String name = in.toString(StandardCharsets.UTF_8);
        String fault = EntryName.fault(name);
        if (fault != null) {
            throw malformed("an entry's name (hexadecimal " + ByteBufUtil.hexDump(in) + ") is refused: " + fault);
        }
        return new SnapshotMessage.Entry(name, size);
    }

    private static SnapshotMessage chunk(ByteBuf in) throws SnapshotException {
        long length = in.readUnsignedIntLE();
        boolean compressed = flag(in, "CHUNK");
        if (length == 0 || length > LARGEST_CHUNK || !compressed && length != in.readableBytes()) {
            throw malformed("a chunk of " + in.readableBytes() + (compressed ? " compressed" : "")
                    + " bytes claims a content of " + length + "; at most " + LARGEST_CHUNK + " are allowed");
        }
        return new SnapshotMessage.Chunk((int) length, compressed, in.readRetainedSlice(in.readableBytes()));
    }

    private static SnapshotMessage end(ByteBuf in) throws SnapshotException {
        Uuid uuid = Uuid.read(ByteBuffer.wrap(bytes(in, Uuid.BYTES)), 0);
        long seqno = in.readLongLE();
        return new SnapshotMessage.End(
                new Gtid(uuid, seqno), count(in, 0, "size of the snapshot"), count(in, 0, "number of entries"));
    }

    private static byte[] bytes(ByteBuf in, int length) {
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    private static boolean flag(ByteBuf in, String where) throws SnapshotException {
        int value = in.readUnsignedByte();
        if (value > 1) {
            throw malformed("a " + where + " frame whose flag is " + value + "; 0 or 1 is allowed");
        }
        return value == 1;
    }

    private static long count(ByteBuf in, long least, String what) throws SnapshotException {
        long value = in.readLongLE();
        if (value < least) {
            throw malformed("the " + what + " is given as " + value);
        }
        return value;
    }

    private static SnapshotException malformed(String what) {
        return new SnapshotException(Errno.EPROTO, what);
    }
}
