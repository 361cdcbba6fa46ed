package io.wsrep4j.tests.benchmarks.gcomm;

import io.wsrep4j.tests.benchmarks.Ratios;
import io.wsrep4j.tests.mariadb.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * Replication of write sets of one size between members on loopback, ours beside libgalera: the same C host loads either library, a process for
 * each, with all members of its cluster. Both are warm before the first round; one rests while the other is measured.
 */
final class Replication {

    /** Write sets that every member has ordered before it counts: enough for a JVM to have compiled what matters, large ones earlier. */
    private static final int WARM_UP = 150_000;

    private static final int WARM_UP_OF_LARGE = 80_000;
    private static final int LARGE = 16 * 1024;

    /** Machine code needs none but for its caches. */
    private static final int WARM_UP_OF_MACHINE_CODE = 5_000;

    private final Path directory;
    private final Duration duration;
    private int runs;

    Replication(Path directory, Duration duration) {
        this.directory = directory;
        this.duration = duration;
    }

    /** Measures both in turns and prints what came of it. */
    void compare(int members, int bytes, int rounds) throws IOException, InterruptedException {
        Ratios ordered = new Ratios();
        Ratios processor = new Ratios();
        Ratios median = new Ratios();
        Ratios p99 = new Ratios();
        try (ReplicationHost ours =
                        host(Providers.wsrep4j(), members, bytes, bytes < LARGE ? WARM_UP : WARM_UP_OF_LARGE, rounds);
                ReplicationHost peer = host(Providers.galera(), members, bytes, WARM_UP_OF_MACHINE_CODE, rounds)) {
            for (int round = 0; round < rounds; round++) {
                ReplicationHost.Figures own = ours.measure();
                ReplicationHost.Figures other = peer.measure();
                ordered.add(own.orderedPerSecond(), other.orderedPerSecond());
                processor.add(own.processorMicros(), other.processorMicros());
                median.add(own.medianMicros(), other.medianMicros());
                p99.add(own.p99Micros(), other.p99Micros());
            }
            ours.end();
            peer.end();
        }
        System.out.printf("%d members, write sets of %d bytes%n", members, bytes);
        print("ordered a second (want 1.00 or more)", ordered.describe("write sets"));
        print("processor time for each", processor.describe("us"));
        print("latency, median (want 1.20 or less)", median.describe("us"));
        print("latency, 99th percentile", p99.describe("us"));
    }

    private ReplicationHost host(Path provider, int members, int bytes, int warmUp, int rounds) throws IOException {
        Path data = Files.createDirectory(directory.resolve("replication-" + runs++));
        return ReplicationHost.start(provider, data, members, bytes, warmUp, duration, rounds);
    }

    private static void print(String what, String figures) {
        System.out.printf(Locale.ROOT, "  %-38s %s%n", what, figures);
    }
}
