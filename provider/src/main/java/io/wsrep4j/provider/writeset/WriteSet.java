package io.wsrep4j.provider.writeset;

import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.hash.MurmurHash128;
import java.nio.ByteBuffer;

/**
 * One write set, read in place (docs/spec/writeset-certification.md 4 and 5).
 *
 * <p>A flyweight: it refers to memory that somebody else owns (the write-set cache, as a rule), and is set only by {@link WriteSetReader},
 * after every checksum was found right. It stays valid as long as that memory does. Not thread-safe, but safe to hand over from thread to
 * thread. Reusable: reading again into the same object allocates nothing.
 */
public final class WriteSet {

    private final RecordSet keys = new RecordSet();
    private final RecordSet data = new RecordSet();
    /** Rare, so made only when there is one. */
    private RecordSet unordered = RecordSet.ABSENT;

    private RecordSet annotation = RecordSet.ABSENT;

    private ByteBuffer memory;
    private int offset;
    private int length;
    private int version;
    private int headerBytes;
    private Uuid source = Uuid.UNDEFINED;

    void set(ByteBuffer newMemory, int newOffset, int newVersion, int newHeaderBytes, Uuid newSource) {
        memory = newMemory;
        offset = newOffset;
        version = newVersion;
        headerBytes = newHeaderBytes;
        source = newSource;
        int end = newOffset + newHeaderBytes;
        keys.clear(end);
        data.clear(end);
        unordered = RecordSet.ABSENT;
        annotation = RecordSet.ABSENT;
        length = newHeaderBytes;
    }

    void setLength(int newLength) {
        length = newLength;
    }

    /** Forgets the memory, which may then be released. */
    public void release() {
        memory = null;
        length = 0;
    }

    /** The memory it lies in. */
    ByteBuffer memory() {
        return memory;
    }

    /** Absolute position of the first byte in the memory given to the reader. */
    public int offset() {
        return offset;
    }

    /** Bytes the write set really uses; the memory given may have been longer. */
    public int length() {
        return length;
    }

    /** Effective version, 3 to 6. */
    public int version() {
        return version;
    }

    /** Version stated in the header; greater than {@link #version} when the sender knows a newer, compatible one. */
    public int statedVersion() {
        return byteAt(WriteSetHeader.VERSIONS_OFFSET) >> 4;
    }

    /** The lowest version a reader must know, as stated in the header. */
    public int minVersion() {
        return byteAt(WriteSetHeader.VERSIONS_OFFSET) & 15;
    }

    /** Bytes of the header. */
    public int headerBytes() {
        return headerBytes;
    }

    /** How the sender stores keys; EMPTY if there is no key set. */
    public KeyFormat keyFormat() {
        return KeyFormat.ofValue(sets() >> WriteSetHeader.SETS_KEY_FORMAT_SHIFT);
    }

    /** 0 if there is no data set, else 1. */
    public int dataVersion() {
        return sets() >> WriteSetHeader.SETS_DATA_VERSION_SHIFT & WriteSetHeader.SETS_DATA_VERSION_MASK;
    }

    /** True if the header announces an unordered set. */
    public boolean hasUnordered() {
        return (sets() & WriteSetHeader.SETS_UNORDERED) != 0;
    }

    /** True if the header announces an annotation set. */
    public boolean hasAnnotation() {
        return (sets() & WriteSetHeader.SETS_ANNOTATION) != 0;
    }

    /** All flag bits as they stand: {@link WriteSetFlags}. */
    public int wireFlags() {
        return WriteSetHeader.getShort(memory, offset + WriteSetHeader.FLAGS_OFFSET);
    }

    /** The flags a reader keeps, with BEGIN where older versions imply it (docs/spec/writeset-certification.md 8.2). */
    public int flags() {
        int flags = wireFlags() & WriteSetFlags.READ_MASK;
        boolean implied = version < WriteSetFormat.PRESET_RANGE_VERSION && (flags & TransactionFlags.TRX_END) != 0;
        return implied ? flags | TransactionFlags.TRX_START : flags;
    }

