package io.wsrep4j.tests.benchmarks.cluster;

import io.wsrep4j.tests.benchmarks.Ratios;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.mariadb.Sysbench;
import io.wsrep4j.tests.process.ResidentMemory;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/**
 * sysbench against three nodes with our provider beside three with libgalera, all six running, short slices in turn, the order reversed every
 * round; every slice begins when all nodes have committed what came before. Each workload is run first on all nodes for a while, uncounted: a JVM
 * that has just started compiles, and a server in operation has long been there. Then the resident memory of the servers.
 *
 * <p>Arguments: rounds (default 5), seconds a slice (default 4), workloads with commas between (default all three), threads likewise (default
 * 1,8,32), seconds that both clusters are warmed up with each workload (default 60).
 */
public final class ClusterBenchmark {

    private static final int ROWS = 10_000;
    private static final int WARM_UP_THREADS = 8;

    private final Trio ours;
    private final Trio peer;
    private final int rounds;
    private final int seconds;

    private ClusterBenchmark(Trio ours, Trio peer, int rounds, int seconds) {
        this.ours = ours;
        this.peer = peer;
        this.rounds = rounds;
        this.seconds = seconds;
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 4;
        String workloads = arguments.length > 2 ? arguments[2] : "oltp_update_non_index,oltp_insert,oltp_write_only";
        String threads = arguments.length > 3 ? arguments[3] : "1,8,32";
        int warmUpSeconds = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 60;
        String[] servers = {"--wsrep-slave-threads=4", "--max-connections=200"};
        try (Trio ours = new Trio("ours", Providers.wsrep4j(), "gcache.size=128M", servers);
                Trio peer = new Trio("galera", Providers.galera(), "gcache.size=128M", servers)) {
            for (Trio trio : List.of(ours, peer)) {
                trio.join(trio.second());
                trio.join(trio.third());
            }
            ClusterBenchmark benchmark = new ClusterBenchmark(ours, peer, rounds, seconds);
            for (String workload : workloads.split(",")) {
                benchmark.run(workload, threads.split(","), warmUpSeconds);
            }
            benchmark.memory();
        }
    }

    private void run(String workload, String[] threadCounts, int warmUpSeconds) throws IOException, SQLException {
        for (Trio trio : List.of(ours, peer)) {
            new Sysbench(trio.first(), 1, ROWS).prepare(workload);
            trio.settle();
            new Sysbench(trio.servers(), 1, ROWS).run(workload, WARM_UP_THREADS, warmUpSeconds);
            trio.settle();
        }
        for (String threads : threadCounts) {
            measure(workload, Integer.parseInt(threads), false);
            if (!threads.equals("1")) {
                measure(workload, Integer.parseInt(threads), true);
            }
        }
        for (Trio trio : List.of(ours, peer)) {
            new Sysbench(trio.first(), 1, ROWS).cleanUp(workload);
        }
    }

    private void measure(String workload, int threads, boolean spread) throws IOException, SQLException {
        Ratios throughput = new Ratios();
        Ratios latency = new Ratios();
        for (int round = 0; round <= rounds; round++) {
            boolean oursFirst = round % 2 == 0;
            Sysbench.Result first = slice(oursFirst ? ours : peer, workload, threads, spread);
            Sysbench.Result second = slice(oursFirst ? peer : ours, workload, threads, spread);
            if (round > 0) {
                Sysbench.Result mine = oursFirst ? first : second;
                Sysbench.Result theirs = oursFirst ? second : first;
                throughput.add(mine.transactionsPerSecond(), theirs.transactionsPerSecond());
                latency.add(mine.percentile95Millis(), theirs.percentile95Millis());
            }
        }
        System.out.println(workload + ", " + threads + " thread(s) on " + (spread ? "three nodes" : "one node"));
        System.out.println("  throughput: " + throughput.describe("tps"));
        System.out.println("  p95:        " + latency.describe("ms"));
    }

    private Sysbench.Result slice(Trio trio, String workload, int threads, boolean spread)
            throws IOException, SQLException {
        List<MariaDbServer> targets = spread ? trio.servers() : List.of(trio.first());
        Sysbench.Result result = new Sysbench(targets, 1, ROWS).run(workload, threads, seconds);
        trio.settle();
        return result;
    }

    private void memory() throws IOException {
        double worst = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < 3; i++) {
            double mine = ResidentMemory.peakMib(ours.servers().get(i).process().pid());
            double theirs =
                    ResidentMemory.peakMib(peer.servers().get(i).process().pid());
            worst = Math.max(worst, mine - theirs);
            System.out.printf(
                    Locale.ROOT,
                    "node %d: peak resident memory ours %.0f MiB, libgalera %.0f MiB%n",
                    i + 1,
                    mine,
                    theirs);
        }
        System.out.printf(Locale.ROOT, "largest difference: %+.0f MiB%n", worst);
    }
}
