package io.wsrep4j.tests.benchmarks.bridge;

import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Nanoseconds of each hot call of the API, from a C host of nothing but a loop (native/src/bench/c/calls.c), ours beside libgalera, in turns; the
 * median of the rounds.
 *
 * <p>Arguments: rounds (default 5), transactions a round (default 50000).
 */
public final class CallsBenchmark {

    private CallsBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        int transactions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 50_000;
        Map<String, double[]> ours = new TreeMap<>();
        Map<String, double[]> peers = new TreeMap<>();
        for (int round = 0; round < rounds; round++) {
            run(Providers.wsrep4j(), transactions, round, rounds, ours);
            run(Providers.galera(), transactions, round, rounds, peers);
        }
        System.out.printf(Locale.ROOT, "%-32s %12s %12s%n", "ns a call, one thread", "wsrep4j", "libgalera");
        ours.forEach((call, values) ->
                System.out.printf(Locale.ROOT, "%-32s %12.0f %12.0f%n", call, median(values), median(peers.get(call))));
    }

    private static void run(Path provider, int transactions, int round, int rounds, Map<String, double[]> results)
            throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("wsrep4j-calls-");
        try {
            Process process = new ProcessBuilder(
                            Providers.wsrep4j()
                                    .getParent()
                                    .resolveSibling("c/calls")
                                    .toString(),
                            provider.toString(),
                            data + "/",
                            Integer.toString(FreePorts.consecutive(2)),
                            Integer.toString(transactions))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            List<String> lines =
                    new String(process.getInputStream().readAllBytes()).lines().toList();
            if (process.waitFor() != 0) {
                throw new IOException(provider + " failed: " + lines);
            }
            for (String line : lines) {
                String call = line.substring(0, 32).trim();
                results.computeIfAbsent(call, name -> new double[rounds])[round] =
                        Double.parseDouble(line.substring(32).replace("ns", "").trim());
            }
        } finally {
            try (Stream<Path> files = Files.walk(data)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        java.util.Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
