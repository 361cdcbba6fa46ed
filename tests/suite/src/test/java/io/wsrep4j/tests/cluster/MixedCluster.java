package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wsrep4j.tests.mariadb.AcknowledgedInserts;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import java.io.IOException;
import java.nio.file.Files;
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

/**
 * Galera's nodes and ours in one cluster of three, what holds in both proportions. The middle one is of the other kind: it has joined from the first, and the
 * third from it, so that each kind was donor and joiner. Every behaviour begins and ends with all three synced.
 */
@Timeout(400)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class MixedCluster {

    private static final boolean THOROUGH = "long".equals(System.getProperty("wsrep4j.effort"));
    private static final int INCONSISTENT = 5;
    private static final int DEADLOCK = 1213;
    private static final String FRAGMENTS_ARRIVED = "SELECT COUNT(*) > 0 FROM mysql.wsrep_streaming_log";

    private final List<String> kinds;
    private Cluster cluster;
    private MariaDbServer first;
    private MariaDbServer second;
    private MariaDbServer third;
    private List<String> logsOfForming;

    MixedCluster(String... kinds) {
        this.kinds = List.of(kinds);
    }

    @BeforeAll
    void form() throws Exception {
        first = server(0);
        second = server(1);
        cluster = Cluster.form(first, second);
        third = cluster.add(server(2));
        third.joinFrom(second, first);
        cluster.awaitSynced();
        logsOfForming = List.of(first.logText(), second.logText(), third.logText());
    }

    private MariaDbServer server(int place) throws IOException {
        return MariaDbServer.named("n" + (place + 1))
                .provider(kinds.get(place).equals("galera") ? Providers.galera() : Providers.wsrep4j())
                .arguments("--wsrep-slave-threads=4", "--max-allowed-packet=1G")
                .create();
    }

    @AfterAll
    void stop() throws IOException {
        try {
            third.stop();
            second.stop();
            first.stop();
        } finally {
            cluster.close();
        }
    }

    @BeforeEach
    void allAreSynced() {
        cluster.awaitAllSynced();
    }

    @Test
    void eachKindTookItsSnapshotFromTheOther() {
        String donor = "wsrep_sst_rsync --role 'donor'";
        String joiner = "wsrep_sst_rsync --role 'joiner'";
        assertThat(logsOfForming.get(0)).contains(donor).doesNotContain(joiner, "--bypass");
        assertThat(logsOfForming.get(1)).contains(joiner, donor).doesNotContain("--bypass");
        assertThat(logsOfForming.get(2)).contains(joiner).doesNotContain(donor, "--bypass");
    }

    @Test
    void eachKindGivesTheOtherWhatItMissed() throws Exception {
        first.execute("CREATE OR REPLACE TABLE test.missed (a INT PRIMARY KEY AUTO_INCREMENT, b VARCHAR(100))");
        comesBackByIncrementalTransfer(second, first);
        comesBackByIncrementalTransfer(third, second);
        cluster.awaitSameChecksums("test.missed");
        assertThat(cluster.awaitAlike("SELECT COUNT(*) FROM test.missed")).isEqualTo("600");
    }

    private void comesBackByIncrementalTransfer(MariaDbServer joiner, MariaDbServer donor) throws Exception {
        joiner.stop();
        donor.execute("ALTER TABLE test.missed ADD COLUMN " + joiner.name() + " INT DEFAULT 7");
        try (Connection connection = donor.connect();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < 200; i++) {
                statement.execute("INSERT INTO test.missed (b) VALUES ('one by one')");
            }
            statement.execute("INSERT INTO test.missed (b) SELECT 'at once' FROM seq_1_to_100");
        }
        int before = donor.logText().length();
        joiner.joinFrom(donor, others(joiner, donor));
        cluster.awaitSynced();
        assertThat(donor.logText().substring(before))
                .contains("wsrep_sst_rsync --role 'donor'")
                .contains("--bypass");
    }

    private MariaDbServer[] others(MariaDbServer... not) {
        return cluster.running().stream()
                .filter(server -> !List.of(not).contains(server))
                .toArray(MariaDbServer[]::new);
    }

    @Test
    void writersInConflictEndAlike() throws Exception {
        Conflicts.on(cluster, "test.account", Duration.ofSeconds(60));
    }

    @Test
    void definitionsChangeUnderLoad() throws Exception {
        try (AcknowledgedInserts load = AcknowledgedInserts.wandering("test.defined", cluster.running(), 6)) {
            for (int round = 0; round < (THOROUGH ? 20 : 2); round++) {
                for (MariaDbServer node : cluster.running()) {
                    load.awaitMore(50);
                    node.execute(
                            "ALTER TABLE test.defined ADD COLUMN more INT DEFAULT 3",
                            "CREATE INDEX by_content ON test.defined (content)",
                            "CREATE TABLE test.short_lived (a INT PRIMARY KEY)",
                            "INSERT INTO test.short_lived SELECT seq FROM seq_1_to_100",
                            "TRUNCATE TABLE test.short_lived",
                            "DROP TABLE test.short_lived",
                            "DROP INDEX by_content ON test.defined",
                            "ALTER TABLE test.defined DROP COLUMN more");
                }
            }
            load.endWithNothingLost(cluster);
            assertThat(load.errors().keySet()).isSubsetOf(DEADLOCK);
        }
    }

    @Test
    void aKilledNodeComesBack() throws Exception {
        try (AcknowledgedInserts load = AcknowledgedInserts.wandering("test.killed", cluster.running(), 4)) {
            for (MariaDbServer node : THOROUGH ? List.of(second, third) : List.of(second)) {
                load.awaitMore(100);
                node.kill();
                Cluster.awaitSynced(cluster.running());
                load.awaitMore(100);
                node.start(
                        MariaDbServer.clusterAddress(others(node)),
                        "--wsrep-start-position=" + node.recoveredPosition());
                cluster.awaitSynced();
            }
            load.endWithNothingLost(cluster);
        }
    }

    @Test
    void aNodeThatHangsIsDroppedAndComesBack() throws Exception {
        for (MariaDbServer node : THOROUGH ? List.of(second, third) : List.of(second)) {
            List<MariaDbServer> rest = List.of(others(node));
            try (AcknowledgedInserts load = AcknowledgedInserts.wandering("test.without_" + node.name(), rest, 2)) {
                load.awaitMore(50);
                node.process().signal("STOP");
                try {
                    for (MariaDbServer other : rest) {
                        other.awaitStatus("wsrep_cluster_size", "2", Cluster.SOON);
                    }
                    load.awaitMore(100);
                } finally {
                    node.process().signal("CONT");
                }
                cluster.awaitSynced();
                load.endWithNothingLost(cluster);
            }
        }
    }

    @Test
    void readsThatWaitAreNeverStale() throws Exception {
        first.execute(
                "CREATE OR REPLACE TABLE test.latest (a INT PRIMARY KEY, b INT)",
                "INSERT INTO test.latest VALUES (1, 0)");
        List<MariaDbServer> nodes = cluster.running();
        int pairs = 10_000;
        for (int place = 0; place < nodes.size(); place++) {
            try (Connection writing = nodes.get(place).connect();
                    Connection reading = nodes.get((place + 1) % nodes.size()).connect();
                    Statement write = writing.createStatement();
                    Statement read = reading.createStatement()) {
                read.execute("SET SESSION wsrep_sync_wait = 1");
                for (int i = 1; i <= pairs / nodes.size(); i++) {
                    int written = place * pairs + i;
                    write.execute("UPDATE test.latest SET b = " + written + " WHERE a = 1");
                    try (ResultSet row = read.executeQuery("SELECT b FROM test.latest WHERE a = 1")) {
                        row.next();
                        assertThat(row.getInt(1)).isEqualTo(written);
                    }
                }
            }
            cluster.awaitAlike("SELECT b FROM test.latest");
        }
    }

    @Test
    void aLargeTransactionGetsThrough() throws Exception {
        first.execute("CREATE OR REPLACE TABLE test.large (a INT PRIMARY KEY, b LONGBLOB)");
        int mebibytes = 200;
        int begin = 0;
        for (MariaDbServer node : List.of(first, second)) {
            node.execute("INSERT INTO test.large SELECT " + begin
                    + " + seq, REPEAT(CHAR(65 + seq MOD 26), 1048576) FROM seq_1_to_" + mebibytes);
            begin += mebibytes;
            cluster.awaitEverywhere(
                    "SELECT CONCAT(COUNT(*), ' ', SUM(LENGTH(b)), ' ', SUM(ASCII(b) = 65 + (a - " + (begin - mebibytes)
                            + ") MOD 26)) FROM test.large WHERE a > " + (begin - mebibytes),
                    mebibytes + " " + mebibytes * 1_048_576L + " " + mebibytes);
        }
        first.execute("DROP TABLE test.large");
    }

    @Test
    void aStreamingTransactionIsSeenWholeOrNotAtAll() throws Exception {
        first.execute("CREATE OR REPLACE TABLE test.streamed (a INT PRIMARY KEY, b VARCHAR(100))");
        int begin = 0;
        for (MariaDbServer node : List.of(first, second)) {
            try (Connection connection = node.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("SET SESSION wsrep_trx_fragment_unit = 'rows'");
                statement.execute("SET SESSION wsrep_trx_fragment_size = 10");
                streamRows(statement, begin);
                cluster.awaitEverywhere(FRAGMENTS_ARRIVED, "1");
                assertThat(third.queryOne("SELECT COUNT(*) FROM test.streamed WHERE a > " + begin))
                        .isEqualTo("0");
                statement.execute("COMMIT");
                cluster.awaitEverywhere("SELECT COUNT(*) FROM test.streamed WHERE a > " + begin, "200");
                begin += 200;
                cluster.awaitEverywhere(FRAGMENTS_ARRIVED, "0");
                streamRows(statement, begin);
                cluster.awaitEverywhere(FRAGMENTS_ARRIVED, "1");
                statement.execute("ROLLBACK");
            }
            cluster.awaitEverywhere(FRAGMENTS_ARRIVED, "0");
            cluster.awaitEverywhere("SELECT COUNT(*) FROM test.streamed", Integer.toString(begin));
        }
        cluster.awaitSameChecksums("test.streamed");
    }

    private static void streamRows(Statement statement, int begin) throws SQLException {
        statement.execute("BEGIN");
        for (int i = 1; i <= 200; i++) {
            statement.execute("INSERT INTO test.streamed VALUES (" + (begin + i) + ", 'streamed')");
        }
    }

    @Test
    void anErrorThatAllNodesMeetHarmsNone() throws Exception {
        for (MariaDbServer node : cluster.running()) {
            String before = node.status("wsrep_last_committed");
            assertThat(catchThrowableOfType(SQLException.class, () -> node.execute("DROP TABLE test.there_is_none"))
                            .getErrorCode())
                    .isEqualTo(1051);
            cluster.awaitSynced();
            assertThat(Long.parseLong(node.status("wsrep_last_committed"))).isGreaterThan(Long.parseLong(before));
        }
        first.execute("CREATE OR REPLACE TABLE test.after (a INT PRIMARY KEY)");
        cluster.awaitEverywhere("SELECT COUNT(*) FROM test.after", "0");
    }

    @Test
    void aNodeWhoseRowsDifferLosesTheVoteAndLeaves() throws Exception {
        first.execute("CREATE OR REPLACE TABLE test.vote (a INT PRIMARY KEY, b VARCHAR(20))");
        cluster.awaitEverywhere("SELECT COUNT(*) FROM test.vote", "0");
        for (MariaDbServer differing : THOROUGH ? cluster.running() : List.of(second)) {
            MariaDbServer[] rest = others(differing);
            differing.execute("SET SESSION wsrep_on = OFF", "INSERT INTO test.vote VALUES (1, 'only here')");

            rest[0].execute("INSERT INTO test.vote VALUES (1, 'everywhere')");

            differing.awaitStatus("wsrep_local_state", Integer.toString(INCONSISTENT), Cluster.SOON);
            Cluster.awaitSynced(List.of(rest));
            differing.stop();
            assertThat(Files.readString(differing.dataDirectory().resolve("grastate.dat")))
                    .contains("uuid:    00000000-0000-0000-0000-000000000000");
            differing.joinFrom(rest[1], rest[0]);
            cluster.awaitSynced();
            cluster.awaitEverywhere("SELECT GROUP_CONCAT(b) FROM test.vote", "everywhere");
            rest[0].execute("DELETE FROM test.vote");
            cluster.awaitEverywhere("SELECT COUNT(*) FROM test.vote", "0");
        }
    }
}
