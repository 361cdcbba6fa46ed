package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.mariadb.AcknowledgedInserts;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.mariadb.Release;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Kill -9 of all nodes at once, under load, with hosts that flush their logs now and then. Each is started again as the system's unit does it, with the
 * position that its storage engine has recorded, and nobody says which of them is to begin: their saved views and the write-set caches are enough to
 * lose nothing that was acknowledged.
 */
@Timeout(600)
final class CrashOfAllTest {

    private static final int CLIENTS = 6;
    private static final int ROWS = 1500;
    /** More than the usual second: so all the more is lost if it does not come back. */
    private static final int UNFLUSHED_SECONDS = 10;

    private static final String RECOVERS = " from the own write-set cache";

    @Test
    void nothingAcknowledgedIsLost() throws Exception {
        crash(1);
    }

    @Test
    @Timeout(7200)
    @EnabledIfSystemProperty(named = "wsrep4j.effort", matches = "long")
    void nothingAcknowledgedIsLostHoweverOften() throws Exception {
        crash(Integer.getInteger("wsrep4j.rounds", 30));
    }

    private static void crash(int rounds) throws Exception {
        int recoveries = 0;
        try (Cluster cluster = Cluster.form(server("n1"), server("n2"), server("n3"))) {
            List<MariaDbServer> servers = cluster.running();
            for (int round = 1; round <= rounds; round++) {
                String rows = "test.rows" + round;
                String counters = "test.counters" + round;
                try (AcknowledgedInserts inserts = AcknowledgedInserts.wandering(rows, servers, CLIENTS);
                        Increments increments = Increments.of(counters, servers, servers.size())) {
                    inserts.awaitMore(ROWS);
                    killAllAtOnce(servers);
                    startAll(servers);
                    Cluster.awaitSynced(servers);
                    inserts.awaitMore(50);
                    increments.endWithNoneLost(cluster);
                    inserts.endWithNothingLost(cluster);
                    assertThat(increments.acknowledged()).as("additions").isPositive();
                }
                recoveries += recoveries(servers);
                servers.get(0).execute("DROP TABLE " + rows, "DROP TABLE " + counters);
            }
        }
        assertThat(recoveries).as("recoveries in " + rounds + " rounds").isPositive();
    }

