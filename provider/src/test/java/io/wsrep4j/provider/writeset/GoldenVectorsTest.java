package io.wsrep4j.provider.writeset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.hash.MurmurHash128;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes captured from real nodes, read and made again (docs/spec/writeset-certification.md checklist 3 to 7, 9, 11, 16 and 17). */
class GoldenVectorsTest {

    static Stream<GoldenWriteSet> all() {
        return GoldenWriteSet.all();
    }

    static Stream<GoldenWriteSet> buildable() {
        return GoldenWriteSet.buildable();
    }

    static Stream<GoldenWriteSet> certified() {
        return GoldenWriteSet.certified();
    }

    /** Without the odd ones that nobody makes; with those of the certification scenarios. */
    static Stream<Arguments> regular() {
        Stream<Arguments> captured = GoldenWriteSet.all()
                .filter(golden -> !golden.file().equals("malformed.json"))
                .map(golden -> Arguments.of(golden.toString(), golden.bytes()));
        Stream<Arguments> ofScenarios = Json.vectors("cert_scenarios.json").get("scenarios").list().stream()
                .flatMap(scenario -> scenario.get("steps").list().stream()
                        .filter(step -> step.has("hex"))
                        .map(step -> Arguments.of(
                                scenario.get("name").text() + " seqno "
                                        + step.get("seqno").number(),
                                step.get("hex").bytes())));
        return Stream.concat(captured, ofScenarios);
    }

