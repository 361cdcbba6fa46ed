package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.ResidentMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What clients of three nodes get: current reads, large and streaming transactions; and what becomes of a node whose data differs. */
@Timeout(400)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ThreeNodesTest {

    private static final int PAIRS = 10_000;
    private static final int CLIENTS = 4;
    private static final int DEADLOCK = 1213;
    private static final String FRAGMENTS = "SELECT COUNT(*) FROM mysql.wsrep_streaming_log";

    private Cluster cluster;

    @BeforeAll
    void form() throws Exception {
        cluster = Cluster.form(server("n1"), server("n2"), server("n3"));
    }

    private static MariaDbServer server(String name) throws IOException {
        String provider = System.getProperty("wsrep4j.tests.provider", "wsrep4j");
        return MariaDbServer.named(name)
                .provider(provider.equals("galera") ? Providers.galera() : Providers.wsrep4j())
                .arguments("--wsrep-slave-threads=4", "--max-allowed-packet=64M")
                .create();
    }

    @AfterAll
    void remove() throws IOException {
        cluster.close();
    }

    /** A test that failed must not spoil the next one. */
    @BeforeEach
    void allAreThere() {
        cluster.awaitAllSynced();
    }

    // ---- causal reads

    @Test
    void aCausalReadAfterAWriteOnAnotherNodeIsNeverStale() throws Exception {
        cluster.node(0)
                .execute(
                        "CREATE TABLE test.causal (client INT PRIMARY KEY, value INT)",
                        "INSERT INTO test.causal SELECT seq, 0 FROM seq_0_to_" + CLIENTS);
        cluster.awaitEverywhere("SELECT COUNT(*) FROM test.causal", Integer.toString(CLIENTS + 1));
        List<Callable<Integer>> clients = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            int id = client;
            clients.add(() -> stalePairs(id));
        }
        assertThat(together(clients)).as("stale reads").containsOnly(0);
        long reads = 0;
        for (MariaDbServer server : cluster.running()) {
            reads += Long.parseLong(server.status("wsrep_causal_reads"));
        }
        assertThat(reads).as("reads that waited for the group's position").isGreaterThanOrEqualTo(PAIRS);
    }

    private int stalePairs(int client) throws SQLException {
        int stale = 0;
        List<Connection> connections = new ArrayList<>();
        try {
            for (MariaDbServer server : cluster.running()) {
                connections.add(server.connect());
            }
            List<Statement> statements = new ArrayList<>();
            for (Connection connection : connections) {
                statements.add(connection.createStatement());
                statements.get(statements.size() - 1).execute("SET SESSION wsrep_sync_wait = 3");
            }
            for (int value = 1; value <= PAIRS / CLIENTS; value++) {
                int writer = (client + value) % connections.size();
                int reader = (writer + 1 + value / 3 % 2) % connections.size();
                statements.get(writer).execute("UPDATE test.causal SET value = " + value + " WHERE client = " + client);
                try (ResultSet result =
                        statements.get(reader).executeQuery("SELECT value FROM test.causal WHERE client = " + client)) {
                    result.next();
                    stale += result.getInt(1) == value ? 0 : 1;
                }
            }
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
        return stale;
    }

    private static <T> List<T> together(List<Callable<T>> tasks) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    // ---- large transactions

    @Test
    void aTransactionOf200MegabytesIsAppliedEverywhereAndItsMemoryGivenBack() throws Exception {
        MariaDbServer writer = cluster.node(0);
        writer.execute("CREATE TABLE test.large (id INT PRIMARY KEY, content LONGBLOB)");
        cluster.awaitEverywhere("SELECT COUNT(*) FROM test.large", "0");
        Map<MariaDbServer, Double> residentBefore = new LinkedHashMap<>();
        for (MariaDbServer server : cluster.running()) {
            residentBefore.put(server, residentMebibytes(server));
        }
        ExecutorService client = Executors.newSingleThreadExecutor();
        try {
            Future<?> insertion = client.submit(() -> {
                writer.execute(
                        "INSERT INTO test.large SELECT seq, REPEAT(CHAR(65 + seq % 26), 1048576) FROM seq_1_to_200");
                return null;
            });
            // a page goes when all nodes have committed what is in it, and that takes the others seconds
            for (MariaDbServer server : cluster.running()) {
                Await.until("the cache of " + server.name() + " has pages", Cluster.SOON, () -> !pages(server)
                        .isEmpty());
            }
            insertion.get();
        } finally {
            client.shutdownNow();
        }
        String sum = "SELECT CONCAT(COUNT(*), ' ', SUM(LENGTH(content)), ' ', SUM(CRC32(content))) FROM test.large";
        cluster.awaitEverywhere(sum, writer.queryOne(sum));
        assertThat(writer.queryOne(sum)).startsWith("200 209715200 ");

        writer.execute("DROP TABLE test.large");
        // the report of what is settled everywhere is due after 128 MiB; the pages that held the transaction go then
        writer.execute("CREATE TABLE test.small (id INT PRIMARY KEY)");
        for (int i = 0; i < 300; i++) {
            writer.execute("INSERT INTO test.small VALUES (" + i + ")");
        }
        for (MariaDbServer server : cluster.running()) {
            Await.until(
                    "the cache of " + server.name() + " has given its pages back",
                    Cluster.SOON,
                    () -> pages(server).isEmpty(),
                    () -> String.valueOf(pages(server)));
        }
        for (MariaDbServer server : cluster.running()) {
            double before = residentBefore.get(server);
            assertThat(residentMebibytes(server) - before)
                    .as("MiB that %s has more than before, when it had %s", server.name(), before)
                    .isLessThan(200);
        }
    }

    private static double residentMebibytes(MariaDbServer server) throws IOException {
        return ResidentMemory.nowMib(server.process().pid());
    }

    private static List<Path> pages(MariaDbServer server) {
        try (Stream<Path> files = Files.list(server.dataDirectory())) {
            return files.filter(file -> file.getFileName().toString().startsWith("gcache.page"))
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aTransactionAboveTheLargestWriteSetSizeIsRefusedAndRolledBack() throws Exception {
        MariaDbServer writer = cluster.node(1);
        writer.execute("CREATE TABLE test.limited (id INT PRIMARY KEY, content LONGBLOB)");
        writer.execute("SET GLOBAL wsrep_max_ws_size = 1048576");
        try {
            assertThat(writer.providerOptions()).containsEntry("repl.max_ws_size", "1048576");
            assertThatThrownBy(() ->
                            writer.execute("INSERT INTO test.limited SELECT seq, REPEAT('a', 262144) FROM seq_1_to_8"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("Maximum writeset size exceeded");
            writer.execute("INSERT INTO test.limited SELECT 100 + seq, REPEAT('b', 131072) FROM seq_1_to_7");
        } finally {
            writer.execute("SET GLOBAL wsrep_max_ws_size = DEFAULT");
        }
        cluster.awaitEverywhere("SELECT CONCAT(COUNT(*), ' ', MIN(id)) FROM test.limited", "7 101");
        assertThat(writer.status("wsrep_open_transactions")).isEqualTo("0");
    }

    // ---- streaming

    @Test
    void aStreamingTransactionIsSeenNowhereBeforeItCommitsAndEverywhereAfter() throws Exception {
        cluster.node(0).execute("CREATE TABLE test.streamed (id INT PRIMARY KEY, content VARCHAR(100))");
        try (Connection connection = cluster.node(0).connect();
                Statement statement = connection.createStatement()) {
            stream(statement, "test.streamed", 1, 200);
            cluster.awaitAlike(FRAGMENTS);
            assertThat(Integer.parseInt(cluster.node(2).queryOne(FRAGMENTS))).isGreaterThanOrEqualTo(19);
            assertThat(cluster.node(1).queryOne("SELECT COUNT(*) FROM test.streamed"))
                    .isEqualTo("0");
            statement.execute("COMMIT");
        }
        cluster.awaitEverywhere("SELECT CONCAT(COUNT(*), ' ', SUM(id)) FROM test.streamed", "200 20100");
        cluster.awaitEverywhere(FRAGMENTS, "0");
    }

    @Test
    void aStreamingTransactionThatIsRolledBackLeavesNothing() throws Exception {
        cluster.node(1).execute("CREATE TABLE test.regretted (id INT PRIMARY KEY, content VARCHAR(100))");
        try (Connection connection = cluster.node(1).connect();
                Statement statement = connection.createStatement()) {
            stream(statement, "test.regretted", 1, 100);
            awaitFragmentsEverywhere();
            statement.execute("ROLLBACK");
        }
        awaitPositionOf(cluster.node(1));
        cluster.awaitEverywhere(FRAGMENTS, "0");
        cluster.node(2).execute("INSERT INTO test.regretted VALUES (7, 'free again')");
        cluster.awaitEverywhere("SELECT CONCAT(COUNT(*), ' ', SUM(id)) FROM test.regretted", "1 7");
    }

    @Test
    void aStreamingTransactionThatLosesAConflictIsRolledBackEverywhere() throws Exception {
        cluster.node(0)
                .execute(
                        "CREATE TABLE test.contested (id INT PRIMARY KEY, content VARCHAR(100))",
                        "INSERT INTO test.contested SELECT seq, 'at first' FROM seq_1_to_20");
        cluster.awaitEverywhere("SELECT COUNT(*) FROM test.contested", "20");
        try (Connection connection = cluster.node(0).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION wsrep_trx_fragment_unit = 'statements', wsrep_trx_fragment_size = 3");
            statement.execute("BEGIN");
            for (int id = 1; id <= 7; id++) {
                statement.execute("UPDATE test.contested SET content = 'streamed' WHERE id = " + id);
            }
            awaitFragmentsEverywhere();
            // row 7 is in no fragment yet
            cluster.node(1).execute("UPDATE test.contested SET content = 'the winner' WHERE id = 7");
            Await.until("the winner arrives", Cluster.SOON, () -> "the winner"
                    .equals(cluster.node(0).queryOne("SELECT content FROM test.contested WHERE id = 7")));
            assertThatThrownBy(() -> statement.execute("COMMIT"))
                    .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getErrorCode())
                            .isEqualTo(DEADLOCK));
            statement.execute("ROLLBACK");
        }
        cluster.awaitEverywhere(FRAGMENTS, "0");
        cluster.awaitEverywhere(
                "SELECT CONCAT(SUM(content = 'at first'), ' ', SUM(content = 'the winner')) FROM test.contested",
                "19 1");
    }

    @Test
    void fragmentsOfANodeThatWasKilledAreRemovedByTheOthers() throws Exception {
        cluster.node(0).execute("CREATE TABLE test.orphaned (id INT PRIMARY KEY, content VARCHAR(100))");
        MariaDbServer owner = cluster.node(2);
        try (Connection connection = owner.connect();
                Statement statement = connection.createStatement()) {
            stream(statement, "test.orphaned", 1, 100);
            awaitFragmentsEverywhere();
            owner.kill();
        }
        cluster.awaitSynced();
        cluster.awaitEverywhere(FRAGMENTS, "0");
        cluster.node(1).execute("INSERT INTO test.orphaned VALUES (50, 'free again')");

        owner.join(cluster.node(0));
        cluster.awaitSynced();
        cluster.awaitEverywhere("SELECT CONCAT(COUNT(*), ' ', SUM(id)) FROM test.orphaned", "1 50");
        cluster.awaitEverywhere(FRAGMENTS, "0");
    }

    private void awaitFragmentsEverywhere() {
        cluster.awaitEverywhere("SELECT COUNT(*) > 0 FROM mysql.wsrep_streaming_log", "1");
    }

    /** Waits until all have committed what the writer has now. */
    private void awaitPositionOf(MariaDbServer writer) throws SQLException {
        long position = lastCommitted(writer);
        for (MariaDbServer server : cluster.running()) {
            Await.until(server.name() + " is at " + position, Cluster.SOON, () -> lastCommitted(server) >= position);
        }
    }

    private static long lastCommitted(MariaDbServer server) throws SQLException {
        return Long.parseLong(server.status("wsrep_last_committed"));
    }

    private static void stream(Statement statement, String table, int first, int last) throws SQLException {
        statement.execute("SET SESSION wsrep_trx_fragment_unit = 'rows', wsrep_trx_fragment_size = 10");
        statement.execute("BEGIN");
        for (int id = first; id <= last; id++) {
            statement.execute("INSERT INTO " + table + " VALUES (" + id + ", 'row " + id + "')");
        }
    }

    // ---- votes

    @Test
    void aNodeThatAloneFailsToApplyIsVotedOutAndComesBackWithASnapshot() throws Exception {
        MariaDbServer odd = cluster.node(2);
        cluster.node(0)
                .execute(
                        "CREATE TABLE test.differs (id INT PRIMARY KEY, a INT)",
                        "INSERT INTO test.differs VALUES (1, 1), (2, 2)");
        cluster.awaitEverywhere("SELECT COUNT(*) FROM test.differs", "2");
        odd.execute("SET SESSION wsrep_on = 0", "SET SESSION sql_log_bin = 0", "DELETE FROM test.differs WHERE id = 1");
        cluster.node(0).execute("UPDATE test.differs SET a = 10 WHERE id = 1");

        assertVotedOut(odd, List.of(cluster.node(0), cluster.node(1)));
        assertThat(odd.logSinceLaunch()).contains("Inconsistency detected");

        comesBackWithASnapshot(odd, cluster.node(1));
        cluster.awaitEverywhere("SELECT CONCAT(COUNT(*), ' ', SUM(a)) FROM test.differs", "2 12");
    }

    @Test
    void aNodeThatAloneSucceedsIsVotedOut() throws Exception {
        MariaDbServer odd = cluster.node(0);
        cluster.node(1)
                .execute(
                        "CREATE TABLE test.alone (id INT PRIMARY KEY, a INT)",
                        "INSERT INTO test.alone VALUES (1, 1), (2, 2)");
        cluster.awaitEverywhere("SELECT COUNT(*) FROM test.alone", "2");
        for (MariaDbServer other : List.of(cluster.node(1), cluster.node(2))) {
            other.execute(
                    "SET SESSION wsrep_on = 0", "SET SESSION sql_log_bin = 0", "DELETE FROM test.alone WHERE id = 1");
        }
        odd.execute("UPDATE test.alone SET a = 10 WHERE id = 1");

        assertVotedOut(odd, List.of(cluster.node(1), cluster.node(2)));

        comesBackWithASnapshot(odd, cluster.node(1));
        cluster.awaitEverywhere("SELECT CONCAT(COUNT(*), ' ', SUM(a)) FROM test.alone", "1 2");
    }

    @Test
    void anErrorThatAllNodesMakeAlikeIsIgnored() throws Exception {
        MariaDbServer any = cluster.node(0);
        any.execute("CREATE TABLE test.alike (id INT PRIMARY KEY, a INT)");
        assertThatThrownBy(() -> any.execute("ALTER TABLE test.alike ADD COLUMN a INT"))
                .isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> any.execute("DROP TABLE test.nowhere")).isInstanceOf(SQLException.class);
        any.execute("INSERT INTO test.alike VALUES (1, 1)");
        cluster.awaitEverywhere("SELECT COUNT(*) FROM test.alike", "1");
        cluster.awaitAllSynced();
    }

    private static void assertVotedOut(MariaDbServer odd, List<MariaDbServer> rest) throws Exception {
        Cluster.awaitSynced(rest);
        rest.get(0)
                .execute(
                        "CREATE OR REPLACE TABLE test.goes_on (id INT PRIMARY KEY)",
                        "INSERT INTO test.goes_on VALUES (1)");
        Await.until("the rest goes on", Cluster.SOON, () -> "1"
                .equals(rest.get(1).queryOne("SELECT COUNT(*) FROM test.goes_on")));
        Await.until("the odd one's saved state is void", Cluster.SOON, () -> Files.readString(
                        odd.dataDirectory().resolve("grastate.dat"))
                .contains("uuid:    00000000-0000-0000-0000-000000000000"));
        odd.awaitStatus("wsrep_local_state_comment", "Inconsistent", Cluster.SOON);
        assertThat(odd.status("wsrep_ready")).isEqualTo("OFF");
    }

    private void comesBackWithASnapshot(MariaDbServer server, MariaDbServer donor) throws IOException {
        server.stop();
        server.join(donor);
        cluster.awaitSynced();
        assertThat(server.logSinceLaunch()).contains("SST completed on joiner").doesNotContain("Receiving IST: ");
    }
}
