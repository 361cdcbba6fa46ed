package io.wsrep4j.provider.writeset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.hash.MurmurHash128;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Odd but legal bytes, and what is refused (docs/spec/writeset-certification.md checklist 7, 8, 10 to 14). */
class WriteSetReaderTest {

    private static final WriteSetFormat FORMAT = WriteSetFormat.ofProtocol(11, KeyFormat.FLAT8);

    private static ByteBuffer sealed(WriteSetBuilder builder) {
        ByteBuffer out = ByteBuffer.allocateDirect((int) builder.sealedBytes());
        builder.seal(out, 0, 0x41, GoldenWriteSet.SOMEBODY, 1, 1);
        builder.stampForSending(out, 0, 3, 65535, 0);
        return out;
    }

    private static WriteSetBuilder builder(WriteSetFormat format) {
        WriteSetBuilder builder = new WriteSetBuilder(format);
        builder.appendKey(Key.of("db", "t", "1"), KeyType.EXCLUSIVE);
        builder.appendData(ByteBuffer.wrap(new byte[] {1, 2, 3}), DataType.ORDERED, true);
        return builder;
    }

    private static void fixHeader(ByteBuffer memory) {
        WriteSetHeader.stampForSending(memory, 0, 3, 65535, 0, new MurmurHash128());
    }

    @Test
    void version7WithMinimum3IsReadAsVersion6() throws CorruptWriteSetException {
        ByteBuffer memory = sealed(builder(FORMAT));
        memory.put(1, (byte) 0x73);
        fixHeader(memory);

        assertThat(GoldenWriteSet.read(memory).version()).isEqualTo(6);
    }

    @Test
    void version7WithMinimum7AndVersion2AreRefused() {
        for (int versions : new int[] {0x77, 0x23, 0x36}) {
            ByteBuffer memory = sealed(builder(FORMAT));
            memory.put(1, (byte) versions);
            fixHeader(memory);

            assertThatThrownBy(() -> GoldenWriteSet.read(memory))
                    .isInstanceOf(CorruptWriteSetException.class)
                    .hasMessageContaining("version");
        }
    }

    @Test
    void writeSetsOfGalera2AreNamedAsUnsupported() {
        assertThatThrownBy(() -> GoldenWriteSet.read(ByteBuffer.wrap(new byte[] {9, 0, 0, 2, 5, 5, 5, 5})))
                .isInstanceOf(CorruptWriteSetException.class)
                .hasMessageContaining("version: 2; allowed: 3 to 6");
    }

    @Test
    void aLongerHeaderIsHonoured() throws CorruptWriteSetException {
        ByteBuffer plain = sealed(builder(FORMAT));
        ByteBuffer memory = ByteBuffer.allocateDirect(plain.capacity() + 8);
        memory.put(0, plain, 0, 56);
        memory.put(72, plain, 64, plain.capacity() - 64);
        memory.put(2, (byte) 72);
        fixHeader(memory);

        WriteSet writeSet = GoldenWriteSet.read(memory);
        writeSet.stampCertified(9, 8, new MurmurHash128());

        assertThat(GoldenWriteSet.hex(GoldenWriteSet.read(memory).data())).isEqualTo("010203");
        assertThat(GoldenWriteSet.read(memory).seqnoField()).isEqualTo(9);
    }

    @Test
    void aFlippedPaddingBitIsRefused() {
        ByteBuffer memory = sealed(builder(FORMAT));
        memory.put(memory.capacity() - 1, (byte) 1);

        assertThatThrownBy(() -> GoldenWriteSet.read(memory))
                .isInstanceOf(CorruptWriteSetException.class)
                .hasMessageContaining("data set: checksum mismatch");
    }

    @Test
    void recordSetsOfVersion1FollowEachOtherWithoutPadding() throws CorruptWriteSetException {
        ByteBuffer memory = sealed(builder(new WriteSetFormat(3, 1, KeyFormat.FLAT8A, KeyType.REFERENCE)));
        WriteSet writeSet = GoldenWriteSet.read(memory);

        assertThat(writeSet.dataSet().start()).isEqualTo(writeSet.keySet().end());
        assertThat(writeSet.keySet().end() - writeSet.keySet().start()).isEqualTo(writeSet.keySetBytes());
        assertThat(writeSet.length() % 8).isNotZero();
    }

    @Test
    void aFlippedAnnotationByteIsAcceptedAFlippedUnorderedByteIsNot() throws CorruptWriteSetException {
        WriteSetBuilder builder = builder(FORMAT);
        builder.appendData(ByteBuffer.wrap(new byte[40]), DataType.UNORDERED, true);
        builder.appendData(ByteBuffer.wrap(new byte[40]), DataType.ANNOTATION, true);
        ByteBuffer memory = sealed(builder);
        WriteSet writeSet = GoldenWriteSet.read(memory);

        memory.put(writeSet.annotationSet().records(), (byte) 1);
        assertThat(GoldenWriteSet.read(memory).annotation().get(0)).isEqualTo((byte) 1);

        memory.put(writeSet.unorderedSet().records(), (byte) 1);
        assertThatThrownBy(() -> GoldenWriteSet.read(memory))
                .isInstanceOf(CorruptWriteSetException.class)
                .hasMessageContaining("unordered set: checksum mismatch");
    }

