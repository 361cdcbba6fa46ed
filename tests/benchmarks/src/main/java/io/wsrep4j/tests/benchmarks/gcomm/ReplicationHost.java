package io.wsrep4j.tests.benchmarks.gcomm;

import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.FreePorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The C host of module native (src/bench/c/replication.c) with one provider and one cluster. One thread. */
final class ReplicationHost implements AutoCloseable {

    /** What a host may take beside its measurements, on a machine that is busy with much else; it is there to end a hang. */
    private static final long PATIENCE_SECONDS = 240;

    private final List<String> command;
    private final Process process;
    private final BufferedReader lines;

    /**
     * What one round measured.
     *
     * @param orderedPerSecond write sets at each member, with eight clients at each
     * @param processorMicros of the whole process, for each write set at each member
     * @param medianMicros of certify with one client in the whole cluster: from sending to safe delivery and verdict
     * @param p99Micros the same, 99th percentile
     */
    record Figures(double orderedPerSecond, double processorMicros, double medianMicros, double p99Micros) {}

    private ReplicationHost(List<String> command) throws IOException {
        this.command = command;
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        lines = process.inputReader();
    }

    /** Starts a cluster and waits until it is warm. The host ends itself if this and all rounds take too long. */
    static ReplicationHost start(
            Path provider, Path data, int members, int bytes, int warmUp, Duration duration, int rounds)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Providers.wsrep4j().getParent().resolveSibling("c/replication").toString(),
                provider.toString(),
                data + "/",
                Integer.toString(members),
                Integer.toString(bytes),
                Integer.toString(warmUp),
                Long.toString(duration.toSeconds()),
                Long.toString(PATIENCE_SECONDS + 5 * rounds * duration.toSeconds())));
        for (int i = 0; i < members; i++) {
            command.add(Integer.toString(FreePorts.consecutive(2)));
        }
        ReplicationHost host = new ReplicationHost(command);
        try {
            host.nextLine();
            return host;
        } catch (IOException | RuntimeException e) {
            host.close();
            throw e;
        }
    }

    /** One round. */
    Figures measure() throws IOException {
        process.outputWriter().write("\n");
        process.outputWriter().flush();
        String[] figures = nextLine().split(" ");
        return new Figures(
                Double.parseDouble(figures[0]),
                Double.parseDouble(figures[1]),
                Double.parseDouble(figures[2]),
                Double.parseDouble(figures[3]));
    }

    private String nextLine() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            throw new IOException(command + " ended before it answered; it said why above");
        }
        return line;
    }

    /** Lets the members leave and waits for the end. */
    void end() throws IOException, InterruptedException {
        process.outputWriter().close();
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException(command + " ended with " + status + "; it said why above");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
