package io.wsrep4j.provider.writeset;

import io.wsrep4j.api.MalformedException;
import io.wsrep4j.api.hash.MurmurHash128;
import io.wsrep4j.api.hash.MurmurHash32;
import java.nio.ByteBuffer;

/**
 * Reads record sets in place (docs/spec/writeset-certification.md 5), in the order of tests given there: version, kind of checksum, size, count,
 * header hash, checksum. Not thread-safe: owns the hash state.
 */
final class RecordSetReader {

    private static final int MIN_BYTES = 8;
    private static final int MAX_VARINT_SHIFT = 56;

    private final MurmurHash128 hash;
    private final byte[] tail = new byte[64];

    private int varintEnd;

    RecordSetReader(MurmurHash128 hash) {
        this.hash = hash;
    }

    /** What is wrong with a record set, to be completed by who knows the write set's origin. */
    static final class Refusal extends MalformedException {
        private static final long serialVersionUID = 1L;
        private final int position;
        private final String part;
        private final String given;
        private final String allowed;

        private Refusal(int position, String part, String given, String allowed) {
            super(part, given, allowed);
            this.position = position;
            this.part = part;
            this.given = given;
            this.allowed = allowed;
        }

        int position() {
            return position;
        }

        String part() {
            return part;
        }

        String given() {
            return given;
        }

        String allowed() {
            return allowed;
        }
    }

    /**
     * Reads the record set at {@code at}.
     *
     * @param limit where the write set ends
     * @param name of the set, for errors
     * @param verify false for the annotation set, whose checksum nobody checks
     */
    void read(RecordSet into, ByteBuffer memory, int at, int limit, String name, boolean verify) throws Refusal {
        if (limit - at < MIN_BYTES) {
            throw new Refusal(at, name, (limit - at) + " bytes", "at least " + MIN_BYTES);
        }
        int first = memory.get(at) & 0xFF;
        int version = first >> RecordSet.VERSION_SHIFT;
        if (version != 1 && version != 2) {
            throw new Refusal(at, name + ", record set version", String.valueOf(version), "1 or 2");
        }
        int checksumBytes = checksumBytes(at, name, version, first & RecordSet.CHECKSUM_MASK);
        long size;
        long count;
        int headerBytes;
        if (version == 2 && (first & RecordSet.SHORT_HEADER) != 0) {
            int word = intAt(memory, at);
            count = (word >>> RecordSet.SHORT_COUNT_SHIFT & RecordSet.SHORT_MAX_COUNT - 1) + 1;
            size = (word >>> RecordSet.SHORT_SIZE_SHIFT) + 1;
            headerBytes = RecordSet.SHORT_HEADER_BYTES;
        } else {
            size = varint(memory, at + 1, limit, name);
            count = varint(memory, varintEnd, limit, name);
            headerBytes = align(varintEnd + RecordSet.HEADER_HASH_BYTES - at, version == 2 ? 8 : 1);
        }
        checkExtent(at, limit, name, size, count, headerBytes, checksumBytes);
        checkHeaderHash(memory, at, name, headerBytes);
        int records = at + headerBytes + checksumBytes;
        int recordBytes = (int) size - headerBytes - checksumBytes;
        int end = at + align((int) size, version == 2 ? 8 : 1);
        if (end > limit || end < at) {
            throw new Refusal(
                    at,
                    name + ", padded size",
                    (end - at) + ", which exceeds the end",
                    "at most the " + (limit - at) + " bytes there are");
        }
        if (verify) {
            checkRecords(memory, at, name, headerBytes, checksumBytes, records, end);
        }
        into.set(at, records, recordBytes, (int) count, end);
    }

    private static int checksumBytes(int at, String name, int version, int kind) throws Refusal {
        switch (kind) {
            case 0:
                return 0;
            case 1:
                if (version == 1) {
                    return Integer.BYTES;
                }
                break;
            case 2:
                return Long.BYTES;
            case RecordSet.CHECKSUM_MMH128:
                return RecordSet.CHECKSUM_BYTES;
            default:
                break;
        }
        throw new Refusal(at, name + ", checksum type", String.valueOf(kind), "those of record set version " + version);
    }

    private static void checkExtent(
            int at, int limit, String name, long size, long count, int headerBytes, int checksumBytes) throws Refusal {
        if (size > limit - at) {
            throw new Refusal(
                    at,
                    name + ", size",
                    size + ", which exceeds the end",
                    "at most the " + (limit - at) + " bytes there are");
        }
        if (size < headerBytes + checksumBytes) {
            throw new Refusal(at, name + ", size", String.valueOf(size), "at least " + (headerBytes + checksumBytes));
        }
        if (count > size) {
            throw new Refusal(at, name + ", count", String.valueOf(count), "at most its size, " + size);
        }
    }

    private static void checkHeaderHash(ByteBuffer memory, int at, String name, int headerBytes) throws Refusal {
        int hashAt = at + headerBytes - RecordSet.HEADER_HASH_BYTES;
        int stored = intAt(memory, hashAt);
        int computed = MurmurHash32.hash(memory, at, hashAt - at);
        if (stored != computed) {
            throw new Refusal(
                    at,
                    name + ", header hash",
                    "0x" + Integer.toHexString(stored),
                    "0x" + Integer.toHexString(computed));
        }
    }

    private void checkRecords(
            ByteBuffer memory, int at, String name, int headerBytes, int checksumBytes, int records, int end)
            throws Refusal {
        if (checksumBytes == 0) {
            return;
        }
        digest(hash, tail, memory, at, headerBytes, records, end - records);
        boolean same = checksumBytes == Integer.BYTES
                ? intAt(memory, at + headerBytes) == (int) hash.low()
                : WriteSetHeader.getLong(memory, at + headerBytes) == hash.low()
                        && (checksumBytes == Long.BYTES
                                || WriteSetHeader.getLong(memory, at + headerBytes + Long.BYTES) == hash.high());
        if (!same) {
            throw new Refusal(at, name, "checksum mismatch over " + (end - records) + " bytes", "the right checksum");
        }
    }

    /** MMH128 of the records with their padding, followed by the header. */
    static void digest(
            MurmurHash128 hash,
            byte[] scratch,
            ByteBuffer memory,
            int header,
            int headerBytes,
            int records,
            int paddedBytes) {
        hash.restart();
        int whole = paddedBytes & -MurmurHash128.BLOCK;
        hash.blocks(memory, records, whole);
        int rest = paddedBytes - whole;
        memory.get(records + whole, scratch, 0, rest);
        memory.get(header, scratch, rest, headerBytes);
        rest += headerBytes;
        int more = rest & -MurmurHash128.BLOCK;
        hash.blocks(scratch, 0, more);
        hash.finish(scratch, more, rest - more);
    }

    private static int intAt(ByteBuffer memory, int at) {
        return WriteSetHeader.getShort(memory, at) | WriteSetHeader.getShort(memory, at + Short.BYTES) << Short.SIZE;
    }

    /** Unsigned LEB128; {@link #varintEnd} tells where it ended. */
    private long varint(ByteBuffer memory, int at, int limit, String name) throws Refusal {
        long value = 0;
        int shift = 0;
        for (int i = at; i < limit; i++) {
            int next = memory.get(i);
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                varintEnd = i + 1;
                return value;
            }
            shift += 7;
            if (shift > MAX_VARINT_SHIFT) {
                throw new Refusal(at, name + ", a length", "more than 63 bits", "at most 63");
            }
        }
        throw new Refusal(at, name + ", a length", "no end of it", "one before the write set's");
    }

    static int align(int length, int alignment) {
        return length + alignment - 1 & -alignment;
    }
}
