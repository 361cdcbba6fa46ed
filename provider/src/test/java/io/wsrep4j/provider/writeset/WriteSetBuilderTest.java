package io.wsrep4j.provider.writeset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.DataType;
import io.wsrep4j.api.GatheredWriteSet;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Gathering and sealing (docs/spec/writeset-certification.md checklist 15 and 18 to 25). */
class WriteSetBuilderTest {

    private static final WriteSetFormat V6 = WriteSetFormat.ofProtocol(11, KeyFormat.FLAT8);
    private static final WriteSetFormat V5 = WriteSetFormat.ofProtocol(10, KeyFormat.FLAT8);
    private static final String ZERO_LEVEL_REFERENCE = "85c0f35861597431";
    private static final String ZERO_LEVEL_EXCLUSIVE = "87c0f35861597431";
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private static ByteBuffer sealed(WriteSetBuilder builder) {
        ByteBuffer out = ByteBuffer.allocateDirect((int) builder.sealedBytes());
        assertThat(builder.seal(out, 0, 0x41, GoldenWriteSet.SOMEBODY, 1, 1)).isEqualTo(out.capacity());
        builder.stampForSending(out, 0, 3, 65535, 0);
        return out;
    }

    private static List<String> records(WriteSetBuilder builder) {
        List<String> records = new ArrayList<>();
        try {
            KeyCursor cursor = new KeyCursor().wrap(GoldenWriteSet.read(sealed(builder)));
            while (cursor.next()) {
                records.add(GoldenWriteSet.hex(cursor.record()));
            }
        } catch (CorruptWriteSetException e) {
            throw new AssertionError(e);
        }
        return records;
    }

    @Test
    void aChildUnderAnExclusiveParentStoresNothing() {
        WriteSetBuilder builder = new WriteSetBuilder(V6);
        builder.appendKey(Key.of("a", "b"), KeyType.EXCLUSIVE);
        int before = builder.keyCount();

        builder.appendKey(Key.of("a", "b", "c"), KeyType.EXCLUSIVE);

        assertThat(builder.keyCount()).isEqualTo(before);
    }

    @Test
    void theZeroLevelKeyIsTheLastRecordInVersion6AndAbsentInVersion5() {
        for (WriteSetKind kind : WriteSetKind.values()) {
            WriteSetBuilder six = new WriteSetBuilder(V6);
            six.appendKey(Key.of("a"), KeyType.EXCLUSIVE);
            six.appendZeroLevelKey(kind);
            WriteSetBuilder five = new WriteSetBuilder(V5);
            five.appendKey(Key.of("a"), KeyType.EXCLUSIVE);
            five.appendZeroLevelKey(kind);

            boolean expected =
                    switch (kind) {
                        case TRANSACTION, LATER_FRAGMENT, TOTAL_ORDER -> true;
                        case NON_BLOCKING_END, ROLLBACK_FRAGMENT, TERMINATION, PREORDERED -> false;
                    };
            assertThat(records(six)).hasSize(expected ? 2 : 1);
            assertThat(records(six).get(records(six).size() - 1).equals(ZERO_LEVEL_REFERENCE))
                    .isEqualTo(expected);
            assertThat(records(five)).hasSize(1);
        }
    }

    @Test
    void anExclusiveKeyOfZeroPartsSuppressesTheAutomaticOne() {
        WriteSetBuilder builder = new WriteSetBuilder(V6);
        builder.appendKeys(List.of(), KeyType.EXCLUSIVE);
        builder.appendZeroLevelKey(WriteSetKind.TRANSACTION);

        assertThat(records(builder)).containsExactly(ZERO_LEVEL_EXCLUSIVE);
    }

    @Test
    void aSharedKeyOfZeroPartsIsFollowedByTheStrongerAutomaticOne() {
        WriteSetBuilder builder = new WriteSetBuilder(V6);
        builder.appendKeys(List.of(), KeyType.SHARED);
        builder.appendZeroLevelKey(WriteSetKind.TRANSACTION);

        assertThat(records(builder)).containsExactly("84c0f35861597431", ZERO_LEVEL_REFERENCE);
    }

    @Test
    void annotationsAreCutSoThatTheRecordStaysWithin4096Bytes() throws CorruptWriteSetException {
        for (KeyFormat format : List.of(KeyFormat.FLAT8A, KeyFormat.FLAT16A)) {
            WriteSetBuilder builder = new WriteSetBuilder(new WriteSetFormat(6, 2, format, KeyType.REFERENCE));
            String[] parts = new String[40];
            java.util.Arrays.fill(parts, "x".repeat(250));
            builder.appendKey(Key.of(parts), KeyType.EXCLUSIVE);

            KeyCursor cursor = new KeyCursor().wrap(GoldenWriteSet.read(sealed(builder)));
            int longest = 0;
            while (cursor.next()) {
                longest = Math.max(longest, cursor.record().remaining());
                assertThat(cursor.record().remaining() % 8).isZero();
            }
            assertThat(longest).isEqualTo(4096);
        }
    }

