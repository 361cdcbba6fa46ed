package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.mariadb.AcknowledgedInserts;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** One cluster of three of our nodes under load: conflicts, schema changes, flow control, and nodes that are exempt from it. */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WritingOnAllNodesTest {

    private static final int DEADLOCK = 1213;

    private Cluster cluster;
    private MariaDbServer first;
    private MariaDbServer second;
    private MariaDbServer third;

    @BeforeAll
    void formCluster() throws IOException {
        cluster = Cluster.form(server("n1"), server("n2"), server("n3"));
        first = cluster.node(0);
        second = cluster.node(1);
        third = cluster.node(2);
    }

    private static MariaDbServer server(String name) throws IOException {
        return MariaDbServer.named(name)
                .provider(Providers.wsrep4j())
                .arguments("--wsrep-slave-threads=4")
                .create();
    }

    @AfterAll
    void removeCluster() throws IOException {
        cluster.close();
    }

    @BeforeEach
    void allAreThere() {
        cluster.awaitAllSynced();
    }

    @Test
    void aMinuteOfConflictsEndsWithTheSameTablesEverywhereAndLosersGetDeadlocks() throws Exception {
        Conflicts.on(cluster, "test.account", Duration.ofMinutes(1));
    }

    @Test
    void whoeverRolledBackAStreamingTransactionFindsNothingOfItInHisNextRead() throws Exception {
        first.execute("CREATE TABLE test.streamed (id INT PRIMARY KEY)");
        try (Connection client = first.connect();
                Statement statement = client.createStatement()) {
            statement.execute("SET SESSION wsrep_sync_wait = 15, wsrep_trx_fragment_size = 1");
            for (int round = 0; round < 100; round++) {
                statement.execute("BEGIN");
                statement.execute("INSERT INTO test.streamed VALUES (1)");
                statement.execute("INSERT INTO test.streamed VALUES (2)");
                statement.execute("ROLLBACK");
                try (ResultSet left = statement.executeQuery("SELECT COUNT(*) FROM mysql.wsrep_streaming_log")) {
                    left.next();
                    assertThat(left.getInt(1))
                            .as("fragments left, round " + round)
                            .isZero();
                }
            }
        }
        cluster.awaitEverywhere("SELECT COUNT(*) FROM mysql.wsrep_streaming_log", "0");
    }

    @Test
    void schemaChangesUnderLoadReachAllNodesInTheSamePlace() throws Exception {
        try (MoneyTransfers load = MoneyTransfers.between("test.changing", cluster.running())) {
            for (int round = 0; round < 3; round++) {
                MariaDbServer node = cluster.node(round);
                String column = "c" + round;
                node.execute(
                        "ALTER TABLE test.changing ADD COLUMN " + column + " INT DEFAULT " + round,
                        "CREATE INDEX i" + round + " ON test.changing (balance, " + column + ")",
                        "CREATE TABLE test.side" + round + " (a INT PRIMARY KEY)",
                        "INSERT INTO test.side" + round + " SELECT seq FROM seq_1_to_100",
                        "ALTER TABLE test.side" + round + " ADD COLUMN b INT DEFAULT 3, ALGORITHM=COPY",
                        "TRUNCATE TABLE test.side" + round,
                        "INSERT INTO test.side" + round + " VALUES (1, 1)",
                        "RENAME TABLE test.side" + round + " TO test.renamed" + round,
                        "OPTIMIZE TABLE test.changing",
                        "DROP INDEX i" + round + " ON test.changing",
                        "ALTER TABLE test.changing MODIFY COLUMN " + column + " BIGINT");
            }
            List<MoneyTransfers.Tally> seen = load.end();

            assertThat(seen).as("what each client saw").allMatch(client -> client.committed() > 0);
            cluster.awaitEverywhere(load.total(), MoneyTransfers.expectedTotal());
            cluster.awaitSameChecksums("test.changing", "test.renamed0", "test.renamed1", "test.renamed2");
            cluster.awaitAlike("SELECT GROUP_CONCAT(column_name, ' ', column_type ORDER BY ordinal_position)"
                    + " FROM information_schema.columns WHERE table_name = 'changing'");
            cluster.awaitEverywhere(
                    "SELECT COUNT(*) FROM information_schema.statistics WHERE table_name = 'changing'", "1");
        }
    }

    @Test
    void aNodeThatAppliesSlowlyHoldsTheOthersAndADesyncedOneDoesNot() throws Exception {
        // without a key, each changed row is searched for in the whole table on the nodes that apply
        first.execute(
                "CREATE TABLE test.keyless (a INT, b INT)",
                "INSERT INTO test.keyless SELECT seq, 0 FROM seq_1_to_2000");
        cluster.awaitEverywhere("SELECT COUNT(*) FROM test.keyless", "2000");
        try (AcknowledgedInserts load = AcknowledgedInserts.into("test.held", List.of(first))) {
            load.awaitProgress(first);
            long stopsBefore = Long.parseLong(first.status("wsrep_flow_control_recv"));
            first.execute("UPDATE test.keyless SET b = 1");
            cluster.awaitEverywhere("SELECT MIN(b) FROM test.keyless", "1");
            long stopsHeld = Long.parseLong(first.status("wsrep_flow_control_recv"));
            assertThat(stopsHeld).as("stops that the writer got").isGreaterThan(stopsBefore);

            second.execute("SET GLOBAL wsrep_desync = ON");
            third.execute("SET GLOBAL wsrep_desync = ON");
            second.awaitStatus("wsrep_local_state_comment", "Donor/Desynced", Cluster.SOON);
            third.awaitStatus("wsrep_local_state_comment", "Donor/Desynced", Cluster.SOON);
            assertThat(second.status("wsrep_desync_count")).isEqualTo("1");
            stopsHeld = Long.parseLong(first.status("wsrep_flow_control_recv"));
            first.execute("UPDATE test.keyless SET b = 2");
            cluster.awaitEverywhere("SELECT MIN(b) FROM test.keyless", "2");
            assertThat(first.status("wsrep_flow_control_recv"))
                    .as("stops that the writer got")
                    .isEqualTo(Long.toString(stopsHeld));

            second.execute("SET GLOBAL wsrep_desync = OFF");
            third.execute("SET GLOBAL wsrep_desync = OFF");
            cluster.awaitSynced();
            assertThat(second.status("wsrep_desync_count")).isEqualTo("0");
            load.endWithNothingLost(cluster);
            assertThat(load.errors()).as("what the client got").isEmpty();
        }
    }

    @Test
    void aLockedNodeIsDesyncedUntilItIsUnlockedAndNotBeforeItsOperatorsOwnDesyncEnds() throws Exception {
        try (AcknowledgedInserts load = AcknowledgedInserts.into("test.locked", List.of(first, third));
                Connection connection = second.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET GLOBAL wsrep_desync = ON");
            statement.execute("FLUSH TABLES WITH READ LOCK");
            assertThat(second.status("wsrep_desync_count")).isEqualTo("2");
            long position = lastCommitted(second);
            Await.until(
                    "the others go on far beyond what flow control would allow",
                    Cluster.SOON,
                    () -> lastCommitted(first) > position + 300);
            assertThat(lastCommitted(second)).as("position of the locked node").isEqualTo(position);
            assertThat(savedPosition(second)).isEqualTo(position);

            statement.execute("UNLOCK TABLES");
            Await.until("it catches up", Cluster.SOON, () -> lastCommitted(second) > position + 300);
            second.awaitStatus("wsrep_desync_count", "1", Cluster.SOON);
            assertThat(second.status("wsrep_local_state_comment")).isEqualTo("Donor/Desynced");
            statement.execute("SET GLOBAL wsrep_desync = OFF");
            cluster.awaitSynced();
            load.endWithNothingLost(cluster);
            assertThat(load.errors().keySet()).as("what clients got").isSubsetOf(DEADLOCK);
        }
    }

    private static long lastCommitted(MariaDbServer server) throws SQLException {
        return Long.parseLong(server.status("wsrep_last_committed"));
    }

    private static long savedPosition(MariaDbServer server) throws IOException {
        String seqno = server.savedState()
                .lines()
                .filter(line -> line.startsWith("seqno:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(seqno.substring("seqno:".length()).trim());
    }

    /** Clients write elsewhere meanwhile: with Galera, too, a schema change and a writer of the same table on one paused node wait for each other. */
    @Test
    void aRollingSchemaUpgradeChangesOneNodeAtATime() throws Exception {
        try (AcknowledgedInserts load = AcknowledgedInserts.into("test.rolling", List.of(first))) {
            load.awaitProgress(first);
            cluster.awaitEverywhere("SELECT COUNT(*) > 0 FROM test.rolling", "1");
            for (MariaDbServer node : List.of(third, second)) {
                upgradeAlone(node);
                assertThat(columns(node)).isEqualTo(4);
                assertThat(columns(first)).as("on the node that writes").isEqualTo(3);
                load.awaitProgress(first);
            }
            load.endWithNothingLost(cluster);
            assertThat(load.errors(first)).isEmpty();
        }
        try (AcknowledgedInserts load = AcknowledgedInserts.into("test.rolling", List.of(third))) {
            load.awaitProgress(third);
            upgradeAlone(first);
            load.awaitProgress(third);
            load.endWithNothingLost(cluster);
            assertThat(load.errors(third)).isEmpty();
            cluster.awaitSameChecksums("test.rolling");
        }
    }

    private void upgradeAlone(MariaDbServer node) throws SQLException {
        try (Connection connection = node.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION wsrep_OSU_method = RSU");
            statement.execute("ALTER TABLE test.rolling ADD COLUMN extra INT DEFAULT 5, ALGORITHM=COPY");
        }
        cluster.awaitSynced();
    }

    private static int columns(MariaDbServer server) throws SQLException {
        return Integer.parseInt(
                server.queryOne("SELECT COUNT(*) FROM information_schema.columns WHERE table_name = 'rolling'"));
    }
}
