package io.wsrep4j.gcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Uuid;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may be discarded and what may not; which store takes what (docs/spec/gcache.md 3, 4 and 6). */
final class EvictionTest {

    private static final int RING = 64 << 10;
    /** Payload of a record that is exactly half the ring. */
    private static final int HALF = RING / 2 - RecordFrame.BYTES;

    @TempDir
    Path directory;

    private WriteSetCache open(UnaryOperator<CacheSettings.Builder> options) {
        CacheSettings.Builder builder =
                CacheSettings.in(directory).ringSize(RING).pageSize(1 << 20);
        WriteSetCache cache = WriteSetCache.open(options.apply(builder).build(), HostCipher.NONE);
        cache.reset(new Uuid(1, 2), 0);
        return cache;
    }

    private WriteSetCache open() {
        return open(options -> options);
    }

    private static void appendReleased(WriteSetCache cache, int from, int to, int length) {
        for (int seqno = from; seqno <= to; seqno++) {
            Payload.appendReleased(cache, seqno, length);
        }
    }

    @Test
    void halfTheRingFitsAndEightBytesMoreGoToAPage() {
        try (WriteSetCache cache = open()) {
            Payload.appendReleased(cache, 1, HALF);
            assertThat(cache.statistics().pageCount()).isZero();
            Payload.append(cache, 2, HALF + 8);
            assertThat(cache.statistics().pageCount()).isEqualTo(1);
            Payload.assertWhole(cache, 1, 2);
        }
    }

    @Test
    void unreleasedWriteSetsNearTheRingsCapacitySendTheNextToAPage() {
        try (WriteSetCache cache = open()) {
            for (int seqno = 1; seqno <= 6; seqno++) {
                Payload.append(cache, seqno, 10_000);
            }
            assertThat(cache.statistics().pageCount()).isZero();
            Payload.append(cache, 7, 10_000);
            assertThat(cache.statistics().pageCount()).isEqualTo(1);
            assertThat(cache.oldest()).isEqualTo(1);
            Payload.assertWhole(cache, 1, 7);
        }
    }

    @Test
    void anActionStillArrivingAtTheOldestEndBlocksTheRing() {
        try (WriteSetCache cache = open()) {
            WriteSetBuffer arriving = cache.newBuffer();
            arriving.reserve(100);
            appendReleased(cache, 1, 20, 10_000);
            assertThat(cache.statistics().pagesUsed()).isPositive();
            Payload.assertWhole(cache, cache.oldest(), 20);
            arriving.discard();
            appendReleased(cache, 21, 40, 10_000);
            assertThat(cache.statistics().ringUsed()).isGreaterThan(RING / 2);
            Payload.assertWhole(cache, cache.oldest(), 40);
        }
    }

    @Test
    void nothingIsDiscardedUntilSpaceIsWanted() {
        try (WriteSetCache cache = open()) {
            appendReleased(cache, 1, 5, 10_000);
            cache.release(5);
            assertThat(cache.oldest()).isEqualTo(1);
        }
    }

    @Test
    void releaseInAnyOrderOfCallsOnlyEverMovesForward() {
        try (WriteSetCache cache = open()) {
            for (int seqno = 1; seqno <= 10; seqno++) {
                Payload.append(cache, seqno, 100);
            }
            cache.release(7);
            cache.release(3);
            assertThat(cache.statistics().released()).isEqualTo(7);
            cache.release(1000);
            assertThat(cache.statistics().released()).isEqualTo(10);
        }
    }

    @Test
    void aPinKeepsEverythingFromItsSeqnoOnWhileTheRingRollsAndPagesGrow() {
        try (WriteSetCache cache = open(options -> options.pageSize(128 << 10))) {
            appendReleased(cache, 1, 10, 5_000);
            HistoryPin pin = cache.pin(4);
            appendReleased(cache, 11, 60, 5_000);
            assertThat(cache.oldest()).isEqualTo(4);
            assertThat(cache.statistics().pageCount()).isGreaterThan(1);
            assertThat(cache.statistics().pinnedFrom()).containsExactly(4L);
            Payload.assertWhole(cache, 4, 60);

            pin.close();
            assertThat(cache.oldest()).isGreaterThan(30);
            long bytes = 0;
            for (long seqno = cache.oldest(); seqno <= 60; seqno++) {
                bytes += 5032;
            }
            assertThat(bytes).as("history stays within the allowed bytes").isBetween((long) RING / 2, (long) RING);
            Payload.assertWhole(cache, cache.oldest(), 60);
        }
    }

