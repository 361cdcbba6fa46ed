package io.wsrep4j.gcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Uuid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Page files (docs/spec/gcache.md 9). */
final class PagesTest {

    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    private WriteSetCache open(UnaryOperator<CacheSettings.Builder> options) {
        CacheSettings.Builder builder =
                CacheSettings.in(directory).ringSize(2 * MIB).pageSize(MIB);
        WriteSetCache cache = WriteSetCache.open(options.apply(builder).build(), HostCipher.NONE);
        cache.reset(new Uuid(1, 2), 0);
        return cache;
    }

    private List<String> pageFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("gcache.page."))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aPageIsAsLargeAsItsOptionOrExactlyAsAnOversizedWriteSet() throws IOException {
        try (WriteSetCache cache = open(options -> options)) {
            Payload.append(cache, 1, 1_500_000);
            assertThat(pageFiles()).containsExactly("gcache.page.000000");
            assertThat(Files.size(directory.resolve("gcache.page.000000"))).isEqualTo(1_500_032);
            cache.dynamic().pageSize(4 * MIB);
            Payload.append(cache, 2, 1_500_000);
            assertThat(Files.size(directory.resolve("gcache.page.000001"))).isEqualTo(4 * MIB);
            Payload.append(cache, 3, 1_500_000);
            assertThat(pageFiles()).hasSize(2);
            Payload.assertWhole(cache, 1, 3);
        }
        assertThat(pageFiles()).as("none left after a clean stop").isEmpty();
    }

    @Test
    void releasingAPagedWriteSetDoesNotDropTheHistoryBelowIt() {
        try (WriteSetCache cache = open(options -> options)) {
            for (int seqno = 1; seqno <= 55; seqno++) {
                Payload.appendReleased(cache, seqno, 1000);
            }
            Payload.appendReleased(cache, 56, 1_500_000);
            Payload.appendReleased(cache, 57, 1000);
            assertThat(cache.oldest()).as("the reference drops 1 to 55 here").isEqualTo(1);
            Payload.assertWhole(cache, 1, 57);
        }
    }

    @Test
    void pagedHistoryStaysWithinTheBytesOfTheRing() throws IOException {
        try (WriteSetCache cache = open(options -> options)) {
            for (int seqno = 1; seqno <= 30; seqno++) {
                Payload.appendReleased(cache, seqno, 1_200_000);
            }
            assertThat(cache.newest()).isEqualTo(30);
            assertThat(cache.oldest()).isEqualTo(30);
            assertThat(pageFiles()).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void keptPagesKeepTheirHistoryUntilTheLimitIsLowered() throws IOException {
        try (WriteSetCache cache = open(options -> options.keepPagesSize(5 * MIB))) {
            for (int seqno = 1; seqno <= 30; seqno++) {
                Payload.appendReleased(cache, seqno, 1_200_000);
            }
            assertThat(pageFiles()).hasSize(4);
            assertThat(cache.oldest()).isEqualTo(27);
            Payload.assertWhole(cache, 27, 30);
            cache.dynamic().keepPagesSize(0);
            assertThat(cache.oldest()).isEqualTo(30);
            assertThat(pageFiles()).hasSize(1);
            cache.dynamic().keepPagesCount(3);
            for (int seqno = 31; seqno <= 50; seqno++) {
                Payload.appendReleased(cache, seqno, 1_200_000);
            }
            assertThat(cache.oldest()).isEqualTo(48);
            assertThat(pageFiles()).hasSize(3);
            cache.dynamic().keepPagesCount(0);
            assertThat(cache.oldest()).isEqualTo(50);
        }
    }

    @Test
    void pagesAreDeletedOldestFirstAndOnlyWhenNothingInThemLives() throws IOException {
        try (WriteSetCache cache = open(options -> options.ringSize(0))) {
            for (int seqno = 1; seqno <= 8; seqno++) {
                Payload.append(cache, seqno, 500_000);
            }
            assertThat(pageFiles()).hasSize(4);
            cache.release(3);
            assertThat(pageFiles()).containsExactly("gcache.page.000001", "gcache.page.000002", "gcache.page.000003");
            assertThat(cache.oldest()).as("seqno 3 shares a page with 4").isGreaterThanOrEqualTo(3);
            cache.release(8);
            assertThat(pageFiles()).as("the only store keeps its last page").containsExactly("gcache.page.000003");
            Payload.assertWhole(cache, cache.oldest(), 8);
        }
    }

    @Test
    void anUnorderedBufferInAPageIsGivenBackAtOnce() throws IOException {
        try (WriteSetCache cache = open(options -> options)) {
            WriteSetBuffer buffer = cache.newBuffer();
            buffer.reserve(1_500_000);
            assertThat(pageFiles()).hasSize(1);
            buffer.discard();
            assertThat(pageFiles()).isEmpty();
            assertThat(cache.statistics().pagesUsed()).isZero();
        }
    }

    @Test
    void pagesOfADeadProviderAreRemovedAndThoseOfALivingOneAreNot() throws IOException {
        Files.write(directory.resolve("gcache.page.000007"), new byte[100]);
        try (WriteSetCache cache = open(options -> options)) {
            assertThat(pageFiles()).isEmpty();
            Payload.append(cache, 1, 1_500_000);
            try (WriteSetCache neighbour = open(options -> options.name("other.cache"))) {
                assertThat(pageFiles()).containsExactly("gcache.page.000000");
                Payload.append(neighbour, 1, 1_500_000);
                assertThat(pageFiles()).containsExactly("gcache.page.000000", "gcache.page.000001");
                Payload.assertWhole(neighbour, 1, 1);
            }
            Payload.assertWhole(cache, 1, 1);
            assertThat(pageFiles()).containsExactly("gcache.page.000000");
        }
    }

    @Test
    void whenNoPageCanBeCreatedTheWriteSetIsRefusedAndNothingCachedIsLost() throws IOException {
        Path own = Files.createDirectory(directory.resolve("own"));
        try (WriteSetCache cache = WriteSetCache.open(
                CacheSettings.in(own).ringSize(MIB).pageSize(MIB).build(), HostCipher.NONE)) {
            cache.reset(new Uuid(1, 2), 0);
            Payload.append(cache, 1, 1000);
            Files.delete(own.resolve("galera.cache"));
            Files.delete(own);
            WriteSetBuffer buffer = cache.newBuffer();
            assertThatThrownBy(() -> buffer.reserve(800_000))
                    .isInstanceOf(CacheFullException.class)
                    .hasMessageContaining("800032")
                    .hasMessageContaining("memory store")
                    .hasMessageContaining("ring takes at most 524288")
                    .hasMessageContaining("gcache.page.");
            Payload.append(cache, 2, 1000);
            Payload.assertWhole(cache, 1, 2);
        }
    }

    @Test
    void aHandleThatIsStillOpenKeepsAClosedCachesMemory() {
        WriteSetCache cache = open(options -> options);
        Payload.append(cache, 1, 1_500_000);
        WriteSetCursor cursor = cache.newCursor();
        assertThat(cursor.seek(1)).isTrue();
        cache.close();
        cache.close();
        assertThat(Payload.read(cursor)).isEqualTo(Payload.of(1, 1_500_000));
        assertThatThrownBy(() -> cache.release(1))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("closed");
        cursor.close();
        cursor.close();
    }
}