    static Stream<Json.Node> malformed() {
        return Json.vectors("malformed.json").get("malformed").list().stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyWriteSetDecodesToItsFields(GoldenWriteSet golden) throws CorruptWriteSetException {
        WriteSet writeSet = golden.read();
        Json.Node header = golden.node().get("header");

        assertThat(writeSet.length()).isEqualTo(golden.bytes().length - golden.trailing());
        assertThat(writeSet.version()).isEqualTo(header.get("version").integer());
        assertThat(writeSet.statedVersion())
                .isEqualTo(header.get("header_version").integer());
        assertThat(writeSet.minVersion()).isEqualTo(header.get("min_version").integer());
        assertThat(writeSet.headerBytes()).isEqualTo(header.get("header_size").integer());
        assertThat(writeSet.keyFormat()).hasToString(header.get("key_format").text());
        assertThat(writeSet.dataVersion()).isEqualTo(header.get("data_version").integer());
        assertThat(writeSet.hasUnordered())
                .isEqualTo(header.get("has_unordered").flag());
        assertThat(writeSet.hasAnnotation())
                .isEqualTo(header.get("has_annotation").flag());
        assertThat(writeSet.wireFlags()).isEqualTo(header.get("flags").integer());
        assertThat(writeSet.isCertified()).isEqualTo(header.get("certified").flag());
        assertThat(writeSet.parallelRange()).isEqualTo(header.get("pa_range").integer());
        assertThat(writeSet.seqnoField())
                .isEqualTo(header.get(writeSet.isCertified() ? "seqno" : "last_seen")
                        .number());
        assertThat(writeSet.timestampNanos()).isEqualTo(header.get("timestamp").number());
        assertThat(writeSet.source()).hasToString(header.get("source").text());
        assertThat(writeSet.connectionId()).isEqualTo(header.get("conn_id").number());
        assertThat(writeSet.transactionId()).isEqualTo(header.get("trx_id").number());
        assertThat(String.format("%016x", writeSet.checksum()))
                .isEqualTo(header.get("checksum").text());
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyWriteSetDecodesToItsKeysAndData(GoldenWriteSet golden) throws CorruptWriteSetException {
        WriteSet writeSet = golden.read();
        List<Json.Node> keys = golden.node().get("keys").list();

        assertThat(writeSet.keyCount()).isEqualTo(keys.size());
        KeyCursor cursor = new KeyCursor().wrap(writeSet);
        for (Json.Node key : keys) {
            assertThat(cursor.next()).isTrue();
            assertThat(GoldenWriteSet.hex(cursor.record()))
                    .isEqualTo(key.get("raw").text());
            if (key.has("type")) {
                assertThat(cursor.type()).hasToString(key.get("type").text());
                assertThat(String.format("%015x", cursor.hash()))
                        .isEqualTo(key.get("hash59").text());
            }
        }
        assertThat(cursor.next()).isFalse();
        assertThat(GoldenWriteSet.copy(writeSet.data()))
                .isEqualTo(golden.node().get("data").bytes());
        assertThat(GoldenWriteSet.copy(writeSet.unordered()))
                .isEqualTo(golden.node().get("unordered").bytes());
        assertThat(GoldenWriteSet.copy(writeSet.annotation()))
                .isEqualTo(golden.node().get("annotation").bytes());
    }

    @ParameterizedTest
    @MethodSource("buildable")
    void everyWriteSetIsMadeAgainByteForByte(GoldenWriteSet golden) throws CorruptWriteSetException {
        int length = golden.read().length();

        assertThat(GoldenWriteSet.hex(golden.rebuild()))
                .isEqualTo(GoldenWriteSet.hex(ByteBuffer.wrap(golden.bytes(), 0, length)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("regular")
    void everyWriteSetIsEncodedAgainFromWhatItWasDecodedTo(String name, byte[] bytes) throws CorruptWriteSetException {
        WriteSet decoded = GoldenWriteSet.read(GoldenWriteSet.direct(bytes));

        assertThat(GoldenWriteSet.hex(encodedAgain(decoded)))
                .as(name)
                .isEqualTo(GoldenWriteSet.hex(ByteBuffer.wrap(bytes, 0, decoded.length())));
    }

    private static ByteBuffer encodedAgain(WriteSet decoded) {
        List<RecordSet> sets =
                List.of(decoded.keySet(), decoded.dataSet(), decoded.unorderedSet(), decoded.annotationSet());
        int setsByte = decoded.keyFormat().ordinal() << WriteSetHeader.SETS_KEY_FORMAT_SHIFT
                | decoded.dataVersion() << WriteSetHeader.SETS_DATA_VERSION_SHIFT
                | (decoded.hasUnordered() ? WriteSetHeader.SETS_UNORDERED : 0)
                | (decoded.hasAnnotation() ? WriteSetHeader.SETS_ANNOTATION : 0);
        ByteBuffer out = ByteBuffer.allocateDirect(decoded.length());
        WriteSetHeader.write(
                out,
                0,
                decoded.version(),
                setsByte,
                decoded.wireFlags() & ~WriteSetFlags.CERTIFIED,
                decoded.source(),
                decoded.connectionId(),
                decoded.transactionId());
        WriteSetHeader.stampForSending(
                out, 0, decoded.seqnoField(), decoded.parallelRange(), decoded.timestampNanos(), new MurmurHash128());
        if (decoded.isCertified()) {
            WriteSetHeader.stampCertified(
                    out, 0, decoded.seqnoField(), decoded.seqnoField() - decoded.parallelRange(), new MurmurHash128());
        }
        int at = WriteSetHeader.SIZE;
        for (RecordSet set : sets) {
            if (set.count() > 0) {
                at = encodeAgain(decoded.memory(), set, out, at);
            }
        }
        assertThat(at).isEqualTo(out.capacity());
        return out;
    }

    /** Gives the end of it. */
    private static int encodeAgain(ByteBuffer memory, RecordSet set, ByteBuffer out, int at) {
        int version = memory.get(set.start()) >> RecordSet.VERSION_SHIFT;
        WriteSetFormat format = new WriteSetFormat(6, version, KeyFormat.FLAT8, KeyType.REFERENCE);
        RecordSetWriter writer = new RecordSetWriter(format, new MurmurHash128());
        out.put(at + writer.recordsOffset(set.recordBytes(), set.count()), memory, set.records(), set.recordBytes());
        return writer.seal(out, at, set.recordBytes(), set.count());
    }

    @ParameterizedTest
    @MethodSource("certified")
    void everyCertifiedCopyIsPatchedByteForByte(GoldenWriteSet golden) throws CorruptWriteSetException {
        ByteBuffer expected = ByteBuffer.wrap(golden.node().get("certified_hex").bytes());
        WriteSet certified = GoldenWriteSet.read(expected);
        WriteSet writeSet = golden.read();

        writeSet.stampCertified(
                certified.seqnoField(), certified.seqnoField() - certified.parallelRange(), new MurmurHash128());

        assertThat(GoldenWriteSet.hex(writeSet.memory())).isEqualTo(GoldenWriteSet.hex(expected));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void everyMalformedWriteSetIsRefusedForItsReason(Json.Node malformed) {
        assertThatThrownBy(() -> GoldenWriteSet.read(
                        GoldenWriteSet.direct(malformed.get("hex").bytes())))
                .as(malformed.get("name").text())
                .isInstanceOf(CorruptWriteSetException.class)
                .hasMessageContaining(malformed.get("error").text())
                .hasMessageContaining("seqno 7")
                .hasMessageContaining(GoldenWriteSet.SOMEBODY.toString());
    }

    @Test
    void keyPartsOfAServerHaveTheirStoredHashes() {
        for (GoldenWriteSet golden : GoldenWriteSet.all().toList()) {
            for (Json.Node input : golden.node().get("key_inputs").list()) {
                WriteSetBuilder builder = new WriteSetBuilder(WriteSetFormat.ofProtocol(11, KeyFormat.FLAT8));
                builder.appendKey(GoldenWriteSet.key(input.get("parts")), KeyType.EXCLUSIVE);
                List<String> records = records(builder);
                assertThat(records.get(records.size() - 1))
                        .isEqualTo(input.get("hash59").text());
            }
        }
    }

    private static List<String> records(WriteSetBuilder builder) {
        List<String> hashes = new ArrayList<>();
        KeyCursor cursor = new KeyCursor().wrap(sealed(builder));
        while (cursor.next()) {
            hashes.add(String.format("%015x", cursor.hash()));
        }
        return hashes;
    }

    private static WriteSet sealed(WriteSetBuilder builder) {
        ByteBuffer out = ByteBuffer.allocateDirect((int) builder.sealedBytes());
        builder.seal(out, 0, 0x41, GoldenWriteSet.SOMEBODY, 1, 1);
        builder.stampForSending(out, 0, 0, 0, 0);
        try {
            return GoldenWriteSet.read(out);
        } catch (CorruptWriteSetException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void keyPartsAreStoredAsGiven() {
        int checked = 0;
        for (Json.Node entry : Json.vectors("hashes.json").get("key_parts").list()) {
            Key key = GoldenWriteSet.key(entry.get("parts"));
            for (Json.Node stored : entry.get("stored").list()) {
                WriteSetBuilder builder = new WriteSetBuilder(new WriteSetFormat(
                        stored.get("ws_version").integer(),
                        stored.get("rset_version").integer(),
                        KeyFormat.valueOf(stored.get("format").text()),
                        KeyType.REFERENCE));
                builder.appendKey(key, KeyType.valueOf(stored.get("type").text()));
                KeyCursor cursor = new KeyCursor().wrap(sealed(builder));
                String last = null;
                while (cursor.next()) {
                    last = GoldenWriteSet.hex(cursor.record());
                }
                assertThat(last).isEqualTo(stored.get("bytes").text());
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(50);
    }

    @Test
    void recordSetHeadersMatchAtTheirBoundaries() {
        for (Json.Node entry : Json.vectors("hashes.json").get("record_sets").list()) {
            byte[] payload = payload(entry);
            int count = entry.get("count").integer();
            WriteSetFormat format =
                    new WriteSetFormat(6, entry.get("version").integer(), KeyFormat.FLAT8, KeyType.REFERENCE);
            RecordSetWriter writer = new RecordSetWriter(format, new MurmurHash128());
            int serial = (int) writer.serialBytes(payload.length, count);
            ByteBuffer out = ByteBuffer.allocateDirect(serial);
            out.put(writer.recordsOffset(payload.length, count), payload);

            assertThat(writer.seal(out, 0, payload.length, count)).isEqualTo(serial);
            assertThat(serial).isEqualTo(entry.get("serial_size").integer());
            byte[] head = entry.get("head").bytes();
            assertThat(GoldenWriteSet.hex(out.slice(0, head.length)))
                    .isEqualTo(entry.get("head").text());
        }
    }

    private static byte[] payload(Json.Node entry) {
        if (entry.has("payload")) {
            return entry.get("payload").bytes();
        }
        byte[] payload = new byte[entry.get("payload_len").integer()];
        java.util.Arrays.fill(payload, (byte) entry.get("fill").integer());
        return payload;
    }
}
