package io.wsrep4j.provider.writeset;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** So many keys that they are gathered outside the heap leave the records that each of them leaves alone. */
class ManyKeysTest {

    private static final int KEYS = 150_000;
    private static final Uuid SOURCE = new Uuid(1, 2);

    @ParameterizedTest
    @EnumSource(names = {"FLAT8", "FLAT8A", "FLAT16", "FLAT16A"})
    void eachKeyLeavesTheRecordThatItLeavesAlone(KeyFormat format) throws Exception {
        WriteSetBuilder builder = new WriteSetBuilder(WriteSetFormat.ofProtocol(11, format));
        // the second round meets a builder that has been cleared
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < KEYS; i++) {
                builder.appendKey(key(i), KeyType.UPDATE);
            }
            for (int i = 0; i < KEYS; i += 7) {
                builder.appendKey(key(i), KeyType.UPDATE);
                builder.appendKey(key(i), KeyType.SHARED);
            }
            int seen = builder.keyCount();
            builder.appendKey(key(KEYS / 2), KeyType.EXCLUSIVE);
            assertThat(builder.keyCount())
                    .as("a stronger use is a record of its own")
                    .isEqualTo(seen + 1);
            WriteSet all = seal(builder);
            assertThat(all.keyCount()).isEqualTo(1 + KEYS + 1);
            KeyCursor cursor = new KeyCursor().wrap(all);
            assertThat(cursor.next()).isTrue();
            WriteSetBuilder single = new WriteSetBuilder(builder.format());
            for (int i = 0; i < KEYS; i++) {
                assertThat(cursor.next()).isTrue();
                if (i % 97 == 0 || i > KEYS - 100) {
                    assertThat(cursor.record()).isEqualTo(recordOf(single, i));
                }
            }
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.type()).isEqualTo(KeyType.EXCLUSIVE);
            builder.clear();
            assertThat(builder.isEmpty()).isTrue();
        }
    }

    private static Key key(int number) {
        return new Key(List.of(
                ByteBuffer.wrap(new byte[] {'t'}), ByteBuffer.allocate(4).putInt(0, number)));
    }

    private static ByteBuffer recordOf(WriteSetBuilder single, int number) throws CorruptWriteSetException {
        single.clear();
        single.appendKey(key(number), KeyType.UPDATE);
        KeyCursor cursor = new KeyCursor().wrap(seal(single));
        cursor.next();
        cursor.next();
        return cursor.record();
    }

    private static WriteSet seal(WriteSetBuilder builder) throws CorruptWriteSetException {
        int length = (int) builder.sealedBytes();
        ByteBuffer memory = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        builder.seal(memory, 0, TransactionFlags.TRX_START | TransactionFlags.TRX_END, SOURCE, 1, 2);
        builder.stampForSending(memory, 0, 3, 0, 4);
        return new WriteSetReader().read(memory, 0, length, 5, SOURCE);
    }
}
