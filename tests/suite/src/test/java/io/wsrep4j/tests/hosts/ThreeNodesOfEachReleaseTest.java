package io.wsrep4j.tests.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.AcknowledgedInserts;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.mariadb.Release;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three servers of one release: snapshots, incremental transfers, kill -9, all under load, with our provider and beside Galera's library. */
@Timeout(400)
@Tag("hosts")
final class ThreeNodesOfEachReleaseTest {

    private static MariaDbServer server(Release release, int place, Path provider, String... arguments)
            throws Exception {
        return MariaDbServer.named("n" + place)
                .release(release)
                .provider(provider)
                .configuration("[sst]\nsst-syslog=-1\n")
                .arguments("--wsrep-slave-threads=4")
                .arguments(arguments)
                .create();
    }

    private static void live(Cluster cluster, String snapshotScript) throws Exception {
        List<MariaDbServer> servers = cluster.running();
        for (MariaDbServer joined : servers.subList(1, servers.size())) {
            assertThat(joined.logText()).contains(snapshotScript);
        }
        try (AcknowledgedInserts load = AcknowledgedInserts.wandering("test.rows", servers, 4)) {
            load.awaitMore(200);
            MariaDbServer leaving = cluster.node(1);
            leaving.stop();
            load.awaitMore(200);
            leaving.join(cluster.node(0), cluster.node(2));
            cluster.awaitSynced();
            assertThat(leaving.logSinceLaunch())
                    .as("little was missed, and came by incremental transfer")
                    .contains("Receiving IST")
                    .doesNotContain("SST completed on joiner");
            load.awaitMore(200);
            MariaDbServer killed = cluster.node(2);
            killed.kill();
            Cluster.awaitSynced(cluster.running());
            load.awaitMore(200);
            killed.start(
                    MariaDbServer.clusterAddress(cluster.node(0), cluster.node(1)),
                    "--wsrep-start-position=" + killed.recoveredPosition());
            cluster.awaitSynced();
            load.awaitMore(200);
            load.endWithNothingLost(cluster);
        }
        for (MariaDbServer server : servers) {
            assertThat(server.logText()).doesNotContain("Inconsistency detected", "inconsistent with group");
            server.stop();
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MARIADB_10_11", mode = EnumSource.Mode.EXCLUDE) // other tests do that, and more
    void threeOfOursLiveThroughSnapshotsTransfersAndAKill(Release release) throws Exception {
        Releases.demand(release);
        Path ours = Providers.wsrep4j();
        try (Cluster cluster =
                Cluster.form(server(release, 1, ours), server(release, 2, ours), server(release, 3, ours))) {
            live(cluster, "wsrep_sst_rsync --role 'joiner'");
        }
    }

    @ParameterizedTest
    @EnumSource
    @EnabledIfSystemProperty(
            named = "wsrep4j.effort",
            matches = "long",
            disabledReason = "./wsrep4j test hosts does it")
    void oursAndTwoOfGalerasOfThatReleaseAreOneCluster(Release release) throws Exception {
        Releases.demand(release);
        try (Cluster cluster = Cluster.form(
                server(release, 1, release.galera()),
                server(release, 2, Providers.wsrep4j()),
                server(release, 3, release.galera()))) {
            live(cluster, "wsrep_sst_rsync --role 'joiner'");
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MARIADB_11_8", mode = EnumSource.Mode.EXCLUDE)
    @EnabledIfSystemProperty(
            named = "wsrep4j.effort",
            matches = "long",
            disabledReason = "./wsrep4j test hosts does it")
    void snapshotsByMariadbBackupServeEachReleaseThatHasIt(Release release) throws Exception {
        Releases.demand(release);
        Assumptions.assumeTrue(release.hasBackup(), release + ": no registry has mariadb-backup of this release");
        String[] backup = {"--wsrep-sst-method=mariabackup", "--wsrep-sst-auth=root:"};
        Path ours = Providers.wsrep4j();
        try (Cluster cluster = Cluster.form(
                server(release, 1, ours, backup), server(release, 2, ours, backup), server(release, 3, ours, backup))) {
            live(cluster, "wsrep_sst_mariabackup --role 'joiner'");
        }
    }
}
