package io.wsrep4j.gcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcache.RecoveryReport.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found when the cache is opened again (docs/spec/gcache.md 8). A crash is a copy of the file while it is open: what kill -9 leaves. */
final class RecoveryTest {

    private static final Uuid HISTORY = new Uuid(1, 2);
    private static final int RING = 64 << 10;

    @TempDir
    Path directory;

    @TempDir
    Path afterCrash;

    private WriteSetCache open(Path where, UnaryOperator<CacheSettings.Builder> options) {
        CacheSettings.Builder builder = CacheSettings.in(where).ringSize(RING).pageSize(1 << 20);
        return WriteSetCache.open(options.apply(builder).build(), HostCipher.NONE);
    }

    private WriteSetCache openNew() {
        WriteSetCache cache = open(directory, options -> options);
        cache.reset(HISTORY, 0);
        return cache;
    }

    private WriteSetCache crash(UnaryOperator<CacheSettings.Builder> options) throws IOException {
        Path ring = afterCrash.resolve(CacheSettings.DEFAULT_NAME);
        Files.deleteIfExists(ring);
        Files.copy(directory.resolve(CacheSettings.DEFAULT_NAME), ring);
        return open(afterCrash, options);
    }

    private WriteSetCache crash() throws IOException {
        return crash(options -> options);
    }

    private static void assertHolds(WriteSetCache cache, long oldest, long newest) {
        assertThat(cache.oldest()).isEqualTo(oldest);
        assertThat(cache.newest()).isEqualTo(newest);
        if (newest > 0) {
            Payload.assertWhole(cache, oldest, newest);
        }
    }

    @Test
    void aHoleEndsTheRunAndAnUnorderedRecordIsForgotten() throws IOException {
        try (WriteSetCache cache = openNew()) {
            Payload.append(cache, 1, 100);
            Payload.append(cache, 2, 100);
            Payload.append(cache, 4, 100);
            WriteSetBuffer arriving = cache.newBuffer();
            arriving.reserve(100);
            try (WriteSetCache reopened = crash()) {
                assertHolds(reopened, 4, 4);
                assertThat(reopened.recovery().unordered()).isEqualTo(1);
                assertThat(reopened.recovery().dropped()).isEqualTo(2);
                assertThat(reopened.recovery().cleanStop()).isFalse();
            }
            arriving.discard();
        }
    }

    @Test
    void seqnosOutOfOrderAndWrappedAreFoundWithAndWithoutCleanStop() throws IOException {
        try (WriteSetCache cache = openNew()) {
            Payload.appendReleased(cache, 1, 20_100);
            Payload.appendReleased(cache, 2, 20_000);
            WriteSetBuffer three = cache.newBuffer();
            Payload.append(cache, 4, 8_000);
            Payload.reserveAndFill(three, 3, 8_000);
            three.publish(3, WriteSetKind.WRITE_SET, false);
            WriteSetBuffer arriving = cache.newBuffer();
            arriving.reserve(500);
            Payload.append(cache, 5, 20_000);
            assertThat(cache.oldest()).as("5 has overwritten 1").isEqualTo(2);
            try (WriteSetCache reopened = crash()) {
                assertHolds(reopened, 2, 5);
            }
            arriving.discard();
        }
        try (WriteSetCache reopened = open(directory, options -> options)) {
            assertHolds(reopened, 2, 5);
            assertThat(reopened.recovery().cleanStop()).isTrue();
        }
    }

    @Test
    void aSmallerRingKeepsTheNewestThatFitAndALargerOneKeepsAll() throws IOException {
        try (WriteSetCache cache = openNew()) {
            for (int seqno = 1; seqno <= 5; seqno++) {
                Payload.append(cache, seqno, 10_000);
            }
        }
        try (WriteSetCache smaller = open(directory, options -> options.ringSize(32 << 10))) {
            assertHolds(smaller, 3, 5);
            assertThat(smaller.recovery().dropped()).isEqualTo(2);
            assertThat(smaller.history()).isEqualTo(HISTORY);
        }
        try (WriteSetCache larger = open(directory, options -> options.ringSize(1 << 20))) {
            assertHolds(larger, 3, 5);
            assertThat(larger.statistics().ringSize()).isEqualTo(1 << 20);
        }
        assertThat(directory).isDirectoryNotContaining(path -> path.toString().contains("creating"));
    }

    @Test
    void onlyDiscardedRecordsAndOneAtTheEnd() throws IOException {
        try (WriteSetCache cache = openNew()) {
            WriteSetBuffer buffer = cache.newBuffer();
            for (int i = 0; i < 10; i++) {
                buffer.reserve(1000);
                buffer.discard();
            }
            Payload.append(cache, 7, 100);
            try (WriteSetCache reopened = crash()) {
                assertHolds(reopened, 7, 7);
            }
        }
    }