    @Test
    void withoutDataThereIsNoUnorderedSetWhateverTheBitSays() throws CorruptWriteSetException {
        WriteSetBuilder builder = new WriteSetBuilder(FORMAT);
        builder.appendData(ByteBuffer.wrap(new byte[40]), DataType.UNORDERED, true);
        ByteBuffer memory = sealed(builder);

        WriteSet writeSet = GoldenWriteSet.read(memory);

        assertThat(writeSet.hasUnordered()).isTrue();
        assertThat(writeSet.unordered().remaining()).isZero();
        assertThat(writeSet.length()).isEqualTo(64);
    }

    @Test
    void keyRecordsOfAllFormatsMayShareOneSet() throws CorruptWriteSetException {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        List<String> hashes = new ArrayList<>();
        for (KeyFormat format : KeyFormat.values()) {
            if (format != KeyFormat.EMPTY) {
                WriteSetBuilder one = new WriteSetBuilder(new WriteSetFormat(6, 2, format, KeyType.REFERENCE));
                one.appendKey(Key.of(format.name()), KeyType.UPDATE);
                KeyCursor cursor = new KeyCursor().wrap(GoldenWriteSet.read(sealed(one)));
                cursor.next();
                records.writeBytes(GoldenWriteSet.copy(cursor.record()));
                hashes.add(cursor.toString());
            }
        }
        ByteBuffer memory = withKeySet(records.toByteArray(), hashes.size());

        KeyCursor cursor = new KeyCursor().wrap(GoldenWriteSet.read(memory));
        for (String expected : hashes) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor).hasToString(expected);
        }
        assertThat(hashes.get(1)).contains("(FLAT8A)");
    }

    /** A write set whose key set is exactly these records. */
    private static ByteBuffer withKeySet(byte[] records, int count) {
        RecordSetWriter writer = new RecordSetWriter(FORMAT, new MurmurHash128());
        ByteBuffer memory = ByteBuffer.allocateDirect(64 + (int) writer.serialBytes(records.length, count));
        WriteSetHeader.write(memory, 0, 6, 0x10, 0x41, GoldenWriteSet.SOMEBODY, 1, 1);
        fixHeader(memory);
        memory.put(64 + writer.recordsOffset(records.length, count), records);
        writer.seal(memory, 64, records.length, count);
        return memory;
    }

    @Test
    void keyRecordsThatDoNotFillTheirSetAreRefused() {
        byte[] flat8 = {0x05, 1, 2, 3, 4, 5, 6, 7};
        byte[] format0 = {0x01, 1, 2, 3, 4, 5, 6, 7};
        byte[] format5 = {0x15, 1, 2, 3, 4, 5, 6, 7};
        byte[] cutWide = {0x0D, 1, 2, 3, 4, 5, 6, 7};
        byte[] longAnnotation = {0x09, 1, 2, 3, 4, 5, 6, 7, 100, 0, 0, 0, 0, 0, 0, 0};
        byte[] shortAnnotation = {0x09, 1, 2, 3, 4, 5, 6, 7, 1, 0, 0, 0, 0, 0, 0, 0};
        assertRefused(withKeySet(flat8, 2), "truncated to 0 bytes");
        assertRefused(withKeySet(new byte[16], 1), "key format 0");
        assertRefused(withKeySet(format0, 1), "key format 0");
        assertRefused(withKeySet(format5, 1), "key format 5");
        assertRefused(withKeySet(cutWide, 1), "at most the 8 there are");
        assertRefused(withKeySet(longAnnotation, 1), "at most the 16 there are");
        assertRefused(withKeySet(shortAnnotation, 1), "annotation length 1");
        assertRefused(withKeySet(java.util.Arrays.copyOf(flat8, 16), 1), "8 bytes left after the last key");
    }

    @Test
    void aPrefixWithoutMeaningInItsVersionIsRefused() {
        ByteBuffer memory = withKeySet(new byte[] {0x07, 1, 2, 3, 4, 5, 6, 7}, 1);
        memory.put(1, (byte) 0x43);
        fixHeader(memory);

        assertRefused(memory, "key prefix 3; allowed: those of write set version 4");
    }

    private static void assertRefused(ByteBuffer memory, String reason) {
        assertThatThrownBy(() -> GoldenWriteSet.read(memory))
                .isInstanceOf(CorruptWriteSetException.class)
                .hasMessageContaining(reason)
                .hasMessageContaining("seqno 7, from " + GoldenWriteSet.SOMEBODY + ", at byte ");
    }

    @Test
    void readingAgainIntoTheSameObjectForgetsTheSetsOfBefore() throws CorruptWriteSetException {
        ByteBuffer full = sealed(builder(FORMAT));
        ByteBuffer empty = sealed(new WriteSetBuilder(FORMAT));
        WriteSetReader reader = new WriteSetReader();
        WriteSet writeSet = reader.read(full, 0, full.capacity(), 1, GoldenWriteSet.SOMEBODY);

        reader.read(writeSet, empty, 0, empty.capacity(), 2, GoldenWriteSet.SOMEBODY);

        assertThat(writeSet.keyCount()).isZero();
        assertThat(writeSet.data().remaining()).isZero();
        assertThat(writeSet.length()).isEqualTo(64);
    }

    @Test
    void aRangeOutsideTheBufferIsTheCallersMistake() {
        ByteBuffer memory = ByteBuffer.allocate(100);
        assertThatThrownBy(() -> new WriteSetReader().read(memory, 50, 51, 1, GoldenWriteSet.SOMEBODY))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
