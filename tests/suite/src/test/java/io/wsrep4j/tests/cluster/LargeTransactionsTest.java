package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Transactions of very many rows, and very many rows that one node has not settled: the certification index is outside the heap, and near its bound the
 * group is held instead of anybody failing.
 */
@Timeout(3600)
final class LargeTransactionsTest {

    private static final String SMALL_HEAP = "-Xmx64m";
    private static final int BATCH = 50_000;

    /** Not to be refused: at 48 bytes a key a batch needs 2.4 MB, and the group is held from 6 MiB on. */
    private static final String LOW_BOUND = "cert.max_index_size=8M";

    private static final Duration A_LONG_TIME = Duration.ofMinutes(30);

    private static MariaDbServer server(String name, Path provider, String heap) throws IOException {
        return MariaDbServer.named(name)
                .provider(provider)
                .environment("WSREP4J_JAVA_OPTIONS", heap)
                .arguments("--wsrep-slave-threads=4", "--innodb-buffer-pool-size=256M")
                .create();
    }

    /** One cluster for what takes long to start and little to do. */
    @Test
    void aHeapOf64MegabytesIsEnoughForHundredsOfThousandsOfRowsAtOnceAndForMillionsThatAreNotSettled()
            throws Exception {
        try (Cluster cluster = pair(SMALL_HEAP, Providers.wsrep4j())) {
            updateAllOf(cluster, 600_000);
            theWriterIsHeldNearTheBoundUntilTheSlowNodeHasSettledItsPart(cluster);
            refusesWhatWouldBreakTheBoundAlone(cluster);
            aHeldWriterCanBeShutDown(cluster);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "wsrep4j.effort", matches = "long")
    void threeMillionRowsAreUpdatedWithDefaultSettings() throws Exception {
        try (Cluster cluster = pair("", Providers.wsrep4j())) {
            updateAllOf(cluster, 3_000_000);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "wsrep4j.effort", matches = "long")
    void twentyMillionRowsAreUpdatedWithDefaultSettings() throws Exception {
        try (Cluster cluster = pair("", Providers.wsrep4j())) {
            updateAllOf(cluster, 20_000_000);
        }
    }

    private static Cluster pair(String heap, Path second) throws IOException {
        return Cluster.form(server("n1", Providers.wsrep4j(), heap), server("n2", second, heap));
    }

    private static void updateAllOf(Cluster cluster, int rows) throws SQLException {
        MariaDbServer writer = cluster.node(0);
        writer.execute("CREATE TABLE test.large (id INT PRIMARY KEY, v INT NOT NULL)");
        patiently(writer, "INSERT INTO test.large SELECT seq, 0 FROM seq_1_to_" + rows);
        patiently(writer, "UPDATE test.large SET v = id + 1");
        cluster.node(1).awaitStatus("wsrep_last_committed", writer.status("wsrep_last_committed"), A_LONG_TIME);
        for (MariaDbServer server : cluster.running()) {
            assertThat(server.queryOne("SELECT CONCAT(COUNT(*), ' ', SUM(v - id)) FROM test.large"))
                    .as(server.name())
                    .isEqualTo(rows + " " + rows);
        }
        // both still write, and certify what the other writes
        cluster.node(1).execute("UPDATE test.large SET v = 0 WHERE id = 7");
        writer.execute("UPDATE test.large SET v = 0 WHERE id = 8");
        cluster.awaitEverywhere("SELECT COUNT(*) FROM test.large WHERE v = 0", "2");
    }

    private static void patiently(MariaDbServer server, String sql) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            connection.setNetworkTimeout(Runnable::run, (int) A_LONG_TIME.toMillis());
            statement.execute(sql);
        }
    }

    private static void theWriterIsHeldNearTheBoundUntilTheSlowNodeHasSettledItsPart(Cluster cluster) throws Exception {
        MariaDbServer writer = cluster.node(0);
        MariaDbServer slow = cluster.node(1);
        holdAndGoOn(writer, slow, 5);
        cluster.awaitSameChecksums("test.batches");
        slow.execute("SET GLOBAL wsrep_desync=OFF");
        cluster.awaitAllSynced();
    }

    private static void holdAndGoOn(MariaDbServer writer, MariaDbServer slow, int more) throws Exception {
        writer.execute(
                "CREATE TABLE test.batches (id INT PRIMARY KEY AUTO_INCREMENT, v INT NOT NULL)",
                "SET GLOBAL wsrep_provider_options='" + LOW_BOUND + "'");
        try (Batches batches = new Batches(writer)) {
            try (Lock locked = Lock.on(slow, "test.batches")) {
                awaitHeld(writer, batches);
                locked.demandKept();
            }
            batches.awaitMore(more);
            batches.end();
        }
    }

