package io.wsrep4j.tests.benchmarks.cluster;

import io.wsrep4j.tests.benchmarks.Ratios;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.mariadb.Sysbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/**
 * How long a third node takes from its start to Synced: by a snapshot with rsync, by an incremental transfer of little, and by one of many small write
 * sets; ours beside libgalera, in turns.
 *
 * <p>Arguments: rounds (default 3), write sets of the long incremental transfer (default 500,000).
 */
public final class JoinBenchmark {

    private static final int THREADS = 8;
    private static final int FEW = 1_000;

    private final Trio ours;
    private final Trio peer;
    private final int rounds;

    private JoinBenchmark(Trio ours, Trio peer, int rounds) {
        this.ours = ours;
        this.peer = peer;
        this.rounds = rounds;
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
        int many = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 500_000;
        String[] servers = {"--wsrep-slave-threads=4", "--max-connections=200"};
        try (Trio ours = new Trio("ours", Providers.wsrep4j(), "gcache.size=1G", servers);
                Trio peer = new Trio("galera", Providers.galera(), "gcache.size=1G", servers)) {
            JoinBenchmark benchmark = new JoinBenchmark(ours, peer, rounds);
            for (Trio trio : List.of(ours, peer)) {
                new Sysbench(trio.first(), 1, 100_000).prepare("oltp_insert");
                trio.join(trio.second());
                trio.settle();
            }
            System.out.println("by rsync:       " + benchmark.snapshots().describe("s"));
            System.out.println(
                    "by " + FEW + " write sets:  " + benchmark.incremental(FEW).describe("s"));
            System.out.println(
                    "by " + many + " write sets: " + benchmark.incremental(many).describe("s"));
        }
    }

    /** Seconds to join with an empty data directory's history. */
    private Ratios snapshots() throws IOException {
        Ratios ratios = new Ratios();
        for (int round = 0; round <= rounds; round++) {
            double mine = 0;
            double theirs = 0;
            for (Trio trio : round % 2 == 0 ? List.of(ours, peer) : List.of(peer, ours)) {
                Files.deleteIfExists(trio.third().dataDirectory().resolve("grastate.dat"));
                double seconds = trio.join(trio.third()) / 1e9;
                trio.third().stop();
                mine = trio == ours ? seconds : mine;
                theirs = trio == peer ? seconds : theirs;
            }
            if (round > 0) {
                ratios.add(mine, theirs);
            }
        }
        return ratios;
    }

    /** Seconds to join when so many write sets are missing: the same ones every time, for the joiner's files are put back as they were. */
    private Ratios incremental(int writeSets) throws IOException, SQLException {
        for (Trio trio : List.of(ours, peer)) {
            keep(trio.third());
            new Sysbench(trio.first(), 1, 100_000).insert(THREADS, writeSets);
            trio.settle();
        }
        Ratios ratios = new Ratios();
        for (int round = 0; round < rounds; round++) {
            double mine = 0;
            double theirs = 0;
            for (Trio trio : round % 2 == 0 ? List.of(ours, peer) : List.of(peer, ours)) {
                putBack(trio.third());
                String before = trio.third().logText();
                double seconds = trio.join(trio.third()) / 1e9;
                if (trio.third().logText().substring(before.length()).contains("SST complete")) {
                    throw new IOException("a snapshot was sent, not the write sets; see "
                            + trio.third().log());
                }
                trio.third().stop();
                mine = trio == ours ? seconds : mine;
                theirs = trio == peer ? seconds : theirs;
            }
            ratios.add(mine, theirs);
        }
        return ratios;
    }

    private static Path kept(MariaDbServer server) {
        return server.home().resolve("kept");
    }

    private static void keep(MariaDbServer server) throws IOException {
        copy(server.dataDirectory(), kept(server));
    }

    private static void putBack(MariaDbServer server) throws IOException {
        copy(kept(server), server.dataDirectory());
    }

    private static void copy(Path from, Path to) throws IOException {
        Process process = new ProcessBuilder("rsync", "-a", "--delete", from + "/", to + "/")
                .inheritIO()
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("rsync of " + from + " to " + to + " ended with " + process.exitValue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
