package io.wsrep4j.tests.benchmarks.mariadb;

import io.wsrep4j.tests.benchmarks.Ratios;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.mariadb.Sysbench;
import java.io.IOException;

/**
 * Throughput and latency of a single node with our provider beside one with libgalera: both servers run at once, short slices in turn, the
 * order reversed every round, the first round not counted. Before a workload's first round each server runs it for a while with eight threads: a
 * JVM compiles what it runs often, which costs its first ten thousand transactions processor time that later ones do not pay.
 *
 * <p>Arguments: rounds (default 9), seconds a slice (default 2), seconds of warming up (default 15).
 */
public final class SysbenchBenchmark {

    private static final String[] WORKLOADS = {"oltp_update_non_index", "oltp_insert"};
    private static final int[] THREADS = {1, 8};
    private static final int WARM_UP_THREADS = 8;

    private final Sysbench ours;
    private final Sysbench peer;
    private final int rounds;
    private final int seconds;
    private final int warmUpSeconds;

    private SysbenchBenchmark(Sysbench ours, Sysbench peer, int rounds, int seconds, int warmUpSeconds) {
        this.ours = ours;
        this.peer = peer;
        this.rounds = rounds;
        this.seconds = seconds;
        this.warmUpSeconds = warmUpSeconds;
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 9;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
        int warmUpSeconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 15;
        try (MariaDbServer ours = MariaDbServer.named("ours")
                        .provider(Providers.wsrep4j())
                        .create();
                MariaDbServer peer = MariaDbServer.named("galera")
                        .provider(Providers.galera())
                        .create()) {
            ours.bootstrap();
            peer.bootstrap();
            new SysbenchBenchmark(
                            new Sysbench(ours, 1, 10_000),
                            new Sysbench(peer, 1, 10_000),
                            rounds,
                            seconds,
                            warmUpSeconds)
                    .run();
            ours.stop();
            peer.stop();
        }
    }

    private void run() throws IOException {
        for (String workload : WORKLOADS) {
            ours.prepare(workload);
            peer.prepare(workload);
            ours.run(workload, WARM_UP_THREADS, warmUpSeconds);
            peer.run(workload, WARM_UP_THREADS, warmUpSeconds);
            for (int threads : THREADS) {
                measure(workload, threads);
            }
            ours.cleanUp(workload);
            peer.cleanUp(workload);
        }
    }

    private void measure(String workload, int threads) throws IOException {
        Ratios throughput = new Ratios();
        Ratios latency = new Ratios();
        for (int round = 0; round <= rounds; round++) {
            boolean oursFirst = round % 2 == 0;
            Sysbench.Result first = (oursFirst ? ours : peer).run(workload, threads, seconds);
            Sysbench.Result second = (oursFirst ? peer : ours).run(workload, threads, seconds);
            if (round > 0) {
                Sysbench.Result mine = oursFirst ? first : second;
                Sysbench.Result theirs = oursFirst ? second : first;
                throughput.add(mine.transactionsPerSecond(), theirs.transactionsPerSecond());
                latency.add(mine.percentile95Millis(), theirs.percentile95Millis());
            }
        }
        System.out.println(workload + ", " + threads + " thread(s)");
        System.out.println("  throughput: " + throughput.describe("tps"));
        System.out.println("  p95:        " + latency.describe("ms"));
    }
}