    private static void awaitHeld(MariaDbServer writer, Batches batches) {
        writer.awaitStatus("wsrep_flow_control_requested", "true", Cluster.SOON);
        writer.awaitStatus("wsrep_flow_control_active", "true", Cluster.SOON);
        // what was under way when the pause came may still end
        Await.until("the writer waits", Cluster.SOON, () -> batches.isStill(Duration.ofSeconds(2)));
        long before = batches.done();
        Await.holds("the writer is held", Duration.ofSeconds(3), () -> batches.done() == before && batches.isRunning());
    }

    private static void refusesWhatWouldBreakTheBoundAlone(Cluster cluster) throws SQLException {
        MariaDbServer writer = cluster.node(0);
        assertThatThrownBy(() -> writer.execute("UPDATE test.batches SET v = v + 1"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("Maximum writeset size exceeded");
        assertThat(writer.process().output())
                .contains("bytes of the certification index, which exceeds cert.max_index_size = 8388608");
        // the other has the default bound
        cluster.node(1).execute("UPDATE test.batches SET v = v + 2");
        cluster.awaitSameChecksums("test.batches");
        assertThatThrownBy(() -> writer.execute("SET GLOBAL wsrep_provider_options='cert.max_index_size=1000'"))
                .isInstanceOf(SQLException.class);
        assertThat(writer.process().output())
                .contains("option 'cert.max_index_size' = '1000'")
                .doesNotContain("OutOfMemoryError");
    }

    private static void aHeldWriterCanBeShutDown(Cluster cluster) throws Exception {
        MariaDbServer writer = cluster.node(0);
        MariaDbServer slow = cluster.node(1);
        try (Batches batches = new Batches(writer);
                Lock locked = Lock.on(slow, "test.batches")) {
            awaitHeld(writer, batches);
            batches.endIsWanted();
            writer.stop();
            locked.demandKept();
        }
        slow.execute("SET GLOBAL wsrep_desync=OFF");
        writer.start(MariaDbServer.clusterAddress(slow));
        cluster.awaitAllSynced();
        cluster.awaitSameChecksums("test.batches");
    }

    @Test
    @EnabledIfSystemProperty(named = "wsrep4j.effort", matches = "long")
    void aHoldOpensNowAndThenForAMemberOfGalerasWhoseReportWaitsForItsEnd() throws Exception {
        try (Cluster cluster = pair(SMALL_HEAP, Providers.galera())) {
            holdAndGoOn(cluster.node(0), cluster.node(1), 20);
            cluster.awaitSameChecksums("test.batches");
        }
    }

    /** A desynced node with a table locked for reading: what the group writes there waits. */
    private record Lock(Connection connection) implements AutoCloseable {

        static Lock on(MariaDbServer server, String table) throws SQLException {
            server.execute("SET GLOBAL wsrep_desync=ON");
            Connection connection = server.connect();
            try (Statement statement = connection.createStatement()) {
                statement.execute("LOCK TABLES " + table + " READ");
            }
            return new Lock(connection);
        }

        /** That nobody has taken the lock away. */
        void demandKept() throws SQLException {
            assertThat(connection.isValid(10)).isTrue();
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    /** A client that inserts batch after batch; an error ends it and fails the test, unless its end is wanted. */
    private static final class Batches implements AutoCloseable {

        private final MariaDbServer server;
        private final Thread thread = new Thread(this::run, "batches");
        private volatile long done;
        private volatile long lastAt = System.nanoTime();
        private volatile boolean ends;
        private volatile SQLException failure;

        Batches(MariaDbServer server) {
            this.server = server;
            thread.start();
        }

        private void run() {
            try (Connection connection = server.connect();
                    Statement statement = connection.createStatement()) {
                while (!ends) {
                    statement.execute("INSERT INTO test.batches (v) SELECT seq FROM seq_1_to_" + BATCH);
                    done++;
                    lastAt = System.nanoTime();
                }
            } catch (SQLException e) {
                if (!ends) {
                    failure = e;
                }
            }
        }

        long done() {
            return done;
        }

        boolean isStill(Duration since) {
            return System.nanoTime() - lastAt > since.toNanos();
        }

        boolean isRunning() {
            if (failure != null) {
                throw new AssertionError("the writer failed after " + done + " batches", failure);
            }
            return thread.isAlive();
        }

        void awaitMore(int count) {
            long wanted = done + count;
            Await.until(
                    count + " batches more",
                    Duration.ofMinutes(10),
                    () -> isRunning() && done >= wanted,
                    () -> done + " of " + wanted + " done\n" + server.process().tail());
        }

        void endIsWanted() {
            ends = true;
        }

        void end() throws InterruptedException {
            assertThat(isRunning()).isTrue();
            ends = true;
            thread.join(Duration.ofMinutes(5).toMillis());
            assertThat(thread.isAlive()).isFalse();
            isRunning();
        }

        @Override
        public void close() {
            ends = true;
            try {
                thread.join(Duration.ofMinutes(5).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
