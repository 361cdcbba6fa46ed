package io.wsrep4j.tests.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.mariadb.Release;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** docs/spec/replicator-state-transfer.md 26.1: what a server that shows events has of ours in its status file. */
@Timeout(300)
@Tag("hosts")
final class EventsTest {

    private static MariaDbServer server(String name) throws Exception {
        return MariaDbServer.named(name)
                .release(Release.MARIADB_11_8)
                .provider(Providers.wsrep4j())
                .arguments("--wsrep-status-file=status.json")
                .create();
    }

    @Test
    void anEvictedNodesServerShowsThatItWasEvicted() throws Exception {
        Releases.demand(Release.MARIADB_11_8);
        try (Cluster cluster = Cluster.form(server("n1"), server("n2"), server("n3"))) {
            MariaDbServer evicted = cluster.node(2);
            Path shown = evicted.dataDirectory().resolve("status.json");
            assertThat(Files.readString(shown)).doesNotContain("evicted");

            cluster.node(0)
                    .execute("SET GLOBAL wsrep_provider_evs_evict = '" + evicted.status("wsrep_gcomm_uuid") + "'");

            Await.until(
                    "the status file says that the node was evicted",
                    Cluster.SOON,
                    () -> Files.readString(shown).contains("evicted from the cluster"),
                    evicted.process()::tail);
            evicted.stop();
            cluster.awaitSynced();
            evicted.join(cluster.node(0), cluster.node(1));
            cluster.awaitAllSynced();
        }
    }
}
