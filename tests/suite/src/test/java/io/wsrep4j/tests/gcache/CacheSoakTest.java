package io.wsrep4j.tests.gcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Appends of mixed sizes with readers and pins at work: no wrong byte, and nothing grows (issue "GCache", Done when). */
@Tag("unit")
final class CacheSoakTest {

    private static final boolean LONG =
            System.getProperty("wsrep4j.effort", "ci").equals("long");

    @TempDir
    Path directory;

    @Test
    void noByteIsWrongAndNothingGrowsInTheSecondHalf() throws Exception {
        long appends = LONG ? 10_000_000 : 400_000;
        long ring = LONG ? 256L << 20 : 16L << 20;
        CacheSoak.Outcome outcome = new CacheSoak(directory, appends, ring, System.nanoTime()).run();

        assertThat(outcome.last().newest()).isEqualTo(appends);
        assertThat(outcome.last().evicted()).isGreaterThan(appends / 4);
        assertThat(outcome.verified()).isGreaterThan(appends / 20);
        assertThat(outcome.pinnedRuns()).isPositive();
        assertThat(outcome.overflows()).isPositive();
        List<ProcessFootprint> samples = outcome.samples();
        assertThat(growth(samples, ProcessFootprint::mappings))
                .as("mappings in %s", samples)
                .isLessThan(40);
        assertThat(growth(samples, ProcessFootprint::descriptors))
                .as("descriptors in %s", samples)
                .isLessThan(20);
        assertThat(growth(samples, ProcessFootprint::residentBytes))
                .as("memory in %s", samples)
                .isLessThan(64L << 20);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).as("pages are gone").containsExactly(directory.resolve("galera.cache"));
        }
    }

    /** How much the smallest sample of the last quarter exceeds the largest of the second: pages come and go, leaks only come. */
    private static long growth(List<ProcessFootprint> samples, ToLongFunction<ProcessFootprint> figure) {
        int quarter = samples.size() / 4;
        long before = samples.subList(quarter, 2 * quarter).stream()
                .mapToLong(figure)
                .max()
                .orElseThrow();
        long after = samples.subList(3 * quarter, samples.size()).stream()
                .mapToLong(figure)
                .min()
                .orElseThrow();
        return after - before;
    }
}