    /** The configuration without the first to die is among what the others have to bring back, and their saved views know nothing of it. */
    @Test
    @EnabledIfSystemProperty(named = "wsrep4j.effort", matches = "long")
    void nothingIsLostByThoseWhoWentOn() throws Exception {
        try (Cluster cluster = Cluster.form(server("n1"), server("n2"), server("n3"))) {
            List<MariaDbServer> servers = cluster.running();
            List<MariaDbServer> rest = servers.subList(0, 2);
            try (AcknowledgedInserts inserts = AcknowledgedInserts.into("test.inserts", rest)) {
                inserts.awaitMore(ROWS);
                servers.get(2).kill();
                for (MariaDbServer server : rest) {
                    inserts.awaitProgress(server);
                }
                killAllAtOnce(rest);
                startAll(servers);
                Cluster.awaitSynced(servers);
                inserts.endWithNothingLost(cluster);
            }
            assertThat(recoveries(servers)).isPositive();
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "wsrep4j.effort", matches = "long")
    void aDamagedCacheLosesNothingThatAnotherHas() throws Exception {
        try (Cluster cluster = Cluster.form(server("n1"), server("n2"), server("n3"))) {
            List<MariaDbServer> servers = cluster.running();
            try (AcknowledgedInserts inserts = AcknowledgedInserts.into("test.inserts", servers.subList(2, 3))) {
                inserts.awaitMore(ROWS);
                killAllAtOnce(servers);
                Path cut = ring(servers.get(0));
                try (RandomAccessFile file = new RandomAccessFile(cut.toFile(), "rw")) {
                    file.setLength(Files.size(cut) / 100);
                }
                Files.delete(ring(servers.get(1)));
                startAll(servers);
                Cluster.awaitSynced(servers);
                inserts.endWithNothingLost(cluster);
            }
            assertThat(recoveries(servers.subList(2, 3))).isPositive();
            assertThat(recoveries(servers.subList(0, 2))).isZero();
        }
    }

    /** Its own clients may lose what it alone had, but it takes over what ours bring back. */
    @Test
    void aMemberOfGaleraTakesOverWhatOursBringBack() throws Exception {
        MariaDbServer other =
                MariaDbServer.named("n3").provider(Providers.galera()).create();
        try (Cluster cluster = Cluster.form(server("n1"), server("n2"), other)) {
            List<MariaDbServer> servers = cluster.running();
            try (AcknowledgedInserts inserts = AcknowledgedInserts.into("test.inserts", servers.subList(0, 2))) {
                inserts.awaitMore(ROWS);
                killAllAtOnce(servers);
                startAll(servers);
                Cluster.awaitSynced(servers);
                inserts.endWithNothingLost(cluster);
            }
            assertThat(recoveries(servers)).isPositive();
        }
    }

    /** An operator lets the one begin that has the highest position, and less in its cache than the others: theirs are of another branch then. */
    @Test
    void whatACacheHasBeyondTheBeginningOfOthersDoesNotCount() throws Exception {
        try (Cluster cluster = Cluster.form(server("n1"), server("n2"), server("n3"))) {
            List<MariaDbServer> servers = cluster.running();
            long newest;
            try (AcknowledgedInserts inserts = AcknowledgedInserts.into("test.inserts", servers)) {
                inserts.awaitMore(ROWS);
                newest = lastCommitted(servers.get(0));
                killAllAtOnce(servers);
            }
            Map<MariaDbServer, String> positions = positions(servers);
            MariaDbServer first = Collections.max(servers, Comparator.comparingLong(one -> seqno(positions.get(one))));
            Files.delete(ring(first));
            Path state = first.dataDirectory().resolve("grastate.dat");
            Files.writeString(state, Files.readString(state).replace("safe_to_bootstrap: 0", "safe_to_bootstrap: 1"));
            first.start("gcomm://", "--wsrep-new-cluster", "--wsrep-start-position=" + positions.get(first));
            try (AcknowledgedInserts inserts = AcknowledgedInserts.into("test.branch", List.of(first))) {
                Await.until(
                        "the new branch is longer than the old one",
                        Cluster.SOON,
                        () -> lastCommitted(first) > newest + ROWS);
                List<MariaDbServer> others =
                        servers.stream().filter(one -> one != first).toList();
                start(others, servers, positions);
                Cluster.awaitSynced(servers);
                inserts.endWithNothingLost(cluster);
                cluster.awaitSameChecksums("test.inserts", "test.branch");
                assertThat(recoveries(servers)).isZero();
                assertThat(others).anyMatch(one -> one.logSinceLaunch().contains(" is discarded: the group is at "));
            }
        }
    }

    /** Its fragments are on the disks, and its commit is in the caches alone. */
    @Test
    void aStreamingTransactionIsCommittedIfItsClientWasToldSo() throws Exception {
        try (Cluster cluster = Cluster.form(server("n1"), server("n2"), server("n3"))) {
            List<MariaDbServer> servers = cluster.running();
            servers.get(0).execute("CREATE TABLE test.streamed (a INT PRIMARY KEY)");
            try (Connection told = servers.get(0).connect();
                    Connection open = servers.get(1).connect()) {
                stream(told, 1, 2, 3);
                stream(open, 11, 12, 13);
                cluster.awaitEverywhere("SELECT COUNT(*) FROM mysql.wsrep_streaming_log", "6");
                for (MariaDbServer server : servers) {
                    server.execute(
                            "SET GLOBAL innodb_flush_log_at_trx_commit = 1",
                            "INSERT INTO test.streamed VALUES (" + server.port() + ")",
                            "SET GLOBAL innodb_flush_log_at_trx_commit = 0");
                }
                told.commit();
                killAllAtOnce(servers);
            }
            startAll(servers);
            Cluster.awaitSynced(servers);
            cluster.awaitEverywhere("SELECT GROUP_CONCAT(a ORDER BY a) FROM test.streamed WHERE a < 100", "1,2,3");
            cluster.awaitEverywhere("SELECT COUNT(*) FROM mysql.wsrep_streaming_log", "0");
            assertThat(recoveries(servers)).isPositive();
        }
    }

    private static void stream(Connection connection, int... keys) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION wsrep_trx_fragment_unit = 'statements', wsrep_trx_fragment_size = 1");
            for (int key : keys) {
                statement.execute("INSERT INTO test.streamed VALUES (" + key + ")");
            }
        }
    }

    private static long lastCommitted(MariaDbServer server) throws SQLException {
        return Long.parseLong(server.status("wsrep_last_committed"));
    }

    private static long seqno(String position) {
        return Long.parseLong(position.substring(position.indexOf(':') + 1));
    }

    private static Path ring(MariaDbServer server) {
        return server.dataDirectory().resolve("galera.cache");
    }

    private static int recoveries(List<MariaDbServer> servers) {
        return (int) servers.stream()
                .filter(server -> server.logSinceLaunch().contains(RECOVERS))
                .count();
    }

    private static MariaDbServer server(String name) throws IOException {
        return MariaDbServer.named(name)
                .release(Release.valueOf(System.getProperty("wsrep4j.tests.release", "MARIADB_10_11")))
                .provider(Providers.wsrep4j())
                .arguments(
                        "--wsrep-slave-threads=4",
                        "--innodb-flush-log-at-trx-commit=0",
                        "--innodb-flush-log-at-timeout=" + UNFLUSHED_SECONDS)
                .create();
    }

    private static void killAllAtOnce(List<MariaDbServer> servers) {
        servers.parallelStream().forEach(MariaDbServer::kill);
    }

    private static void startAll(List<MariaDbServer> servers) throws IOException {
        start(servers, servers, positions(servers));
    }

    private static Map<MariaDbServer, String> positions(List<MariaDbServer> servers) throws IOException {
        Map<MariaDbServer, String> positions = new HashMap<>();
        for (MariaDbServer server : servers) {
            positions.put(server, server.recoveredPosition());
        }
        return positions;
    }

    private static void start(
            List<MariaDbServer> stopped, List<MariaDbServer> members, Map<MariaDbServer, String> positions)
            throws IOException {
        for (MariaDbServer server : stopped) {
            MariaDbServer[] others =
                    members.stream().filter(other -> other != server).toArray(MariaDbServer[]::new);
            server.launch(MariaDbServer.clusterAddress(others), "--wsrep-start-position=" + positions.get(server));
        }
    }
}