    @Test
    void ofTwoPinsTheLowerCountsAndClosingItFreesWhatIsBelowTheOther() {
        try (WriteSetCache cache = open()) {
            appendReleased(cache, 1, 10, 5_000);
            HistoryPin low = cache.pin(2);
            HistoryPin high = cache.pin(8);
            appendReleased(cache, 11, 30, 5_000);
            assertThat(cache.oldest()).isEqualTo(2);
            low.close();
            low.close();
            appendReleased(cache, 31, 60, 5_000);
            assertThat(cache.oldest()).isEqualTo(8);
            high.close();
            appendReleased(cache, 61, 80, 5_000);
            assertThat(cache.oldest()).isGreaterThan(8);
        }
    }

    @Test
    void aSeqnoThatIsNotCachedCannotBePinned() {
        try (WriteSetCache cache = open()) {
            assertThat(cache.pin(1)).isNull();
            appendReleased(cache, 1, 100, 5_000);
            assertThat(cache.pin(1)).isNull();
            assertThat(cache.pin(101)).isNull();
            cache.pin(100).close();
        }
    }

    @Test
    void whatACursorStandsOnStays() {
        try (WriteSetCache cache = open();
                WriteSetCursor cursor = cache.newCursor()) {
            appendReleased(cache, 1, 10, 5_000);
            assertThat(cursor.seek(3)).isTrue();
            appendReleased(cache, 11, 40, 5_000);
            assertThat(cache.oldest()).isEqualTo(3);
            assertThat(Payload.read(cursor)).isEqualTo(Payload.of(3, 5_000));
            cursor.clear();
            appendReleased(cache, 41, 60, 5_000);
            assertThat(cache.oldest()).isGreaterThan(30);
            assertThat(cursor.seek(3)).isFalse();
            assertThat(cursor.isPresent()).isFalse();
        }
    }

    @Test
    void aReclaimedWriteSetIsUnreleasedAgainAndASecondReleaseWorks() {
        try (WriteSetCache cache = open()) {
            appendReleased(cache, 1, 5, 5_000);
            WriteSetBuffer inUse = cache.newBuffer();
            assertThat(inUse.reclaim(2)).isTrue();
            assertThat(cache.statistics().released()).isEqualTo(1);
            for (int seqno = 6; seqno <= 40; seqno++) {
                Payload.append(cache, seqno, 5_000);
            }
            assertThat(cache.oldest()).isEqualTo(2);
            assertThat(Payload.read(inUse)).isEqualTo(Payload.of(2, 5_000));
            assertThat(inUse.seqno()).isEqualTo(2);
            cache.release(40);
            assertThat(cache.oldest()).isGreaterThan(2);
            assertThat(inUse.reclaim(2)).isFalse();
        }
    }

    @Test
    void freezingKeepsHistoryFromTheSeqnoOnUntilItIsLifted() {
        try (WriteSetCache cache = open()) {
            appendReleased(cache, 1, 10, 5_000);
            cache.dynamic().freezePurgeAtSeqno(OptionalLong.of(6));
            appendReleased(cache, 11, 50, 5_000);
            assertThat(cache.oldest()).isEqualTo(6);
            assertThat(cache.dynamic().frozenAt()).hasValue(6);
            assertThat(cache.dynamic().freezePurgeNow()).isEqualTo(50);
            assertThat(cache.oldest()).isEqualTo(6);
            cache.dynamic().freezePurgeAtSeqno(OptionalLong.empty());
            assertThat(cache.oldest()).isGreaterThan(30);
            Payload.assertWhole(cache, cache.oldest(), 50);
        }
    }

    @Test
    void freezingAnEmptyCacheNowFreezesNothing() {
        try (WriteSetCache cache = open()) {
            assertThat(cache.dynamic().freezePurgeNow()).isEqualTo(-1);
            assertThat(cache.dynamic().frozenAt()).isEmpty();
        }
    }

