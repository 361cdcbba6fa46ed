package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.gcomm.CuttingNetwork;
import io.wsrep4j.tests.mariadb.AcknowledgedInserts;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** One cluster of three of our nodes under load: a node leaves in one way or another, the others go on, it comes back, nothing is lost. */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LeavingAndReturningTest {

    private static final String INCREMENTAL = "Receiving IST: ";
    private static final String SNAPSHOT = "Receiving certification index preload";
    private static final int NOT_PREPARED = 1047;
    /** mariadbd's own exit code when it gives up. */
    private static final int GAVE_UP = 1;
    /** The default of evs.suspect_timeout is 5 s from the last message that was heard, and a message comes at least every second. */
    private static final Duration LEAST_SUSPICION = Duration.ofSeconds(3);

    private CuttingNetwork network;
    private Cluster cluster;
    private MariaDbServer first;
    private MariaDbServer second;
    private MariaDbServer third;
    private int table;

    @BeforeAll
    void formCluster() throws IOException {
        network = new CuttingNetwork(3);
        cluster = Cluster.form(server(1), server(2), server(3));
        first = cluster.node(0);
        second = cluster.node(1);
        third = cluster.node(2);
    }

    private MariaDbServer server(int place) throws IOException {
        return MariaDbServer.named("n" + place)
                .provider(Providers.wsrep4j())
                .network(network, place)
                .arguments("--wsrep-slave-threads=4")
                .create();
    }

    @AfterAll
    void removeCluster() throws IOException {
        try {
            cluster.close();
        } finally {
            network.close();
        }
    }

    @BeforeEach
    void allAreThere() {
        cluster.awaitAllSynced();
    }

    /** A test that failed half-way leaves the next ones a cluster that can mend. */
    @AfterEach
    void mend() {
        network.heal();
        if (first.process().isAlive()) {
            first.process().signal("CONT");
        }
    }

    private AcknowledgedInserts loadOn(MariaDbServer... servers) throws SQLException {
        AcknowledgedInserts load = AcknowledgedInserts.into("test.load" + ++table, List.of(servers));
        for (MariaDbServer server : servers) {
            load.awaitProgress(server);
        }
        return load;
    }

    private static String logSince(MariaDbServer server, int offset) throws IOException {
        return server.logText().substring(offset);
    }

    @Test
    void aNodeThatWasStoppedComesBackByIncrementalTransferFromTheDonorThatItNames() throws Exception {
        for (MariaDbServer donor : List.of(first, second)) {
            try (AcknowledgedInserts load = loadOn(first, second)) {
                third.stop();
                assertThat(third.savedState()).doesNotContain("seqno:   -1").contains("safe_to_bootstrap: 0");
                load.awaitProgress(first);
                int offset = third.logText().length();
                third.start(MariaDbServer.clusterAddress(first, second), "--wsrep-sst-donor=" + donor.name());

                load.endWithNothingLost(cluster);
                assertThat(logSince(third, offset))
                        .contains(INCREMENTAL, "(" + donor.name() + ")(SYNCED) as donor")
                        .doesNotContain(SNAPSHOT);
            }
        }
    }

    @Test
    void aNodeThatWasKilledComesBackByIncrementalTransferFromItsRecoveredPosition() throws Exception {
        try (AcknowledgedInserts load = loadOn(first, second, third)) {
            third.kill();
            load.awaitProgress(first);
            int offset = third.logText().length();
            // a name that nobody has does not matter where an incremental transfer is possible
            third.start(
                    MariaDbServer.clusterAddress(first, second),
                    "--wsrep-start-position=" + third.recoveredPosition(),
                    "--wsrep-sst-donor=nobody");

            load.awaitProgress(third);
            load.endWithNothingLost(cluster);
            assertThat(logSince(third, offset)).contains(INCREMENTAL).doesNotContain(SNAPSHOT);
        }
    }

    @Test
    void aNodeThatWasKilledComesBackBySnapshotWithoutARecoveredPosition() throws Exception {
        try (AcknowledgedInserts load = loadOn(first, second, third)) {
            third.kill();
            int offset = third.logText().length();
            third.start(MariaDbServer.clusterAddress(first, second), "--wsrep-sst-donor=" + second.name());

            load.awaitProgress(third);
            load.endWithNothingLost(cluster);
            assertThat(logSince(third, offset))
                    .contains(SNAPSHOT, "(" + second.name() + ")(SYNCED) as donor")
                    .doesNotContain(INCREMENTAL);
        }
    }

    @Test
    void aNodeWithoutAStateIsRefusedWithADonorThatNobodyIsAndTakesAnyAfterAComma() throws Exception {
        try (AcknowledgedInserts load = loadOn(first, second)) {
            third.stop();
            Files.delete(third.dataDirectory().resolve("grastate.dat"));
            third.launch(MariaDbServer.clusterAddress(first, second), "--wsrep-sst-donor=nobody");
            third.awaitEnd(GAVE_UP, Cluster.SOON);
            assertThat(third.logSinceLaunch()).contains("wsrep_sst_donor = 'nobody'");
            load.awaitProgress(first);

            third.start(MariaDbServer.clusterAddress(first, second), "--wsrep-sst-donor=nobody,");
            load.endWithNothingLost(cluster);
            assertThat(third.logSinceLaunch()).contains(SNAPSHOT).doesNotContain(INCREMENTAL);
        }
    }

    @Test
    void aNodeThatNamesADesyncedDonorWaitsForItUnlessACommaFollows() throws Exception {
        first.execute("SET GLOBAL wsrep_desync = ON");
        for (String donors : List.of("n1,", "n1")) {
            third.stop();
            Files.delete(third.dataDirectory().resolve("grastate.dat"));
            int offset = third.logText().length();
            third.launch(MariaDbServer.clusterAddress(first, second), "--wsrep-sst-donor=" + donors);
            if (donors.endsWith(",")) {
                third.awaitReady();
                assertThat(logSince(third, offset)).contains("(n2)(SYNCED) as donor");
            } else {
                third.awaitLog(offset, "Will keep retrying", Cluster.SOON);
                first.execute("SET GLOBAL wsrep_desync = OFF");
                third.awaitReady();
                assertThat(logSince(third, offset)).contains("(n1)(SYNCED) as donor");
            }
            assertThat(logSince(third, offset)).contains(SNAPSHOT).doesNotContain(INCREMENTAL);
        }
        cluster.awaitSynced();
    }

    @Test
    void aNodeThatWasKilledInASchemaChangeNeedsASnapshotWhateverItsRecoveredPosition() throws Exception {
        first.execute("CREATE TABLE test.large (a INT PRIMARY KEY, b CHAR(100))");
        first.execute("INSERT INTO test.large SELECT seq, seq FROM seq_1_to_100000");
        cluster.awaitEverywhere("SELECT COUNT(*) FROM test.large", "100000");
        ExecutorService operator = Executors.newSingleThreadExecutor();
        try {
            Future<?> change = operator.submit(() -> {
                first.execute("ALTER TABLE test.large ADD COLUMN c INT, ADD INDEX (b), ALGORITHM=COPY");
                return null;
            });
            Await.until("the node does not know its position", Cluster.SOON, () -> third.savedState()
                    .contains("00000000-0000-0000-0000-000000000000"));
            third.kill();
            change.get();
        } finally {
            operator.shutdownNow();
        }
        int offset = third.logText().length();
        third.start(MariaDbServer.clusterAddress(first, second), "--wsrep-start-position=" + third.recoveredPosition());

        cluster.awaitSynced();
        assertThat(logSince(third, offset)).contains(SNAPSHOT).doesNotContain(INCREMENTAL);
        cluster.awaitSameChecksums("test.large");
        first.execute("DROP TABLE test.large");
    }

    @Test
    void aStoppedProcessHoldsTheOthersUntilTheyDropItAndComesBackByItself() throws Exception {
        try (AcknowledgedInserts load = loadOn(first, second, third)) {
            int offset = first.logText().length();
            first.process().signal("STOP");
            for (MariaDbServer other : List.of(second, third)) {
                other.awaitStatus("wsrep_cluster_size", "2", Cluster.SOON);
                load.awaitProgress(other);
                assertThat(load.longestWait(other)).as("on " + other.name()).isGreaterThan(LEAST_SUSPICION);
                assertThat(load.errors(other)).as("on " + other.name()).isEmpty();
            }
            first.process().signal("CONT");

            cluster.awaitSynced();
            load.awaitProgress(first);
            load.endWithNothingLost(cluster);
            assertThat(logSince(first, offset)).contains(INCREMENTAL).doesNotContain(SNAPSHOT);
        }
    }

    @Test
    void aPartitionStopsTheSmallerSideOnlyAndHealsByIncrementalTransfer() throws Exception {
        try (AcknowledgedInserts load = loadOn(first, second, third)) {
            int offset = third.logText().length();
            network.partition(Set.of(1, 2), Set.of(3));

            third.awaitStatus("wsrep_cluster_status", "non-Primary", Cluster.SOON);
            assertThat(third.status("wsrep_ready")).isEqualTo("OFF");
            assertThatThrownBy(() -> third.queryOne("SELECT COUNT(*) FROM test.load" + table))
                    .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getErrorCode())
                            .isEqualTo(NOT_PREPARED));
            for (MariaDbServer other : List.of(first, second)) {
                other.awaitStatus("wsrep_cluster_size", "2", Cluster.SOON);
                assertThat(other.status("wsrep_cluster_status")).isEqualTo("Primary");
                load.awaitProgress(other);
                assertThat(load.errors(other)).as("on " + other.name()).isEmpty();
            }
            network.heal();

            cluster.awaitSynced();
            load.awaitProgress(third);
            assertThat(load.errors(third)).containsKey(NOT_PREPARED);
            load.endWithNothingLost(cluster);
            assertThat(logSince(third, offset)).contains(INCREMENTAL).doesNotContain(SNAPSHOT);
        }
    }
}
