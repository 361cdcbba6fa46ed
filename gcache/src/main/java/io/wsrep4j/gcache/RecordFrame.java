package io.wsrep4j.gcache;

import static io.wsrep4j.gcache.OffHeap.MEMORY;

/**
 * The 32 bytes before every payload in a store, little-endian (docs/spec/gcache.md 20):
 *
 * <pre>
 *  0 i64 seqno         0 = not ordered yet, -1 = discarded; written last
 *  8 i32 length        payload bytes; the record takes 32 + length, rounded up to 8
 * 12 u32 lap           how often the ring had wrapped when this place was taken
 * 16 u32 frame check   over place, length, lap and the file's tag: lets recovery walk and, after damage, find the next record
 * 20 u32 payload check CRC32C
 * 24 u8  kind          {@link WriteSetKind#code}
 * 25 u8  flags         {@link #SKIP}, {@link #ENCRYPTED}
 * 26 u16 zero
 * 28 u32 record check  over seqno, kind, flags, payload check and the file's tag; one 8-byte store with the flags, so that both are always true
 * </pre>
 *
 * Stores that recovery depends on are release stores: the processor keeps their order, and the pages belong to the kernel, so kill -9 cannot tear
 * them.
 */
final class RecordFrame {

    static final int BYTES = 32;

    static final long UNORDERED = 0;
    static final long DISCARDED = -1;

    static final int SKIP = 1;
    static final int ENCRYPTED = 2;

    private static final int SEQNO = 0;
    private static final int LENGTH_LAP = 8;
    private static final int LAP = 12;
    private static final int FRAME_CHECK = 16;
    private static final int PAYLOAD_CHECK = 20;
    private static final int KIND_FLAGS_CHECK = 24;
    private static final int RECORD_CHECK = 28;

    private static final long MIX_1 = 0x9E3779B97F4A7C15L;
    private static final long MIX_2 = 0xD6E8FEB86659FD93L;

    private RecordFrame() {}

    /** Bytes that a record of this payload takes. */
    static long size(int length) {
        return (long) BYTES + length + 7 & -8L;
    }

    /** Makes a place an unordered record. Nothing points to it yet. */
    static void write(long address, long seqno, int length, int lap, long place, long tag) {
        MEMORY.writeLong(address + SEQNO, seqno);
        MEMORY.writeLong(address + LENGTH_LAP, length | (long) lap << 32);
        MEMORY.writeInt(address + FRAME_CHECK, frameCheck(length, lap, place, tag));
        MEMORY.writeInt(address + PAYLOAD_CHECK, 0);
        MEMORY.writeLong(address + KIND_FLAGS_CHECK, 0);
    }

    /** Gives a filled record its seqno: from now on recovery finds it. */
    static void publish(long address, long seqno, int kind, int flags, int payloadCheck, long tag) {
        MEMORY.writeInt(address + PAYLOAD_CHECK, payloadCheck);
        MEMORY.writeLong(address + KIND_FLAGS_CHECK, kindFlagsCheck(seqno, kind, flags, payloadCheck, tag));
        MEMORY.writeOrderedLong(address + SEQNO, seqno);
    }

    /** Changes the flags of a published record. */
    static void flags(long address, int kind, int flags, long tag) {
        long seqno = MEMORY.readLong(address + SEQNO);
        int payloadCheck = MEMORY.readInt(address + PAYLOAD_CHECK);
        MEMORY.writeOrderedLong(address + KIND_FLAGS_CHECK, kindFlagsCheck(seqno, kind, flags, payloadCheck, tag));
    }

    static void discard(long address) {
        MEMORY.writeOrderedLong(address + SEQNO, DISCARDED);
    }

    static long seqno(long address) {
        return MEMORY.readLong(address + SEQNO);
    }

    static int length(long address) {
        return MEMORY.readInt(address + LENGTH_LAP);
    }

    static int lap(long address) {
        return MEMORY.readInt(address + LAP);
    }

    static int payloadCheck(long address) {
        return MEMORY.readInt(address + PAYLOAD_CHECK);
    }

    static int kind(long address) {
        return MEMORY.readByte(address + KIND_FLAGS_CHECK);
    }

    static int flags(long address) {
        return MEMORY.readByte(address + KIND_FLAGS_CHECK + 1);
    }

    /** True if the place, length and lap are those that were written here. */
    static boolean isFrame(long address, long place, long tag) {
        int length = length(address);
        return length >= 0 && MEMORY.readInt(address + FRAME_CHECK) == frameCheck(length, lap(address), place, tag);
    }

    /** True if seqno, kind, flags and payload check are those that were published; the payload itself is the caller's to check. */
    static boolean isRecord(long address, long tag) {
        long word = MEMORY.readLong(address + KIND_FLAGS_CHECK);
        return word == kindFlagsCheck(seqno(address), kind(address), flags(address), payloadCheck(address), tag)
                && MEMORY.readInt(address + RECORD_CHECK) == (int) (word >>> 32)
                && WriteSetKind.of(kind(address)) != null;
    }

    private static int frameCheck(int length, int lap, long place, long tag) {
        long mixed = (tag ^ place) * MIX_1 + (length | (long) lap << 32);
        return fold(mixed);
    }

    private static long kindFlagsCheck(long seqno, int kind, int flags, int payloadCheck, long tag) {
        long small = kind & 0xff | (flags & 0xff) << 8;
        long mixed = (tag ^ seqno) * MIX_1 + (small << 32 | payloadCheck & 0xffff_ffffL);
        return small | (long) fold(mixed) << 32;
    }

    private static int fold(long value) {
        long mixed = (value ^ value >>> 32) * MIX_2;
        mixed = (mixed ^ mixed >>> 29) * MIX_1;
        return (int) (mixed >>> 32);
    }
}
