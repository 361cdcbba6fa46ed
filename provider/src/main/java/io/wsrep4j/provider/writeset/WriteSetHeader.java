package io.wsrep4j.provider.writeset;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.hash.MurmurHash128;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The first 64 bytes of a write set (docs/spec/writeset-certification.md 4): where each field lies, and the two stamps that are put on after
 * sealing. Stateless; all positions are absolute, whatever the buffer's byte order.
 */
public final class WriteSetHeader {

    /** Length of a header as written, bytes; a reader honours the length stated. */
    public static final int SIZE = 64;

    static final int MAGIC = 0x47;
    static final int MIN_READABLE_SIZE = 32;

    static final int MAGIC_OFFSET = 0;
    static final int VERSIONS_OFFSET = 1;
    static final int SIZE_OFFSET = 2;
    static final int SETS_OFFSET = 3;
    static final int FLAGS_OFFSET = 4;
    static final int RANGE_OFFSET = 6;
    static final int SEQNO_OFFSET = 8;
    static final int TIMESTAMP_OFFSET = 16;
    static final int SOURCE_OFFSET = 24;
    static final int CONNECTION_OFFSET = 40;
    static final int TRANSACTION_OFFSET = 48;
    /** The checksum is the last field of the header, whatever its size. */
    static final int CHECKSUM_BYTES = Long.BYTES;

    static final int SETS_KEY_FORMAT_SHIFT = 4;
    static final int SETS_DATA_VERSION_SHIFT = 2;
    static final int SETS_DATA_VERSION_MASK = 3;
    static final int SETS_UNORDERED = 2;
    static final int SETS_ANNOTATION = 1;

    /** Largest parallel range the field can hold. */
    public static final int MAX_RANGE = 0xFFFF;

    private static final VarHandle SHORTS =
            MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private WriteSetHeader() {}

    /** Writes everything but what {@link #stampForSending} writes. */
    static void write(
            ByteBuffer out, int at, int version, int sets, int flags, Uuid source, long connection, long transaction) {
        out.put(at + MAGIC_OFFSET, (byte) MAGIC);
        out.put(at + VERSIONS_OFFSET, (byte) (version << 4 | WriteSetFormat.MIN_VERSION));
        out.put(at + SIZE_OFFSET, (byte) SIZE);
        out.put(at + SETS_OFFSET, (byte) sets);
        setShort(out, at + FLAGS_OFFSET, flags);
        source.write(out, at + SOURCE_OFFSET);
        setLong(out, at + CONNECTION_OFFSET, connection);
        setLong(out, at + TRANSACTION_OFFSET, transaction);
    }

    /**
     * Puts the sender's stamp on a sealed write set (docs/spec/writeset-certification.md 4.4), again for each attempt to send it.
     *
     * @param lastSeen everything up to here has left the sender's apply monitor
     * @param range how far below {@code lastSeen} the write set may depend; capped at 65535
     * @param timestampNanos the sender's monotonic clock, nanoseconds
     */
    public static void stampForSending(
            ByteBuffer memory, int at, long lastSeen, long range, long timestampNanos, MurmurHash128 hash) {
        setShort(memory, at + RANGE_OFFSET, (int) Math.min(range, MAX_RANGE));
        setLong(memory, at + SEQNO_OFFSET, lastSeen);
        setLong(memory, at + TIMESTAMP_OFFSET, timestampNanos);
        writeChecksum(memory, at, hash);
    }

    /** Patches this node's copy once certification has decided, whatever it decided (docs/spec/writeset-certification.md 4.4). */
    public static void stampCertified(ByteBuffer memory, int at, long seqno, long dependsOn, MurmurHash128 hash) {
        long range = dependsOn < 0 ? 0 : Math.min(seqno - dependsOn, MAX_RANGE);
        setShort(memory, at + FLAGS_OFFSET, getShort(memory, at + FLAGS_OFFSET) | WriteSetFlags.CERTIFIED);
        setShort(memory, at + RANGE_OFFSET, (int) range);
        setLong(memory, at + SEQNO_OFFSET, seqno);
        writeChecksum(memory, at, hash);
    }

    private static void writeChecksum(ByteBuffer memory, int at, MurmurHash128 hash) {
        int covered = (memory.get(at + SIZE_OFFSET) & 0xFF) - CHECKSUM_BYTES;
        hash.hash(memory, at, covered);
        setLong(memory, at + covered, hash.low());
    }

    static int getShort(ByteBuffer memory, int at) {
        return (short) SHORTS.get(memory, at) & 0xFFFF;
    }

    static void setShort(ByteBuffer memory, int at, int value) {
        SHORTS.set(memory, at, (short) value);
    }

    static long getLong(ByteBuffer memory, int at) {
        return (long) LONGS.get(memory, at);
    }

    static void setLong(ByteBuffer memory, int at, long value) {
        LONGS.set(memory, at, value);
    }
}