    @Test
    void aSeqnoIsPublishedOnceAndAHoleMayBeFilled() {
        try (WriteSetCache cache = open()) {
            Payload.append(cache, 1, 10);
            Payload.appendReleased(cache, 5, 10);
            WriteSetBuffer buffer = cache.newBuffer();
            Payload.reserveAndFill(buffer, 5, 10);
            assertThatThrownBy(() -> buffer.publish(5, WriteSetKind.WRITE_SET, false))
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining("seqno 5");
            assertThatThrownBy(() -> buffer.publish(0, WriteSetKind.WRITE_SET, false))
                    .isInstanceOf(CacheException.class);
            assertThatThrownBy(() -> buffer.publish(1L << 40, WriteSetKind.WRITE_SET, false))
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining("too far");
            buffer.discard();
            Payload.append(cache, 3, 10);
            assertThat(cache.statistics().released()).as("3 is not released").isEqualTo(2);
            try (WriteSetCursor cursor = cache.newCursor()) {
                assertThat(cursor.seek(2)).isFalse();
                assertThat(cursor.seek(3)).isTrue();
                assertThat(cursor.next()).as("a hole ends the range").isFalse();
                assertThat(cursor.seqno()).isEqualTo(3);
            }
        }
    }

    @Test
    void skippingSomethingElseThanWhatIsCachedIsRefused() {
        try (WriteSetCache cache = open()) {
            Payload.append(cache, 1, 10);
            assertThatThrownBy(() -> cache.skip(2, WriteSetKind.WRITE_SET))
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining("seqno 2");
            assertThatThrownBy(() -> cache.skip(1, WriteSetKind.CONFIGURATION_CHANGE))
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining("WRITE_SET");
        }
    }

    @Test
    void lengthsOutsideTheRangeAreRefused() {
        try (WriteSetCache cache = open()) {
            WriteSetBuffer buffer = cache.newBuffer();
            for (int length : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                assertThatThrownBy(() -> buffer.reserve(length))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(String.valueOf(length));
            }
            buffer.reserve(1);
            assertThatThrownBy(() -> buffer.reserve(1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> buffer.reclaim(1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(buffer::detach).isInstanceOf(IllegalStateException.class);
            buffer.discard();
            assertThatThrownBy(buffer::discard).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(buffer::length).isInstanceOf(IllegalStateException.class);
            assertThat(cache.statistics().reserved()).isEqualTo(1);
            assertThat(cache.statistics().discarded()).isEqualTo(1);
        }
    }

    @Test
    void theMemoryStoreComesFirstAndNothingIsLostWhenItIsFull() {
        try (WriteSetCache cache = open(options -> options.memorySize(20_000))) {
            appendReleased(cache, 1, 3, 5_000);
            assertThat(cache.statistics().memoryUsed()).isEqualTo(3 * 5_032);
            assertThat(cache.statistics().ringUsed()).isZero();
            appendReleased(cache, 4, 12, 5_000);
            assertThat(cache.oldest()).isEqualTo(1);
            appendReleased(cache, 13, 200, 5_000);
            assertThat(200 - cache.oldest() + 1)
                    .as("memory and ring both hold history")
                    .isBetween(14L, 15L);
            Payload.assertWhole(cache, cache.oldest(), 200);
            cache.reset(new Uuid(3, 4), 0);
            assertThat(cache.statistics().memoryUsed()).isZero();
            cache.dynamic().memorySize(0);
            appendReleased(cache, 1, 3, 5_000);
            assertThat(cache.statistics().memoryUsed()).isZero();
        }
    }

    @Test
    void manySlabsAreOneRing() {
        CacheSettings settings = CacheSettings.in(directory).ringSize(64 << 10).build();
        try (WriteSetCache cache = CacheOpening.open(settings, HostCipher.NONE, 9 << 10)) {
            cache.reset(new Uuid(1, 2), 0);
            for (int seqno = 1; seqno <= 3000; seqno++) {
                Payload.appendReleased(cache, seqno, 1 + seqno * 7919 % 3900);
                if (seqno % 100 == 0) {
                    Payload.assertWhole(cache, cache.oldest(), seqno);
                    assertThat(seqno - cache.oldest()).isGreaterThan(12);
                }
            }
            assertThat(cache.statistics().pageCount()).isZero();
            assertThat(cache.statistics().ringSize()).isEqualTo(64 << 10);
        }
        try (WriteSetCache cache = CacheOpening.open(settings, HostCipher.NONE, 9 << 10)) {
            assertThat(cache.newest()).isEqualTo(3000);
            assertThat(cache.oldest()).isLessThan(2980);
            Payload.assertWhole(cache, cache.oldest(), 3000);
        }
        try (WriteSetCache cache = CacheOpening.open(settings, HostCipher.NONE, 64 << 10)) {
            assertThat(cache.newest()).isEqualTo(3000);
            Payload.assertWhole(cache, cache.oldest(), 3000);
        }
    }
}
