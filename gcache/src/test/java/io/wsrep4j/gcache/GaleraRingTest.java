package io.wsrep4j.gcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcache.RecoveryReport.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changing over from Galera's own library (docs/spec/gcache.md 5 and 20): files laid out as it lays them out. */
final class GaleraRingTest {

    private static final Uuid HISTORY = Uuid.parse("6a1f3c5e-0001-11ef-9abc-0123456789ab");
    private static final int SIZE = 64 << 10;

    @TempDir
    Path directory;

    private final ByteBuffer file = ByteBuffer.allocate(SIZE + 1304).order(ByteOrder.LITTLE_ENDIAN);

    private void preamble(int synced, int offset) {
        String text = "Version: 2\nGID: " + HISTORY + "\nseqno_max: 9\nseqno_min: 1\noffset: " + offset + "\nsynced: "
                + synced + "\n\n";
        file.put(0, text.getBytes(StandardCharsets.US_ASCII));
    }

    private int record(int at, long seqno, int length, int flags, int kind) {
        int size = 24 + length + 7 & -8;
        file.putLong(at, seqno).putLong(at + 8, 0x7f00_1234_5678L).putInt(at + 16, size);
        file.putShort(at + 20, (short) flags).put(at + 22, (byte) 1).put(at + 23, (byte) kind);
        file.put(at + 24, Payload.of(seqno, size - 24));
        return at + size;
    }

    private WriteSetCache open(boolean recover) throws IOException {
        Files.write(directory.resolve("galera.cache"), file.array());
        return WriteSetCache.open(
                CacheSettings.in(directory).ringSize(SIZE).recover(recover).build(), HostCipher.NONE);
    }

    /** 3 .. 5 and a discarded record at the end, 6 and 7 wrapped to the start. */
    private void wrappedRing(int synced) {
        int end = record(1280, 6, 1000, 1, 0);
        end = record(end, 7, 500, 1, 3);
        int oldest = end + 2000 & -8;
        int next = record(oldest, 3, 2000, 1, 0);
        next = record(next, 4, 300, 3, 0);
        next = record(next, -1, 300, 1, 0);
        record(next, 5, 301, 1, 0);
        preamble(synced, oldest);
    }

    @Test
    void aCleanlyClosedRingIsImportedAndKeptUnderAnotherName() throws IOException {
        wrappedRing(1);
        try (WriteSetCache cache = open(true)) {
            assertThat(cache.recovery().outcome()).isEqualTo(Outcome.IMPORTED);
            assertThat(cache.history()).isEqualTo(HISTORY);
            assertThat(cache.oldest()).isEqualTo(3);
            assertThat(cache.newest()).isEqualTo(7);
            Payload.assertWhole(cache, 3, 7);
            try (WriteSetCursor cursor = cache.newCursor()) {
                assertThat(cursor.seek(4)).isTrue();
                assertThat(cursor.isSkipped()).isTrue();
                assertThat(cursor.seek(7)).isTrue();
                assertThat(cursor.isSkipped()).isFalse();
                assertThat(cursor.kind()).isEqualTo(WriteSetKind.CONFIGURATION_CHANGE);
            }
            assertThat(directory.resolve("galera.cache.galera")).hasBinaryContent(file.array());
        }
        try (WriteSetCache cache =
                WriteSetCache.open(CacheSettings.in(directory).ringSize(SIZE).build(), HostCipher.NONE)) {
            assertThat(cache.recovery().outcome()).isEqualTo(Outcome.RECOVERED);
            Payload.assertWhole(cache, 3, 7);
        }
    }

    @Test
    void oneThatWasNotClosedCleanlyIsOnlySetAside() throws IOException {
        wrappedRing(0);
        try (WriteSetCache cache = open(true)) {
            assertThat(cache.recovery().outcome()).isEqualTo(Outcome.SET_ASIDE);
            assertThat(cache.newest()).isEqualTo(-1);
            assertThat(directory.resolve("galera.cache.galera")).exists();
        }
    }

    @Test
    void withoutRecoveryItIsOnlySetAside() throws IOException {
        wrappedRing(1);
        try (WriteSetCache cache = open(false)) {
            assertThat(cache.newest()).isEqualTo(-1);
        }
    }

    @Test
    void oneThatContradictsItselfIsOnlySetAside() throws IOException {
        wrappedRing(1);
        file.putInt(1280 + 16, SIZE * 2);
        try (WriteSetCache cache = open(true)) {
            assertThat(cache.recovery().outcome()).isEqualTo(Outcome.SET_ASIDE);
            assertThat(cache.newest()).isEqualTo(-1);
        }
    }
}
