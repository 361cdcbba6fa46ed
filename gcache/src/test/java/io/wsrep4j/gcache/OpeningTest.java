package io.wsrep4j.gcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Uuid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.SparseRollCycles;
import net.openhft.chronicle.wire.DocumentContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files, directories, options and disks at start (docs/spec/gcache.md 10; issue "GCache", Bad input). */
final class OpeningTest {

    @TempDir
    Path directory;

    private static WriteSetCache open(CacheSettings.Builder settings) {
        return WriteSetCache.open(settings.build(), HostCipher.NONE);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static long allocated(Path file) throws IOException {
        return 512L * blocks(file);
    }

    private static long blocks(Path file) throws IOException {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        return Long.parseLong(new String(stat.getInputStream().readAllBytes()).trim());
    }

    @Test
    void theRingIsOneRegularFileWithItsDiskSpaceTakenAndNothingElse() throws IOException {
        try (WriteSetCache cache = open(CacheSettings.in(directory).ringSize(8 << 20))) {
            assertThat(files()).containsExactly("galera.cache");
            Path ring = directory.resolve("galera.cache");
            assertThat(ring).isRegularFile();
            assertThat(Files.size(ring)).isBetween(8L << 20, (8L << 20) + (1L << 20));
            assertThat(allocated(ring)).isGreaterThanOrEqualTo(8L << 20);
            assertThat(cache.statistics().ringFileSize()).isEqualTo(Files.size(ring));
        }
        assertThat(files()).containsExactly("galera.cache");
    }

    @Test
    void theFileIsAChronicleQueueStore() throws IOException {
        try (WriteSetCache cache = open(CacheSettings.in(directory).ringSize(1 << 20))) {
            cache.reset(new Uuid(1, 2), 0);
            Payload.append(cache, 1, 1000);
        }
        Path queue = Files.createDirectory(directory.resolve("queue"));
        Files.copy(directory.resolve("galera.cache"), queue.resolve("19700101L.cq4"));
        try (SingleChronicleQueue read = SingleChronicleQueueBuilder.binary(queue.toFile())
                        .rollCycle(SparseRollCycles.SMALL_DAILY)
                        .timeProvider(() -> 0L)
                        .build();
                ExcerptTailer tailer = read.createTailer()) {
            long[] lengths = new long[2];
            for (int i = 0; i < 2; i++) {
                try (DocumentContext document = tailer.readingDocument()) {
                    assertThat(document.isPresent()).isTrue();
                    lengths[i] = document.wire().bytes().readRemaining();
                }
            }
            assertThat(lengths[0]).isGreaterThan(128 << 10);
            assertThat(lengths[1]).isBetween(1L << 20, (1L << 20) + 8);
        }
    }

    @Test
    void aDirectoryLeftByACrashWhileCreatingIsWiped() throws IOException {
        Path left = Files.createDirectory(directory.resolve(".galera.cache.creating"));
        Files.write(left.resolve("19700101.cq4"), new byte[10]);
        open(CacheSettings.in(directory).ringSize(1 << 20)).close();
        assertThat(files()).containsExactly("galera.cache");
    }

    @Test
    void twoProvidersOnOneFileAreRefused() {
        try (WriteSetCache cache = open(CacheSettings.in(directory).ringSize(1 << 20))) {
            assertThatThrownBy(() -> open(CacheSettings.in(directory).ringSize(1 << 20)))
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining("galera.cache")
                    .hasMessageContaining("in use by another provider");
            cache.reset(new Uuid(1, 2), 0);
            Payload.append(cache, 1, 100);
            Payload.assertWhole(cache, 1, 1);
        }
        open(CacheSettings.in(directory).ringSize(1 << 20)).close();
    }

    @Test
    void anAbsoluteNameIsUsedAsItIs() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Path ring = elsewhere.resolve("my.cache").toAbsolutePath();
        try (WriteSetCache cache =
                open(CacheSettings.in(directory).name(ring.toString()).ringSize(1 << 20))) {
            assertThat(cache.statistics().ringSize()).isEqualTo(1 << 20);
            assertThat(ring).isRegularFile();
            assertThat(files()).containsExactly("elsewhere");
        }
    }

    @Test
    void aMissingDirectoryIsNamed() {
        assertThatThrownBy(() -> open(CacheSettings.in(directory.resolve("missing"))))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("gcache.dir")
                .hasMessageContaining("missing");
        assertThatThrownBy(() -> open(CacheSettings.in(directory).name("no/such.cache")))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("no/such.cache");
        assertThatThrownBy(() -> open(CacheSettings.in(directory).name(".")))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("open");
    }

    @Test
    void aRingLargerThanTheDiskIsRefusedWithBothFiguresAndLeavesNothing() throws IOException {
        long tooLarge = Math.min(
                CacheSettings.MAXIMUM_RING_SIZE, Files.getFileStore(directory).getUsableSpace() + (1L << 30));
        assertThatThrownBy(() -> open(CacheSettings.in(directory).ringSize(tooLarge)))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("galera.cache")
                .hasMessageContaining("available");
        assertThat(Files.size(directory.resolve("galera.cache"))).isZero();
        open(CacheSettings.in(directory).ringSize(1 << 20)).close();
    }

    static Stream<Arguments> impossible() {
        return Stream.of(
                bad("gcache.size=100", options -> options.ringSize(100)),
                bad("gcache.size=-1", options -> options.ringSize(-1)),
                bad("gcache.size=", options -> options.ringSize(Long.MAX_VALUE)),
                bad("gcache.name", options -> options.name(" ")),
                bad("gcache.mem_size=-1", options -> options.memorySize(-1)),
                bad("gcache.page_size=-5", options -> options.pageSize(-5)),
                bad("gcache.keep_pages_size=-2", options -> options.keepPagesSize(-2)),
                bad("gcache.keep_pages_count=-2", options -> options.keepPagesCount(-2)),
                bad("gcache.freeze_purge_at_seqno=-7", options -> options.freezePurgeAtSeqno(OptionalLong.of(-7))),
                bad("gcache.encryption_cache_page_size=1000", options -> options.encryptionCachePageSize(1000)),
                bad("gcache.encryption_cache_size=32768", options -> options.encryptionCacheSize(32768)),
                bad("gcache.encryption_cache_size=", options -> options.encryptionCacheSize(1L << 40)));
    }

    private static Arguments bad(String message, UnaryOperator<CacheSettings.Builder> option) {
        return Arguments.of(message, option);
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void anImpossibleOptionIsNamedWithItsValue(String message, UnaryOperator<CacheSettings.Builder> option) {
        assertThatThrownBy(() -> option.apply(CacheSettings.in(directory)).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void dynamicOptionsAreCheckedToo() {
        try (WriteSetCache cache = open(CacheSettings.in(directory).ringSize(1 << 20))) {
            WriteSetCache.DynamicSettings dynamic = cache.dynamic();
            assertThatThrownBy(() -> dynamic.memorySize(-1)).hasMessageContaining("gcache.mem_size=-1");
            assertThatThrownBy(() -> dynamic.pageSize(-1)).hasMessageContaining("gcache.page_size=-1");
            assertThatThrownBy(() -> dynamic.keepPagesSize(-1)).hasMessageContaining("gcache.keep_pages_size=-1");
            assertThatThrownBy(() -> dynamic.keepPagesCount(-1)).hasMessageContaining("gcache.keep_pages_count=-1");
            assertThatThrownBy(() -> dynamic.freezePurgeAtSeqno(OptionalLong.of(-2)))
                    .hasMessageContaining("gcache.freeze_purge_at_seqno=-2");
        }
    }
}
