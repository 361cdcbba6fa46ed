package io.wsrep4j.tests.benchmarks.gcache;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;

/**
 * The appends of {@link AppendBenchmark} by processor time instead of wall time, for machines that others use too: a round of appends and a round
 * of plain copies take turns, and the medians are compared. Arguments: rounds (9), one length (all).
 */
public final class ProcessorTime {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int WARM_UP_ROUNDS = 4;

    private ProcessorTime() {}

    public static void main(String[] arguments) throws IOException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 9;
        int[] lengths = arguments.length > 1
                ? new int[] {Integer.parseInt(arguments[1])}
                : new int[] {200, 1024, 16_384, 1 << 20};
        for (int length : lengths) {
            AppendBenchmark benchmark = new AppendBenchmark();
            benchmark.length = length;
            benchmark.open();
            try {
                long operations = Math.max(256, (1L << 29) / Math.max(length, 1024));
                measure(benchmark, operations, rounds);
            } finally {
                benchmark.close();
            }
        }
    }

    private static void measure(AppendBenchmark benchmark, long operations, int rounds) {
        List<Double> appends = new ArrayList<>();
        List<Double> copies = new ArrayList<>();
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            double append = rate(benchmark::append, operations);
            double copy = rate(benchmark::plainCopy, operations);
            if (round >= 0) {
                appends.add(append);
                copies.add(copy);
            }
        }
        double append = median(appends);
        double copy = median(copies);
        System.out.printf(
                "%8d bytes: append %11.0f /s (%5.2f GB/s), plain copy %11.0f /s, append is %3.0f %% of it%n",
                benchmark.length, append, append * benchmark.length / 1e9, copy, 100 * append / copy);
    }

    private static double rate(Runnable operation, long operations) {
        long started = THREADS.getCurrentThreadCpuTime();
        for (long i = 0; i < operations; i++) {
            operation.run();
        }
        return operations * 1e9 / (THREADS.getCurrentThreadCpuTime() - started);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