    @Test
    void exactlyTheLimitPassesOneByteMoreDoesNot() {
        for (boolean annotated : new boolean[] {false, true}) {
            WriteSetBuilder builder = new WriteSetBuilder(V6);
            builder.appendKey(Key.of("a"), KeyType.EXCLUSIVE);
            builder.appendData(ByteBuffer.allocate(1000), DataType.ORDERED, true);
            builder.appendData(ByteBuffer.allocate(100), DataType.UNORDERED, true);
            int expected = 64 + 120 + 8 + 1000 + 100;
            if (annotated) {
                builder.appendData(ByteBuffer.allocate(10), DataType.ANNOTATION, true);
                expected += 40 + 10;
            }
            int limit = expected;
            assertThatCode(() -> builder.checkSize(limit)).doesNotThrowAnyException();
            assertThatThrownBy(() -> builder.checkSize(limit - 1))
                    .isInstanceOf(WriteSetTooLargeException.class)
                    .hasMessageContaining("write set of " + limit + " bytes, repl.max_ws_size = " + (limit - 1));
        }
    }

    @Test
    void dataThatNoBufferCouldHoldIsRefusedBeforeAnythingIsAllocated() {
        WriteSetBuilder builder = new WriteSetBuilder(V6);
        ByteBuffer large = ByteBuffer.allocateDirect(1 << 28);
        for (int i = 0; i < 8; i++) {
            builder.appendData(large, DataType.ORDERED, false);
        }
        assertThatThrownBy(() -> builder.checkSize(Integer.MAX_VALUE)).isInstanceOf(WriteSetTooLargeException.class);
    }

    @Test
    void fragmentsStateTheirChainInTheParallelRange() {
        WriteSetKind first = WriteSetKind.TRANSACTION;
        assertThat(first.range(6, first.lastSeen(100, 0), 0, 0)).isEqualTo(65535);
        WriteSetKind later = WriteSetKind.LATER_FRAGMENT;
        assertThat(later.lastSeen(100, 90)).isEqualTo(100);
        assertThat(later.range(6, 100, 90, 0)).isEqualTo(10);
        assertThat(later.lastSeen(80, 90)).isEqualTo(90);
        assertThat(later.range(6, 90, 90, 0)).isZero();
        assertThat(WriteSetKind.ROLLBACK_FRAGMENT.range(5, 19, 0, 0)).isEqualTo(19);
        assertThat(WriteSetKind.TERMINATION.range(5, 19, 0, 0)).isEqualTo(19);
        assertThat(WriteSetKind.PREORDERED.range(6, 0, 0, 3)).isEqualTo(4);
        assertThat(WriteSetKind.PREORDERED.lastSeen(100, 0)).isZero();
        for (WriteSetKind kind : WriteSetKind.values()) {
            if (kind != WriteSetKind.PREORDERED) {
                assertThat(kind.range(4, 19, 3, 0)).isZero();
            }
        }
    }

    @Test
    void anotherStampChangesNothingButTheStamp() throws CorruptWriteSetException {
        WriteSetBuilder builder = new WriteSetBuilder(V6);
        builder.appendKey(Key.of("a"), KeyType.EXCLUSIVE);
        builder.appendData(ByteBuffer.allocate(100), DataType.ORDERED, true);
        ByteBuffer memory = sealed(builder);
        byte[] before = GoldenWriteSet.copy(memory);

        builder.stampForSending(memory, 0, 70_000, 70_000, 12345);

        WriteSet writeSet = GoldenWriteSet.read(memory);
        assertThat(writeSet.seqnoField()).isEqualTo(70_000);
        assertThat(writeSet.parallelRange()).isEqualTo(65535);
        assertThat(writeSet.timestampNanos()).isEqualTo(12345);
        byte[] after = GoldenWriteSet.copy(memory);
        for (int i = 0; i < after.length; i++) {
            boolean stamped = i >= 6 && i < 24 || i >= 56 && i < 64;
            assertThat(stamped || after[i] == before[i]).as("byte %d", i).isTrue();
        }
    }

    @Test
    void theEndOfANonBlockingOperationCarriesTheStartSeqno() throws CorruptWriteSetException {
        WriteSetBuilder builder = new WriteSetBuilder(V6);
        ByteBuffer start = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 1234567890123L);
        builder.appendData(start, DataType.ORDERED, true);

