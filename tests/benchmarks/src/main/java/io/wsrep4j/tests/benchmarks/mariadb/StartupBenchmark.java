package io.wsrep4j.tests.benchmarks.mariadb;

import io.wsrep4j.tests.benchmarks.Ratios;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.ResidentMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * Time and processor time from start to {@code wsrep_ready=ON}, resident memory of the idle server, and time of a clean stop, ours beside libgalera, in turns.
 *
 * <p>Arguments: rounds (default 7).
 */
public final class StartupBenchmark {

    private StartupBenchmark() {}

    /** One start and stop. */
    private record Life(double readySeconds, double processorSeconds, double residentMib, double stopSeconds) {}

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 7;
        Ratios ready = new Ratios();
        Ratios processor = new Ratios();
        Ratios resident = new Ratios();
        Ratios stop = new Ratios();
        double moreSeconds = 0;
        double moreMib = 0;
        for (int round = 0; round <= rounds; round++) {
            Life ours = live(Providers.wsrep4j());
            Life peer = live(Providers.galera());
            if (round > 0) {
                ready.add(ours.readySeconds, peer.readySeconds);
                processor.add(ours.processorSeconds, peer.processorSeconds);
                resident.add(ours.residentMib, peer.residentMib);
                stop.add(ours.stopSeconds, peer.stopSeconds);
                moreSeconds += (ours.readySeconds - peer.readySeconds) / rounds;
                moreMib += (ours.residentMib - peer.residentMib) / rounds;
            }
        }
        System.out.println("start to wsrep_ready=ON: " + ready.describe("s"));
        System.out.println("processor time of it:    " + processor.describe("s"));
        System.out.println("resident memory, idle:   " + resident.describe("MiB"));
        System.out.println("clean stop:              " + stop.describe("s"));
        System.out.printf(Locale.ROOT, "mean difference: %+.2f s, %+.1f MiB%n", moreSeconds, moreMib);
    }

    private static Life live(Path provider) throws IOException {
        try (MariaDbServer server =
                MariaDbServer.named("life").provider(provider).create()) {
            server.bootstrap(); // lays the files of the provider, so that the next start is an ordinary one
            server.stop();
            long start = System.nanoTime();
            server.bootstrap();
            double readySeconds = (System.nanoTime() - start) / 1e9;
            double processorSeconds = processorSeconds(server.process().pid());
            settle();
            double residentMib = ResidentMemory.nowMib(server.process().pid());
            long stopStart = System.nanoTime();
            server.stop();
            return new Life(readySeconds, processorSeconds, residentMib, (System.nanoTime() - stopStart) / 1e9);
        }
    }

    /** Half a second of idleness is part of what is measured. */
    private static void settle() {
        java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
    }

    private static double processorSeconds(long pid) {
        return ProcessHandle.of(pid)
                        .flatMap(process -> process.info().totalCpuDuration())
                        .orElseThrow()
                        .toMillis()
                / 1000.0;
    }
}
