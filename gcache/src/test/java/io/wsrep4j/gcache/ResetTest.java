package io.wsrep4j.gcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tying the cache to a position (docs/spec/gcache.md 7). */
final class ResetTest {

    private static final Uuid HISTORY = new Uuid(1, 2);
    private static final Uuid OTHER = new Uuid(3, 4);

    @TempDir
    Path directory;

    private WriteSetCache cache;

    @BeforeEach
    void tenWriteSets() {
        cache = open();
        cache.reset(HISTORY, 0);
        for (int seqno = 1; seqno <= 10; seqno++) {
            Payload.appendReleased(cache, seqno, 1000);
        }
    }

    @AfterEach
    void close() {
        cache.close();
    }

    private WriteSetCache open() {
        return WriteSetCache.open(CacheSettings.in(directory).ringSize(64 << 10).build(), HostCipher.NONE);
    }

    private void reopen() {
        cache.close();
        cache = open();
    }

    @Test
    void theSameHistoryAtItsNewestChangesNothing() {
        cache.reset(HISTORY, 10);
        assertThat(cache.oldest()).isEqualTo(1);
        assertThat(cache.newest()).isEqualTo(10);
    }

    /** A process that is killed leaves the file as a close does, in this respect. */
    @Test
    void nothingIsRecoveredOfAHistoryThatWasInDoubtAtTheEnd() {
        cache.doubt();
        Payload.appendReleased(cache, 11, 1000);
        assertThat(cache.contains(11)).isTrue();
        assertThat(cache.contains(3)).isTrue();
        reopen();
        assertThat(cache.recovery().kept()).isZero();
        assertThat(cache.newest()).isEqualTo(-1);
        assertThat(cache.history()).isEqualTo(Uuid.UNDEFINED);
    }

    @Test
    void whatHasProvedRightIsRecovered() {
        cache.doubt();
        Payload.appendReleased(cache, 11, 1000);
        cache.trust();
        reopen();
        assertThat(cache.history()).isEqualTo(HISTORY);
        assertThat(cache.oldest()).isEqualTo(1);
        assertThat(cache.newest()).isEqualTo(11);
    }

    @Test
    void aResetInDoubtDiscardsEverythingAndEndsTheDoubt() {
        cache.doubt();
        Payload.appendReleased(cache, 11, 1000);
        cache.reset(HISTORY, 10);
        assertThat(cache.newest()).isEqualTo(-1);
        Payload.appendReleased(cache, 11, 77);
        reopen();
        assertThat(cache.history()).isEqualTo(HISTORY);
        assertThat(cache.oldest()).isEqualTo(11);
    }

    @Test
    void theSameHistoryBelowItsNewestCutsTheTailForGood() {
        cache.reset(HISTORY, 4);
        assertThat(cache.newest()).isEqualTo(4);
        Payload.append(cache, 5, 77);
        reopen();
        assertThat(cache.oldest()).isEqualTo(1);
        assertThat(cache.newest()).isEqualTo(5);
        Payload.assertWhole(cache, 1, 5);
    }

    @Test
    void aPositionAheadEmptiesTheCache() {
        cache.reset(HISTORY, 11);
        assertThat(cache.oldest()).isEqualTo(-1);
        assertThat(cache.history()).isEqualTo(HISTORY);
        Payload.append(cache, 12, 100);
        reopen();
        assertThat(cache.oldest()).isEqualTo(12);
        Payload.assertWhole(cache, 12, 12);
    }

    @Test
    void anUnknownPositionEmptiesTheCache() {
        cache.reset(HISTORY, Seqno.UNDEFINED);
        assertThat(cache.oldest()).isEqualTo(-1);
    }

    @Test
    void anotherHistoryIsNeverMixedIn() {
        cache.reset(OTHER, 5);
        assertThat(cache.oldest()).isEqualTo(-1);
        assertThat(cache.history()).isEqualTo(OTHER);
        Payload.append(cache, 6, 100);
        reopen();
        assertThat(cache.history()).isEqualTo(OTHER);
        assertThat(cache.oldest()).isEqualTo(6);
        assertThat(cache.newest()).isEqualTo(6);
        Payload.assertWhole(cache, 6, 6);
    }

    @Test
    void anActionInFlightSurvivesTheReset() {
        WriteSetBuffer buffer = cache.newBuffer();
        Payload.reserveAndFill(buffer, 6, 3000);
        cache.reset(OTHER, 5);
        buffer.publish(6, WriteSetKind.WRITE_SET, false);
        Payload.assertWhole(cache, 6, 6);
        for (int seqno = 7; seqno < 200; seqno++) {
            Payload.appendReleased(cache, seqno, 1000);
        }
        Payload.assertWhole(cache, cache.oldest(), 199);
    }

    @Test
    void whatACursorReadsCannotBeResetAway() {
        try (WriteSetCursor cursor = cache.newCursor()) {
            cursor.seek(6);
            cache.reset(HISTORY, 6);
            assertThatThrownBy(() -> cache.reset(HISTORY, 5))
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining(HISTORY.toString());
            assertThat(Payload.read(cursor)).isEqualTo(Payload.of(6, 1000));
        }
        cache.reset(HISTORY, 5);
        assertThat(cache.newest()).isEqualTo(5);
    }

    @Test
    void theTailAboveTheHostsPositionIsThereUntilTheGroupDecides() {
        reopen();
        assertThat(cache.newest()).as("nothing is thrown away at open").isEqualTo(10);
    }
}
