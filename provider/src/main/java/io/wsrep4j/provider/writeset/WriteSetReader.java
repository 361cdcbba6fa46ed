package io.wsrep4j.provider.writeset;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.hash.MurmurHash128;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Checks a write set and lays a {@link WriteSet} over it (docs/spec/writeset-certification.md 4.2, 5, 6.3).
 *
 * <p>Every checksum is verified and every key record's extent and type is checked before a field is trusted, so that nobody who uses the
 * result can run out of bounds. Bytes after the last set are ignored, as Galera does. Not thread-safe: one reader a thread.
 */
public final class WriteSetReader {

    private static final int MIN_RECOGNISABLE = 4;
    private static final int LOWEST_VERSIONS_BYTE = 0x33;
    private static final int LAST_OLD_VERSION = 2;
    private static final int MAX_DATA_VERSION = 1;

    private final MurmurHash128 hash = new MurmurHash128();
    private final RecordSetReader sets = new RecordSetReader(hash);
    private final KeyCursor keys = new KeyCursor();
    private final Uuid[] lastSources = new Uuid[16];

    /**
     * Reads {@code length} bytes at {@code offset}.
     *
     * @param into set to these bytes; unchanged or unusable if the call throws
     * @param seqno the seqno it was delivered under, for errors
     * @param source who sent it, for errors
     * @throws CorruptWriteSetException if anything is wrong with the bytes
     * @throws IndexOutOfBoundsException if offset and length do not lie in the buffer
     */
    public void read(WriteSet into, ByteBuffer memory, int offset, int length, long seqno, Uuid source)
            throws CorruptWriteSetException {
        Objects.checkFromIndexSize(offset, length, memory.limit());
        try {
            readHeader(into, memory, offset, length, seqno, source);
            readSets(into, memory, offset, length, seqno, source);
        } catch (RecordSetReader.Refusal e) {
            into.release();
            throw new CorruptWriteSetException(seqno, source, e.position() - offset, e.part(), e.given(), e.allowed());
        } catch (CorruptWriteSetException e) {
            into.release();
            throw e;
        }
    }

    /** Reads into a new {@link WriteSet}. */
    public WriteSet read(ByteBuffer memory, int offset, int length, long seqno, Uuid source)
            throws CorruptWriteSetException {
        WriteSet writeSet = new WriteSet();
        read(writeSet, memory, offset, length, seqno, source);
        return writeSet;
    }

    private void readHeader(WriteSet into, ByteBuffer memory, int offset, int length, long seqno, Uuid source)
            throws CorruptWriteSetException {
        int version = version(memory, offset, length);
        if (version < WriteSetFormat.MIN_VERSION || version > WriteSetFormat.MAX_VERSION) {
            throw new CorruptWriteSetException(
                    seqno,
                    source,
                    0,
                    "version",
                    version < 0 ? "none, the bytes do not begin like a write set" : String.valueOf(version),
                    WriteSetFormat.MIN_VERSION + " to " + WriteSetFormat.MAX_VERSION);
        }
        int headerBytes = memory.get(offset + WriteSetHeader.SIZE_OFFSET) & 0xFF;
        if (headerBytes < WriteSetHeader.SIZE || headerBytes > length) {
            throw new CorruptWriteSetException(
                    seqno,
                    source,
                    WriteSetHeader.SIZE_OFFSET,
                    "header size",
                    String.valueOf(headerBytes),
                    WriteSetHeader.SIZE + " to the " + length + " bytes there are");
        }
        int covered = headerBytes - WriteSetHeader.CHECKSUM_BYTES;
        hash.hash(memory, offset, covered);
        long stored = WriteSetHeader.getLong(memory, offset + covered);
        if (stored != hash.low()) {
            throw new CorruptWriteSetException(
                    seqno,
                    source,
                    covered,
                    "header checksum",
                    "0x" + Long.toHexString(stored),
                    "0x" + Long.toHexString(hash.low()));
        }
        into.set(memory, offset, version, headerBytes, source(memory, offset));
        if (into.keyFormat() == null || into.dataVersion() > MAX_DATA_VERSION) {
            throw new CorruptWriteSetException(
                    seqno,
                    source,
                    WriteSetHeader.SETS_OFFSET,
                    "sets byte",
                    "0x" + Integer.toHexString(into.sets()),
                    "key format 0 to 4, data version 0 or 1");
        }
    }

