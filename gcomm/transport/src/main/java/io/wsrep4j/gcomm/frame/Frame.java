package io.wsrep4j.gcomm.frame;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * The 8 bytes before every message on a stream (docs/spec/gcomm-transport-pc.md 3): a little-endian word of length and flags, and the checksum over
 * the little-endian length and the payload. Not thread-safe: keeps its checksum state between calls.
 */
public final class Frame {

    /** Bytes before the payload. */
    public static final int HEADER_LENGTH = 8;

    /** The longest payload. */
    public static final int MAX_PAYLOAD_LENGTH = 32768;

    private static final int LENGTH_MASK = 0x00FF_FFFF;
    private static final int CHECKSUM_OFFSET = 4;
    /** Two reserved flag bits, and the version, which must be 0. */
    private static final int MUST_BE_ZERO = 0xFC00_0000;

    private final Checksum checksum;
    private final CRC32 crc32 = new CRC32();
    private final CRC32C crc32c = new CRC32C();
    private final byte[] lengthBytes = new byte[Integer.BYTES];

    /** @param checksum which kind this node writes; with {@link Checksum#NONE} it verifies nothing either */
    public Frame(Checksum checksum) {
        this.checksum = checksum;
    }

    /**
     * Writes the header into the 8 bytes before the reader index. The reader index does not move.
     *
     * @throws IllegalArgumentException if the message is empty or longer than {@link #MAX_PAYLOAD_LENGTH}
     */
    public void seal(ByteBuf message) {
        seal(message, false);
    }

    /** As {@link #seal}, for a buffer that no other thread looks at yet; makes no garbage then. */
    public void sealUnshared(ByteBuf message) {
        seal(message, true);
    }

    private void seal(ByteBuf message, boolean unshared) {
        int length = message.readableBytes();
        if (length == 0 || length > MAX_PAYLOAD_LENGTH) {
            throw new IllegalArgumentException("a frame carries 1 to " + MAX_PAYLOAD_LENGTH + " bytes, not " + length);
        }
        int header = message.readerIndex() - HEADER_LENGTH;
        message.setIntLE(header, length | checksum.flag());
        int start = message.readerIndex();
        message.setIntLE(header + CHECKSUM_OFFSET, checksum(checksum, message, start, length, unshared));
    }

    /**
     * Checks the first 4 bytes of a header.
     *
     * @return length of the payload
     */
    public int payloadLength(ByteBuf in, int header) throws MalformedFrameException {
        int word = in.getIntLE(header);
        int length = word & LENGTH_MASK;
        if ((word & MUST_BE_ZERO) != 0) {
            throw new MalformedFrameException(
                    "frame",
                    String.format("version %d and flags 0x%x", word >>> 28, word >>> 24 & 0xF),
                    "version 0 and flags 1 and 2");
        }
        if (length == 0) {
            throw new MalformedFrameException("frame", "no payload", "1 to " + MAX_PAYLOAD_LENGTH + " bytes");
        }
        if (length > MAX_PAYLOAD_LENGTH) {
            throw new MalformedFrameException("frame", length + " bytes", "1 to " + MAX_PAYLOAD_LENGTH + " bytes");
        }
        return length;
    }

    /**
     * Checks the checksum of a whole frame, as its own flags say, unless this node uses none.
     *
     * @param in no other thread looks at it
     */
    public void verify(ByteBuf in, int header, int length) throws MalformedFrameException {
        if (checksum == Checksum.NONE) {
            return;
        }
        int word = in.getIntLE(header);
        int found = in.getIntLE(header + CHECKSUM_OFFSET);
        Checksum kind = Checksum.NONE;
        if ((word & Checksum.CRC32C.flag()) != 0) {
            kind = Checksum.CRC32C;
        } else if ((word & Checksum.CRC32.flag()) != 0) {
            kind = Checksum.CRC32;
        }
        int right = checksum(kind, in, header + HEADER_LENGTH, length, true);
        if (found != right) {
            throw new MalformedFrameException(
                    "frame checksum (" + kind + ")", String.format("0x%08x", found), String.format("0x%08x", right));
        }
    }

    /** @param unshared if not, the buffer's own view may be in use on another thread, where an earlier frame of the same buffer is being written */
    private int checksum(Checksum kind, ByteBuf buffer, int index, int length, boolean unshared) {
        if (kind == Checksum.NONE) {
            return 0;
        }
        java.util.zip.Checksum sum = kind == Checksum.CRC32C ? crc32c : crc32;
        sum.reset();
        lengthBytes[0] = (byte) length;
        lengthBytes[1] = (byte) (length >>> 8);
        lengthBytes[2] = (byte) (length >>> 16);
        sum.update(lengthBytes, 0, Integer.BYTES);
        if (unshared && buffer.nioBufferCount() == 1) {
            sum.update(buffer.internalNioBuffer(index, length));
        } else {
            for (ByteBuffer part : buffer.nioBuffers(index, length)) {
                sum.update(part);
            }
        }
        return (int) sum.getValue();
    }
}
