package io.wsrep4j.tests.benchmarks.gcomm;

import io.wsrep4j.tests.benchmarks.Ratios;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.FreePorts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Replication of write sets of one size between members on loopback, ours beside libgalera: the same C host (native/src/bench/c/replication.c)
 * loads either library, a process for each run, with all members of a run in one process.
 */
final class Replication {

    /** Write sets that every member has ordered before it counts. */
    private static final int WARM_UP = 60_000;

    private final Path directory;
    private final Duration duration;
    private int runs;

    /**
     * What one run measured.
     *
     * @param orderedPerSecond write sets at each member, with eight clients at each
     * @param processorMicros of the whole process, for each write set at each member
     * @param medianMicros of certify with one client in the whole cluster: from sending to safe delivery and verdict
     * @param p99Micros the same, 99th percentile
     */
    private record Figures(double orderedPerSecond, double processorMicros, double medianMicros, double p99Micros) {}

    Replication(Path directory, Duration duration) {
        this.directory = directory;
        this.duration = duration;
    }

    /** Runs both in turns and prints what came of it. */
    void compare(int members, int bytes, int rounds) throws IOException, InterruptedException {
        Ratios ordered = new Ratios();
        Ratios processor = new Ratios();
        Ratios median = new Ratios();
        Ratios p99 = new Ratios();
        for (int round = 0; round < rounds; round++) {
            Figures ours = run(Providers.wsrep4j(), members, bytes);
            Figures peer = run(Providers.galera(), members, bytes);
            ordered.add(ours.orderedPerSecond(), peer.orderedPerSecond());
            processor.add(ours.processorMicros(), peer.processorMicros());
            median.add(ours.medianMicros(), peer.medianMicros());
            p99.add(ours.p99Micros(), peer.p99Micros());
        }
        System.out.printf("%d members, write sets of %d bytes%n", members, bytes);
        print("ordered a second (want 1.00 or more)", ordered.describe("write sets"));
        print("processor time for each", processor.describe("us"));
        print("latency, median (want 1.20 or less)", median.describe("us"));
        print("latency, 99th percentile", p99.describe("us"));
    }

    private static void print(String what, String figures) {
        System.out.printf(Locale.ROOT, "  %-38s %s%n", what, figures);
    }

    private Figures run(Path provider, int members, int bytes) throws IOException, InterruptedException {
        Path data = Files.createDirectory(directory.resolve("replication-" + runs++));
        List<String> command = new ArrayList<>(List.of(
                Providers.wsrep4j().getParent().resolveSibling("c/replication").toString(),
                provider.toString(),
                data + "/",
                Integer.toString(members),
                Integer.toString(bytes),
                Integer.toString(WARM_UP),
                Long.toString(duration.toSeconds())));
        for (int i = 0; i < members; i++) {
            command.add(Integer.toString(FreePorts.consecutive(2)));
        }
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        if (process.waitFor() != 0) {
            throw new IOException(command + " failed");
        }
        String[] figures = line.trim().split(" ");
        return new Figures(
                Double.parseDouble(figures[0]),
                Double.parseDouble(figures[1]),
                Double.parseDouble(figures[2]),
                Double.parseDouble(figures[3]));
    }
}
