package io.wsrep4j.provider.writeset;

import io.wsrep4j.api.hash.MurmurHash128;
import io.wsrep4j.api.hash.MurmurHash32;
import java.nio.ByteBuffer;

/**
 * Lays out and seals record sets (docs/spec/writeset-certification.md 5): the caller puts the records where {@link #recordsOffset} says and calls
 * {@link #seal}. Not thread-safe: owns the hash state.
 */
final class RecordSetWriter {

    private static final int LONG_HEADER_MAX = 24;
    private static final int VERSION_1_HEADER_MAX = 23;

    private final int version;
    private final int alignment;
    private final MurmurHash128 hash;
    private final byte[] scratch = new byte[64];

    RecordSetWriter(WriteSetFormat format, MurmurHash128 hash) {
        version = format.recordSetVersion();
        alignment = format.alignment();
        this.hash = hash;
    }

    /** Bytes the whole set occupies, padding included; 0 for an empty set. */
    long serialBytes(long recordBytes, int count) {
        if (count == 0) {
            return 0;
        }
        long size = recordsOffset(recordBytes, count) + recordBytes;
        return size + alignment - 1 & -alignment;
    }

    /** Bytes from the start of the set to its first record. */
    int recordsOffset(long recordBytes, int count) {
        return headerBytes(recordBytes, count) + RecordSet.CHECKSUM_BYTES;
    }

    private int headerBytes(long recordBytes, int count) {
        if (isShort(recordBytes, count)) {
            return RecordSet.SHORT_HEADER_BYTES;
        }
        // the header holds the size, which includes the header: found by iterating downward
        int bytes = version == 2 ? LONG_HEADER_MAX : VERSION_1_HEADER_MAX;
        while (true) {
            int needed = 1
                    + varintBytes(bytes + RecordSet.CHECKSUM_BYTES + recordBytes)
                    + varintBytes(count)
                    + RecordSet.HEADER_HASH_BYTES;
            needed = RecordSetReader.align(needed, alignment);
            if (needed == bytes) {
                return bytes;
            }
            bytes = needed;
        }
    }

    private boolean isShort(long recordBytes, int count) {
        return version == 2
                && count <= RecordSet.SHORT_MAX_COUNT
                && RecordSet.SHORT_HEADER_BYTES + RecordSet.CHECKSUM_BYTES + recordBytes <= RecordSet.SHORT_MAX_SIZE;
    }

    /**
     * Writes header, padding and checksum around records that are in place already.
     *
     * @return position after the set
     */
    int seal(ByteBuffer out, int at, int recordBytes, int count) {
        int headerBytes = headerBytes(recordBytes, count);
        int records = at + headerBytes + RecordSet.CHECKSUM_BYTES;
        int size = records - at + recordBytes;
        int end = at + RecordSetReader.align(size, alignment);
        for (int i = records + recordBytes; i < end; i++) {
            out.put(i, (byte) 0);
        }
        if (isShort(recordBytes, count)) {
            int first = version << RecordSet.VERSION_SHIFT | RecordSet.SHORT_HEADER | RecordSet.CHECKSUM_MMH128;
            putInt(out, at, first | count - 1 << RecordSet.SHORT_COUNT_SHIFT | size - 1 << RecordSet.SHORT_SIZE_SHIFT);
        } else {
            out.put(at, (byte) (version << RecordSet.VERSION_SHIFT | RecordSet.CHECKSUM_MMH128));
            int next = putVarint(out, at + 1, size);
            next = putVarint(out, next, count);
            while (next < at + headerBytes - RecordSet.HEADER_HASH_BYTES) {
                out.put(next++, (byte) 0);
            }
        }
        int hashAt = at + headerBytes - RecordSet.HEADER_HASH_BYTES;
        putInt(out, hashAt, MurmurHash32.hash(out, at, hashAt - at));
        RecordSetReader.digest(hash, scratch, out, at, headerBytes, records, end - records);
        WriteSetHeader.setLong(out, at + headerBytes, hash.low());
        WriteSetHeader.setLong(out, at + headerBytes + Long.BYTES, hash.high());
        return end;
    }

    private static void putInt(ByteBuffer out, int at, int value) {
        WriteSetHeader.setShort(out, at, value);
        WriteSetHeader.setShort(out, at + Short.BYTES, value >>> Short.SIZE);
    }

    private static int putVarint(ByteBuffer out, int at, int value) {
        int next = at;
        int rest = value;
        while (rest >>> 7 != 0) {
            out.put(next++, (byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.put(next++, (byte) rest);
        return next;
    }

    private static int varintBytes(long value) {
        int bytes = 1;
        for (long rest = value >>> 7; rest != 0; rest >>>= 7) {
            bytes++;
        }
        return bytes;
    }
}