    private void readSets(WriteSet into, ByteBuffer memory, int offset, int length, long seqno, Uuid source)
            throws CorruptWriteSetException, RecordSetReader.Refusal {
        int limit = offset + length;
        int at = offset + into.headerBytes();
        if (into.keyFormat() != KeyFormat.EMPTY) {
            RecordSet set = into.keySet();
            sets.read(set, memory, at, limit, "key set", true);
            int wrong = keys.validate(memory, into.version(), set.records(), set.recordBytes(), set.count());
            if (wrong >= 0) {
                throw new CorruptWriteSetException(
                        seqno, source, wrong - offset, "key set", keys.complaint(), keys.allowed());
            }
            at = set.end();
        }
        if (into.dataVersion() != 0) {
            sets.read(into.dataSet(), memory, at, limit, "data set", true);
            at = into.dataSet().end();
            if (into.hasUnordered()) {
                sets.read(into.newUnorderedSet(), memory, at, limit, "unordered set", true);
                at = into.unorderedSet().end();
            }
            if (into.hasAnnotation() && at < limit) {
                sets.read(into.newAnnotationSet(), memory, at, limit, "annotation set", false);
                at = into.annotationSet().end();
            }
        }
        into.setLength(at - offset);
    }

    /** The source in the header; the object of the last time if it is the same, for few nodes make many write sets. */
    private Uuid source(ByteBuffer memory, int offset) {
        long most = Long.reverseBytes(WriteSetHeader.getLong(memory, offset + WriteSetHeader.SOURCE_OFFSET));
        long least =
                Long.reverseBytes(WriteSetHeader.getLong(memory, offset + WriteSetHeader.SOURCE_OFFSET + Long.BYTES));
        int place = (int) least & lastSources.length - 1;
        Uuid last = lastSources[place];
        if (last == null || last.mostSignificant() != most || last.leastSignificant() != least) {
            last = new Uuid(most, least);
            lastSources[place] = last;
        }
        return last;
    }

    /** The range field of a write set that was read before: seqno less dependency, once certified. */
    public static int parallelRange(ByteBuffer writeSet) {
        return WriteSetHeader.getShort(writeSet, WriteSetHeader.RANGE_OFFSET);
    }

    /** The effective version of the bytes, or -1 if they are no write set (docs/spec/writeset-certification.md 4.2). Trusts nothing. */
    public static int version(ByteBuffer memory, int offset, int length) {
        if (length < MIN_RECOGNISABLE) {
            return -1;
        }
        int versions = memory.get(offset + WriteSetHeader.VERSIONS_OFFSET) & 0xFF;
        int headerBytes = memory.get(offset + WriteSetHeader.SIZE_OFFSET) & 0xFF;
        if (memory.get(offset) == WriteSetHeader.MAGIC
                && versions >= LOWEST_VERSIONS_BYTE
                && headerBytes >= WriteSetHeader.MIN_READABLE_SIZE) {
            int highest = versions >> 4;
            int lowest = versions & 15;
            if (lowest > highest) {
                return -1;
            }
            if (highest < WriteSetFormat.MAX_VERSION) {
                return highest;
            }
            return lowest <= WriteSetFormat.MAX_VERSION ? WriteSetFormat.MAX_VERSION : lowest;
        }
        int old = memory.get(offset + WriteSetHeader.SETS_OFFSET) & 0xFF;
        return versions == 0 && headerBytes == 0 && old <= LAST_OLD_VERSION ? old : -1;
    }
}
