package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.AcknowledgedInserts;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cluster of Galera's nodes under load moves to wsrep4j node by node, each on its own data directory: nothing that was acknowledged is lost. */
@Timeout(600)
final class RollingMoveTest {

    private static final boolean THOROUGH = "long".equals(System.getProperty("wsrep4j.effort"));

    private static MariaDbServer server(String name) throws IOException {
        return MariaDbServer.named(name)
                .provider(Providers.galera())
                .arguments("--wsrep-slave-threads=4")
                .create();
    }

    @Test
    void aLoadedGaleraClusterMovesToWsrep4jNodeByNode() throws Exception {
        try (Cluster cluster = Cluster.form(server("n1"), server("n2"), server("n3"))) {
            List<MariaDbServer> servers = cluster.running();
            try (AcknowledgedInserts load = AcknowledgedInserts.wandering("test.moved", servers, 6)) {
                load.awaitMore(500);
                move(cluster, servers, load, Providers.wsrep4j(), "wsrep4j");
                if (THOROUGH) {
                    move(cluster, servers, load, Providers.galera(), "Galera");
                }
                load.endWithNothingLost(cluster);
                for (MariaDbServer server : servers) {
                    assertThat(server.logText()).doesNotContain("Inconsistency detected", "inconsistent with group");
                }
            }
            for (MariaDbServer server : servers) {
                server.stop();
            }
        }
    }

    private static void move(
            Cluster cluster, List<MariaDbServer> servers, AcknowledgedInserts load, Path provider, String name)
            throws Exception {
        for (MariaDbServer moving : servers) {
            MariaDbServer[] others =
                    servers.stream().filter(server -> server != moving).toArray(MariaDbServer[]::new);
            moving.stop();
            load.awaitMore(200);
            moving.changeProvider(provider).join(others);
            cluster.awaitSynced();
            assertThat(moving.status("wsrep_provider_name")).isEqualTo(name);
            assertThat(moving.logSinceLaunch())
                    .as("it missed little, and that little came by incremental transfer")
                    .contains("Receiving IST: ")
                    .doesNotContain("SST completed on joiner");
            load.awaitMore(200);
        }
    }
}