    @Test
    void openedTwiceTheNextRecordLiesRightAfterTheOneThatIsThere() throws IOException {
        try (WriteSetCache cache = openNew()) {
            WriteSetBuffer buffer = cache.newBuffer();
            buffer.reserve(5000);
            buffer.discard();
            Payload.append(cache, 3, 100);
        }
        open(directory, options -> options).close();
        try (WriteSetCache cache = open(directory, options -> options)) {
            WriteSetBuffer three = cache.newBuffer();
            assertThat(three.reclaim(3)).isTrue();
            WriteSetBuffer next = cache.newBuffer();
            next.reserve(10);
            assertThat(next.address() - three.address()).isEqualTo(RecordFrame.size(100));
            next.discard();
        }
    }

    @Test
    void withoutRecoveryTheRingStartsEmpty() throws IOException {
        try (WriteSetCache cache = openNew()) {
            Payload.append(cache, 1, 100);
        }
        try (WriteSetCache cache = open(directory, options -> options.recover(false))) {
            assertHolds(cache, -1, -1);
            assertThat(cache.recovery().outcome()).isEqualTo(Outcome.SKIPPED);
            assertThat(cache.history()).isEqualTo(Uuid.UNDEFINED);
            cache.reset(HISTORY, 4);
            Payload.append(cache, 5, 100);
            assertThat(cache.oldest()).isEqualTo(5);
        }
    }

    @Test
    void aRingThatBelongsToNoHistoryIsNotRecovered() {
        try (WriteSetCache cache = open(directory, options -> options)) {
            Payload.append(cache, 1, 100);
        }
        try (WriteSetCache cache = open(directory, options -> options)) {
            assertHolds(cache, -1, -1);
            assertThat(cache.recovery().outcome()).isEqualTo(Outcome.SKIPPED);
        }
    }

    @Test
    void withSizeZeroNothingIsRecoveredAndPagesDoTheWork() throws IOException {
        try (WriteSetCache cache = open(directory, options -> options.ringSize(0))) {
            Payload.append(cache, 1, 100);
            assertThat(cache.statistics().ringSize()).isZero();
            assertThat(cache.statistics().pageCount()).isEqualTo(1);
            Payload.assertWhole(cache, 1, 1);
        }
        try (WriteSetCache cache = open(directory, options -> options.ringSize(0))) {
            assertHolds(cache, -1, -1);
        }
    }

    @Test
    void writeSetsInPagesAreAHoleAfterACrash() throws IOException {
        try (WriteSetCache cache = openNew()) {
            Payload.append(cache, 1, 100);
            Payload.append(cache, 2, RING);
            Payload.append(cache, 3, 100);
            Payload.append(cache, 4, 100);
            try (WriteSetCache reopened = crash()) {
                assertHolds(reopened, 3, 4);
            }
        }
    }

    @Test
    void theSkipMarkSurvives() throws IOException {
        try (WriteSetCache cache = openNew()) {
            Payload.append(cache, 1, 100);
            Payload.append(cache, 2, 100);
            cache.skip(1, WriteSetKind.WRITE_SET);
            try (WriteSetCache reopened = crash();
                    WriteSetCursor cursor = reopened.newCursor()) {
                assertThat(cursor.seek(1)).isTrue();
                assertThat(cursor.isSkipped()).isTrue();
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.isSkipped()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 20, 5L << 20})
    void aCrashAtEveryRecordLosesNothingThatTheRingHolds(long bytes) throws IOException {
        try (WriteSetCache cache = openNew()) {
            long written = 0;
            int seqno = 0;
            while (written < bytes) {
                seqno++;
                int length = 1 + seqno * 7919 % 9000;
                Payload.appendReleased(cache, seqno, length);
                written += length;
                if (seqno % 23 == 0) {
                    try (WriteSetCache reopened = crash()) {
                        assertHolds(reopened, cache.oldest(), seqno);
                        assertThat(reopened.recovery().damaged()).isZero();
                    }
                }
            }
        }
    }

    @Test
    void theRunOnAfterRecoveryContinuesTheRing() throws IOException {
        int seqno = 1;
        openNew().close();
        for (int run = 0; run < 20; run++) {
            try (WriteSetCache cache = open(directory, options -> options)) {
                assertThat(cache.newest()).isEqualTo(run == 0 ? -1 : seqno - 1);
                for (int i = 0; i < 37; i++, seqno++) {
                    Payload.appendReleased(cache, seqno, 100 + seqno * 31 % 3000);
                }
                assertThat(cache.newest()).isEqualTo(seqno - 1);
                Payload.assertWhole(cache, cache.oldest(), cache.newest());
            }
        }
    }
}
