package io.wsrep4j.tests.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.AcknowledgedInserts;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.mariadb.Release;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A loaded cluster goes from release to release, node by node. */
@Timeout(900)
@Tag("hosts")
final class RollingUpgradeTest {

    private static MariaDbServer server(String name) throws IOException {
        return MariaDbServer.named(name)
                .provider(Providers.wsrep4j())
                .arguments("--wsrep-slave-threads=4")
                .create();
    }

    @Test
    @EnabledIfSystemProperty(
            named = "wsrep4j.effort",
            matches = "long",
            disabledReason = "./wsrep4j test hosts does it")
    void aLoadedClusterIsUpgradedTwiceAndLosesNothing() throws Exception {
        Releases.demand(Release.MARIADB_11_4, Release.MARIADB_11_8);
        try (Cluster cluster = Cluster.form(server("n1"), server("n2"), server("n3"))) {
            List<MariaDbServer> servers = cluster.running();
            try (AcknowledgedInserts load = AcknowledgedInserts.wandering("test.upgraded", servers, 6)) {
                load.awaitMore(500);
                for (Release next : List.of(Release.MARIADB_11_4, Release.MARIADB_11_8)) {
                    for (MariaDbServer upgraded : servers) {
                        upgrade(cluster, upgraded, next, load);
                    }
                }
                load.endWithNothingLost(cluster);
            }
            for (MariaDbServer server : servers) {
                assertThat(server.queryOne("SELECT VERSION()")).startsWith("11.8.");
                assertThat(server.logText()).doesNotContain("Inconsistency detected", "inconsistent with group");
            }
            for (MariaDbServer server : servers) {
                server.stop();
            }
        }
    }

    private static void upgrade(Cluster cluster, MariaDbServer upgraded, Release next, AcknowledgedInserts load)
            throws Exception {
        MariaDbServer[] others =
                cluster.running().stream().filter(server -> server != upgraded).toArray(MariaDbServer[]::new);
        upgraded.stop();
        load.awaitMore(200);
        upgraded.changeRelease(next).join(others);
        cluster.awaitSynced();
        assertThat(upgraded.logSinceLaunch())
                .as("it missed little, and that little came by incremental transfer")
                .contains("Receiving IST")
                .doesNotContain("SST completed on joiner");
        load.awaitMore(200);
    }
}
