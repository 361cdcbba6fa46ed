package io.wsrep4j.provider.writeset;

import java.nio.ByteBuffer;

/**
 * One record set read in place: header, checksum, records, padding (docs/spec/writeset-certification.md 5). A flyweight that is set by {@link
 * RecordSetReader}; positions are absolute in the write set's memory.
 */
final class RecordSet {

    /** Bits 4 to 7 of the first byte: version; bit 3: short header; bits 0 to 2: kind of checksum. */
    static final int VERSION_SHIFT = 4;

    static final int SHORT_HEADER = 8;
    static final int CHECKSUM_MASK = 7;
    static final int CHECKSUM_MMH128 = 3;

    /** Version 2, short header: one 32-bit word of version byte, count - 1 and size - 1, then the header's hash. */
    static final int SHORT_HEADER_BYTES = 8;

    static final int SHORT_COUNT_SHIFT = 8;
    static final int SHORT_SIZE_SHIFT = 18;
    static final int SHORT_MAX_COUNT = 1024;
    static final int SHORT_MAX_SIZE = 16384;

    static final int HEADER_HASH_BYTES = Integer.BYTES;
    static final int CHECKSUM_BYTES = 16;

    /** No set; never changed. */
    static final RecordSet ABSENT = new RecordSet();

    private int start;
    private int records;
    private int recordBytes;
    private int count;
    private int end;

    void set(int newStart, int newRecords, int newRecordBytes, int newCount, int newEnd) {
        start = newStart;
        records = newRecords;
        recordBytes = newRecordBytes;
        count = newCount;
        end = newEnd;
    }

    void clear(int at) {
        set(at, at, 0, 0, at);
    }

    /** Position of the header. */
    int start() {
        return start;
    }

    /** Position of the first record. */
    int records() {
        return records;
    }

    /** Bytes of all records. */
    int recordBytes() {
        return recordBytes;
    }

    /** Number of records; 0 if the set is absent. */
    int count() {
        return count;
    }

    /** Position after the padding. */
    int end() {
        return end;
    }

    /** The {@code size} field: header, checksum and records without padding; 0 if the set is absent. */
    int size() {
        return records - start + recordBytes;
    }

    /** The records, as a window on the same memory. */
    ByteBuffer slice(ByteBuffer memory) {
        return memory.slice(records, recordBytes);
    }
}
