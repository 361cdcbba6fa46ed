package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wsrep4j.tests.mariadb.AcknowledgedInserts;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.PrivateNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Two of our nodes and one of Galera's under load, on a network that fails silently: nothing is reset, only time tells. */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PulledCableTest {

    private static final String VIEW = "SELECT variable_value FROM information_schema.global_status"
            + " WHERE variable_name = 'wsrep_cluster_conf_id'";

    private PrivateNetwork network;
    private Cluster cluster;
    private MariaDbServer first;
    private MariaDbServer second;
    private MariaDbServer third;

    @BeforeAll
    void formCluster() throws IOException {
        assumeTrue(PrivateNetwork.isPossible(), "needs the right to make network namespaces");
        network = new PrivateNetwork(3);
        first = server(1, Providers.wsrep4j());
        second = server(2, Providers.galera());
        third = server(3, Providers.wsrep4j());
        cluster = Cluster.form(first, second, third);
    }

    private MariaDbServer server(int place, Path provider) throws IOException {
        return MariaDbServer.named("n" + place)
                .provider(provider)
                .on(network, place)
                .create();
    }

    @AfterAll
    void removeCluster() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
        if (network != null) {
            network.close();
        }
    }

    @Test
    void anyNodeIsLeftBehindWhileItsCableIsOutAndComesBackByIncrementalTransfer() throws Exception {
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
                assertNothingLost(load);
                assertThat(stateTransfers(alone))
                        .as("state transfers to " + alone.name())
                        .isEqualTo(stateTransfers + 1);
            }
        }
    }

    private static long stateTransfers(MariaDbServer server) throws IOException {
        return server.logText()
                .lines()
                .filter(line -> line.contains("Receiving IST: "))
                .count();
    }

    /** The third passes on what the two have for each other (sheet gcomm-transport-pc, 8). */
    @Test
    void twoThatDoNotReachEachOtherStayMembersThroughTheThird() throws Exception {
        // who is not heard of is suspected long after gmcast.peer_timeout has closed the dead connection
        everywhere("evs.inactive_timeout=PT60S", "evs.suspect_timeout=PT30S");
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
            assertNothingLost(load);
            assertThat(cluster.awaitAlike(VIEW)).as("number of the view").isEqualTo(view);
        } finally {
            everywhere("evs.suspect_timeout=PT5S", "evs.inactive_timeout=PT15S");
        }
    }

    private void everywhere(String... options) throws SQLException {
        for (MariaDbServer server : cluster.running()) {
            for (String option : options) {
                server.execute("SET GLOBAL wsrep_provider_options = '" + option + "'");
            }
        }
    }

    private void assertNothingLost(AcknowledgedInserts load) throws SQLException {
        load.end();
        cluster.awaitSynced();
        cluster.awaitAlike(load.contents());
        for (MariaDbServer server : cluster.running()) {
            assertThat(load.lostOn(server)).as("lost on " + server.name()).isEmpty();
        }
    }
}