    /** True if this copy was patched after certification. */
    public boolean isCertified() {
        return version < WriteSetFormat.PRESET_RANGE_VERSION
                ? parallelRange() != 0
                : (wireFlags() & WriteSetFlags.CERTIFIED) != 0;
    }

    /** Before certification: it depends on last_seen - range at least; after: seqno - depends_seqno, at most 65535. */
    public int parallelRange() {
        return WriteSetHeader.getShort(memory, offset + WriteSetHeader.RANGE_OFFSET);
    }

    /** Before certification: last_seen; after: the write set's own seqno. */
    public long seqnoField() {
        return longAt(WriteSetHeader.SEQNO_OFFSET);
    }

    /** The sender's monotonic clock when it sent, nanoseconds; means nothing on another host. */
    public long timestampNanos() {
        return longAt(WriteSetHeader.TIMESTAMP_OFFSET);
    }

    /** The node that made it. */
    public Uuid source() {
        return source;
    }

    /** The connection at the source. */
    public long connectionId() {
        return longAt(WriteSetHeader.CONNECTION_OFFSET);
    }

    /** The transaction at the source; all ones for total order isolation. */
    public long transactionId() {
        return longAt(WriteSetHeader.TRANSACTION_OFFSET);
    }

    /** The header's checksum. */
    public long checksum() {
        return longAt(headerBytes - WriteSetHeader.CHECKSUM_BYTES);
    }

    /** Number of key records. */
    public int keyCount() {
        return keys.count();
    }

    /** Bytes of the key set by its {@code size} field; 0 if absent. */
    public int keySetBytes() {
        return keys.size();
    }

    /** Bytes of the data set by its {@code size} field; 0 if absent. */
    public int dataSetBytes() {
        return data.size();
    }

    /** Bytes of the unordered set by its {@code size} field; 0 if absent. */
    public int unorderedSetBytes() {
        return unordered.size();
    }

    /** The ordered data, a window on the same memory; empty if there is none. */
    public ByteBuffer data() {
        return data.slice(memory);
    }

    /** The unordered data, a window on the same memory; empty if there is none. */
    public ByteBuffer unordered() {
        return unordered.slice(memory);
    }

    /** The annotation, a window on the same memory; empty if there is none. Its checksum is not verified. */
    public ByteBuffer annotation() {
        return annotation.slice(memory);
    }

    /** The start seqno that the end of a non-blocking operation carries as its data; 0 if there are less than 8 bytes. */
    public long nonBlockingStart() {
        return data.recordBytes() < Long.BYTES ? 0 : WriteSetHeader.getLong(memory, data.records());
    }

    /** Patches this copy after certification (docs/spec/writeset-certification.md 4.4). The memory must be writable. */
    public void stampCertified(long seqno, long dependsOn, MurmurHash128 hash) {
        WriteSetHeader.stampCertified(memory, offset, seqno, dependsOn, hash);
    }

    RecordSet keySet() {
        return keys;
    }

    RecordSet dataSet() {
        return data;
    }

    RecordSet unorderedSet() {
        return unordered;
    }

    RecordSet annotationSet() {
        return annotation;
    }

    RecordSet newUnorderedSet() {
        unordered = new RecordSet();
        return unordered;
    }

    RecordSet newAnnotationSet() {
        annotation = new RecordSet();
        return annotation;
    }

    int sets() {
        return byteAt(WriteSetHeader.SETS_OFFSET);
    }

    private int byteAt(int field) {
        return memory.get(offset + field) & 0xFF;
    }

    private long longAt(int field) {
        return WriteSetHeader.getLong(memory, offset + field);
    }

    /** For people. */
    @Override
    public String toString() {
        if (memory == null) {
            return "write set (released)";
        }
        return "write set v" + version + " " + WriteSetFlags.describe(wireFlags()) + " source " + source + " trx "
                + Long.toUnsignedString(transactionId()) + " conn " + Long.toUnsignedString(connectionId())
                + (isCertified() ? " seqno " : " last_seen ") + seqnoField() + " range " + parallelRange() + ", "
                + keyCount() + " keys, " + data.recordBytes() + " bytes of data, " + length + " bytes";
    }
}