        assertThat(GoldenWriteSet.read(sealed(builder)).nonBlockingStart()).isEqualTo(1234567890123L);
    }

    @Test
    void gatheredKeysAndDataGiveTheSameBytesAsSingleAppends() {
        Random random = new Random(42);
        for (int round = 0; round < 300; round++) {
            WriteSetBuilder single = new WriteSetBuilder(V6);
            WriteSetBuilder gathered = new WriteSetBuilder(V6);
            int count = random.nextInt(6);
            ByteBuffer records = ByteBuffer.allocateDirect(1000).order(ByteOrder.nativeOrder());
            for (int i = 0; i < count; i++) {
                KeyType type = KeyType.values()[random.nextInt(4)];
                String[] parts = new String[random.nextInt(4)];
                records.put((byte) type.ordinal()).put((byte) parts.length);
                for (int p = 0; p < parts.length; p++) {
                    parts[p] = "p".repeat(random.nextInt(20)) + random.nextInt(2);
                    records.putInt(parts[p].length()).put(parts[p].getBytes(StandardCharsets.UTF_8));
                }
                single.appendKeys(parts.length == 0 ? List.of() : List.of(Key.of(parts)), type);
            }
            byte[] item = new byte[random.nextInt(3) * random.nextInt(9000)];
            random.nextBytes(item);
            ByteBuffer items = ByteBuffer.allocate(item.length + 8).order(ByteOrder.nativeOrder());
            items.putInt(0).putInt(item.length).put(item).flip();
            single.appendData(ByteBuffer.wrap(item), DataType.ORDERED, false);
            single.appendData(ByteBuffer.wrap(item), DataType.UNORDERED, true);

            gathered.append(new GatheredWriteSet(records.flip(), count, ByteBuffer.wrap(item), items, NONE));

            assertThat(sealed(gathered)).isEqualTo(sealed(single));
            gathered.clear();
            assertThat(gathered.isEmpty()).isTrue();
            assertThat(gathered.sealedBytes()).isEqualTo(64);
        }
    }

    @Test
    void gatheredRecordsThatDoNotFitAreRefusedWithTheirPlace() {
        ByteBuffer cut = ByteBuffer.allocate(7).order(ByteOrder.nativeOrder());
        cut.put((byte) 3).put((byte) 1).putInt(2).put((byte) 'x').flip();
        assertMalformed(cut, 1, "part 0 of key record 0: length 2 at byte 2");
        ByteBuffer huge = ByteBuffer.allocate(7).order(ByteOrder.nativeOrder());
        huge.put((byte) 3).put((byte) 1).putInt(-1).put((byte) 'x').flip();
        assertMalformed(huge, 1, "length 4294967295 at byte 2");
        assertMalformed(ByteBuffer.wrap(new byte[] {4, 0}), 1, "key type 4");
        assertMalformed(ByteBuffer.wrap(new byte[] {3}), 1, "key record 0 of 1");
        assertMalformed(ByteBuffer.wrap(new byte[] {3, 0, 3}), 1, "1 bytes left");
    }

    private static void assertMalformed(ByteBuffer keys, int count, String reason) {
        assertThatThrownBy(() -> new WriteSetBuilder(V6).append(new GatheredWriteSet(keys, count, NONE, NONE, NONE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void sealingWhereThereIsTooLittleRoomWritesNothing() {
        WriteSetBuilder builder = new WriteSetBuilder(V6);
        builder.appendKey(Key.of("a"), KeyType.EXCLUSIVE);
        ByteBuffer small = ByteBuffer.allocate((int) builder.sealedBytes() - 1);

        assertThatThrownBy(() -> builder.seal(small, 0, 0x41, GoldenWriteSet.SOMEBODY, 1, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(small).isEqualTo(ByteBuffer.allocate(small.capacity()));
    }

    @Test
    void protocolsBelow5AndAbove11AreRefused() {
        for (int protocol : new int[] {0, 4, 12}) {
            assertThatThrownBy(() -> WriteSetFormat.ofProtocol(protocol, KeyFormat.FLAT8))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("replication protocol " + protocol + " is not supported; supported: 5 to 11");
        }
        assertThat(WriteSetFormat.ofProtocol(7, KeyFormat.FLAT8))
                .isEqualTo(new WriteSetFormat(3, 1, KeyFormat.FLAT8, KeyType.REFERENCE));
    }

    @Test
    void keyFormatOptionIsReadInAnyCaseAndRefusedWithWhatIsAllowed() {
        assertThat(KeyFormat.parse("flat16a")).isEqualTo(KeyFormat.FLAT16A);
        assertThatThrownBy(() -> KeyFormat.parse("EMPTY"))
                .hasMessage("repl.key_format: 'EMPTY' is not a key format; allowed: FLAT8, FLAT8A, FLAT16, FLAT16A");
    }
}
