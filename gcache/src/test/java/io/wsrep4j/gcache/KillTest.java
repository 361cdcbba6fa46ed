package io.wsrep4j.gcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kill -9 at random moments, of a process that appends, again and again on the same file (docs/spec/gcache.md 8; issue "GCache", Done when). */
final class KillTest {

    private static final int KILLS = System.getProperty("wsrep4j.effort", "ci").equals("long") ? 100 : 20;
    private static final int KILLED = 128 + 9;

    @TempDir
    Path directory;

    @Test
    void everythingReportedAsPublishedIsThereAfterKillMinusNine() throws Exception {
        long seed = Long.getLong("wsrep4j.seed", System.nanoTime());
        Random random = new Random(seed);
        MappedByteBuffer report = CrashingAppender.report(directory);
        for (int kill = 0; kill < KILLS; kill++) {
            Path output = directory.resolve("output");
            Process child = start(output);
            long before = report.getLong(0);
            try {
                if (kill % 4 != 3) {
                    awaitProgress(child, report, before);
                    assertThat(report.getLong(0))
                            .as("published before kill %d, seed %d: %s", kill, seed, Files.readString(output))
                            .isGreaterThan(before);
                }
                // Every fourth one may be hit while it opens the cache.
                child.waitFor(random.nextInt(kill % 4 == 3 ? 700 : 150), TimeUnit.MILLISECONDS);
            } finally {
                child.destroyForcibly();
            }
            assertThat(child.waitFor())
                    .as("kill %d, seed %d: %s", kill, seed, Files.readString(output))
                    .isEqualTo(KILLED);
        }
        try (WriteSetCache cache = CrashingAppender.open(directory)) {
            CrashingAppender.verify(cache, report.getLong(0));
            assertThat(cache.recovery().cleanStop()).isFalse();
            assertThat(cache.newest()).isGreaterThan(1000);
        }
    }

    private static void awaitProgress(Process child, MappedByteBuffer report, long before) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (child.isAlive() && report.getLong(0) <= before && System.nanoTime() < deadline) {
            child.waitFor(5, TimeUnit.MILLISECONDS);
        }
    }

    private Process start(Path output) throws IOException {
        List<String> command = ChildProcess.command(CrashingAppender.class, List.of(), List.of(directory.toString()));
        return ChildProcess.start(command, directory, output);
    }
}
