package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.mariadb.AcknowledgedInserts;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.PrivateNetwork;
import io.wsrep4j.tests.transfer.ScriptedSnapshots;
import io.wsrep4j.tests.transfer.ScriptedSnapshots.Side;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Two of our nodes and one of Galera's under load, on a network that fails silently: nothing is reset, only time tells. */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PulledCableTest {

    private static final String VIEW = "SELECT variable_value FROM information_schema.global_status"
            + " WHERE variable_name = 'wsrep_cluster_conf_id'";

    private static final List<String> IMPATIENT = List.of("evs.suspect_timeout=PT5S", "evs.inactive_timeout=PT15S");

    /** Who is not heard of is suspected long after gmcast.peer_timeout has closed the dead connection. */
    private static final List<String> PATIENT = List.of("evs.inactive_timeout=PT60S", "evs.suspect_timeout=PT30S");

    /** mariadbd's own exit code when it gives up. */
    private static final int GAVE_UP = 1;

    private PrivateNetwork network;
    private ScriptedSnapshots snapshots;
    private Cluster cluster;
    private MariaDbServer first;
    private MariaDbServer second;
    private MariaDbServer third;

    @BeforeAll
    void formCluster() throws IOException {
        String obstacle = PrivateNetwork.obstacle();
        assumeTrue(obstacle == null, () -> "needs the right to make network namespaces: " + obstacle);
        network = new PrivateNetwork(3);
        snapshots = ScriptedSnapshots.create();
        first = server(1, Providers.wsrep4j());
        second = server(2, Providers.galera());
        third = server(3, Providers.wsrep4j());
        cluster = Cluster.form(first, second, third);
    }

    private MariaDbServer server(int place, Path provider) throws IOException {
        return MariaDbServer.named("n" + place)
                .provider(provider)
                .on(network, place)
                .environment("PATH", snapshots.path())
                .arguments("--wsrep-sst-method=" + ScriptedSnapshots.METHOD)
                .providerOptions(String.join(";", PATIENT))
                .create();
    }

    @AfterAll
    void removeCluster() throws IOException {
        try {
            if (cluster != null) {
                cluster.close();
            }
        } finally {
            if (snapshots != null) {
                snapshots.close();
            }
            if (network != null) {
                network.close();
            }
        }
    }

    @BeforeEach
    void allAreThere() {
        cluster.awaitAllSynced();
    }

    /** A test that failed half-way leaves the next ones a cluster that can mend. */
    @AfterEach
    void plugAll() throws IOException {
        for (int place = 1; place <= 3; place++) {
            network.plug(place);
        }
    }

    @Test
    void anyNodeIsLeftBehindWhileItsCableIsOutAndComesBackByIncrementalTransfer() throws Exception {
        everywhere(IMPATIENT);
        for (int place = 1; place <= 3; place++) {
            MariaDbServer alone = cluster.node(place - 1);
            List<MariaDbServer> others =
                    cluster.running().stream().filter(s -> s != alone).toList();
            try (AcknowledgedInserts load = AcknowledgedInserts.into("test.pulled" + place, cluster.running())) {
                load.awaitProgress(alone);
                long stateTransfers = stateTransfers(alone);
                network.pull(place);
                alone.awaitStatus("wsrep_cluster_status", "non-Primary", Cluster.SOON);
                for (MariaDbServer other : others) {
                    other.awaitStatus("wsrep_cluster_size", "2", Cluster.SOON);
                    load.awaitProgress(other);
                    assertThat(load.errors(other)).as("on " + other.name()).isEmpty();
                }
                network.plug(place);
                cluster.awaitSynced();
                load.awaitProgress(alone);
                load.endWithNothingLost(cluster);
                assertThat(stateTransfers(alone))
                        .as("state transfers to " + alone.name())
                        .isEqualTo(stateTransfers + 1);
            }
        }
        everywhere(PATIENT);
    }

    private static long stateTransfers(MariaDbServer server) throws IOException {
        return server.logText()
                .lines()
                .filter(line -> line.contains("Receiving IST: "))
                .count();
    }

    /**
     * Donor and joiner lose each other before the joiner reads what the donor sends, most of which is still at the donor. Both stay members through
     * the third: only the transfer's own connection can tell.
     */
    @Test
    void anIncrementalTransferThatFallsSilentIsGivenUp() throws Exception {
        first.execute("CREATE TABLE test.bulk (a INT PRIMARY KEY, b LONGTEXT)");
        cluster.awaitEverywhere("SELECT COUNT(*) FROM test.bulk", "0");
        third.stop();
        first.execute(IntStream.range(0, 4000)
                .mapToObj(row -> "INSERT INTO test.bulk VALUES (" + row + ", REPEAT('x', 10000))")
                .toArray(String[]::new));
        int begin = third.logText().length();
        snapshots.linger(Side.JOINER);
        third.launch(MariaDbServer.clusterAddress(first, second), "--wsrep-sst-donor=" + first.name());
        Await.until("the joiner is to read now", Cluster.SOON, () -> snapshots.isLingering(Side.JOINER));
        first.awaitStatus("wsrep_local_state_comment", "Synced", Cluster.SOON);
        network.separate(1, 3);
        snapshots.obey();
        try {
            third.awaitLog(begin, "Receiving IST failed, node restart required", Cluster.SOON);
            assertThat(third.logText().substring(begin)).contains("(donor /" + network.address(1) + ":");
            Await.until("the joiner is out", Cluster.SOON, () -> "2".equals(first.status("wsrep_cluster_size")));
        } finally {
            network.reunite(1, 3);
        }
        third.awaitEnd(GAVE_UP, Cluster.SOON);
        third.start(MariaDbServer.clusterAddress(first, second));
        cluster.awaitSynced();
        cluster.awaitSameChecksums("test.bulk");
    }

    /** The third passes on what the two have for each other (docs/spec/gcomm-transport-pc.md 8). */
    @Test
    void twoThatDoNotReachEachOtherStayMembersThroughTheThird() throws Exception {
        String view = cluster.awaitAlike(VIEW);
        try (AcknowledgedInserts load = AcknowledgedInserts.into("test.separated", cluster.running())) {
            for (List<Integer> pair : List.of(List.of(1, 3), List.of(1, 2))) {
                network.separate(pair.get(0), pair.get(1));
                try {
                    for (MariaDbServer server : cluster.running()) {
                        load.awaitProgress(server);
                    }
                } finally {
                    network.reunite(pair.get(0), pair.get(1));
                }
                load.awaitProgress(first);
            }
            load.endWithNothingLost(cluster);
            assertThat(cluster.awaitAlike(VIEW)).as("number of the view").isEqualTo(view);
        }
    }

    private void everywhere(List<String> options) throws SQLException {
        for (MariaDbServer server : cluster.running()) {
            for (String option : options) {
                server.execute("SET GLOBAL wsrep_provider_options = '" + option + "'");
            }
        }
    }
}
