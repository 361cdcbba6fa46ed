package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.tests.gcomm.Claims;
import io.wsrep4j.tests.gcomm.HostileMember;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.mariadb.Release;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A server whose primary component is lost says so and refuses its clients, whatever keeps it from the view that tells it; and goes on where it stood when
 * it is in a primary component again.
 */
@Timeout(300)
final class LostPrimaryComponentTest {

    private static final int UNKNOWN_COMMAND = 1047;

    @TempDir
    private Path directory;

    private static MariaDbServer server(String name, Release release) throws IOException {
        return MariaDbServer.named(name)
                .release(release)
                .provider(Providers.wsrep4j())
                .providerOptions("evs.keepalive_period=PT0.5S;evs.suspect_timeout=PT2S;evs.inactive_timeout=PT5S")
                .arguments("--wsrep-slave-threads=1")
                .create();
    }

    private static void assertLost(MariaDbServer server) throws Exception {
        server.awaitStatus("wsrep_cluster_status", "non-Primary", Cluster.SOON);
        server.awaitStatus("wsrep_ready", "OFF", Cluster.SOON);
        assertThat(server.status("wsrep_local_state_comment")).isEqualTo("Initialized");
        assertThat(server.status("wsrep_local_state")).isEqualTo("0");
        assertThatThrownBy(() -> server.queryOne("SELECT COUNT(*) FROM test.t"))
                .isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getErrorCode())
                        .as(refused.getMessage())
                        .isEqualTo(UNKNOWN_COMMAND));
    }

    private static void goOnAlone(MariaDbServer server, Release release) throws Exception {
        server.execute(
                release == Release.MARIADB_10_11
                        ? "SET GLOBAL wsrep_provider_options = 'pc.bootstrap=1'"
                        : "SET GLOBAL wsrep_provider_pc_bootstrap = 1");
        server.awaitStatus("wsrep_cluster_status", "Primary", Cluster.SOON);
        server.awaitStatus("wsrep_local_state_comment", "Synced", Cluster.SOON);
        server.awaitReady();
        server.execute("INSERT INTO test.t VALUES (99)");
    }

    private static void demand(Release release) {
        assumeTrue(
                release.lacking().isEmpty(),
                () -> release + ": " + release.lacking().orElseThrow());
    }

    @ParameterizedTest
    @EnumSource
    void whileTheGroupVotesOnACorruptWriteSet(Release release) throws Exception {
        demand(release);
        try (Cluster cluster = Cluster.form(server("n1", release))) {
            MariaDbServer alone = cluster.node(0);
            alone.execute("CREATE TABLE test.t (a INT PRIMARY KEY)", "INSERT INTO test.t VALUES (1)");
            try (HostileMember liar = HostileMember.join(
                    alone.groupPort(),
                    "wsrep4j-test",
                    Files.createDirectory(directory.resolve("liar")),
                    Claims.synced(0))) {
                alone.awaitStatus("wsrep_cluster_size", "2", Cluster.SOON);
                liar.awaitConfigured(Cluster.SOON);
                long from = Files.size(alone.log());
                // it never votes itself, so the group of two cannot decide
                assertThat(liar.action(ActionType.WRITE_SET, new byte[1000])).isEqualTo(SendResult.ACCEPTED);
                alone.awaitLog(from, "initiates vote on", Cluster.SOON);
                liar.vanish();
            }
            assertLost(alone);
            goOnAlone(alone, release);
            assertThat(alone.queryOne("SELECT COUNT(*) FROM test.t")).isEqualTo("2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whileAClientHoldsALockThatAnApplierWaitsFor(Release release) throws Exception {
        demand(release);
        try (Cluster cluster = Cluster.form(server("n1", release), server("n2", release))) {
            MariaDbServer first = cluster.node(0);
            MariaDbServer second = cluster.node(1);
            first.execute("CREATE TABLE test.t (a INT PRIMARY KEY)");
            cluster.awaitEverywhere("SELECT COUNT(*) FROM test.t", "0");
            try (Connection holder = second.connect();
                    Statement lock = holder.createStatement()) {
                lock.execute("LOCK TABLES test.t READ");
                first.execute("INSERT INTO test.t VALUES (1)");
                second.awaitStatus("wsrep_local_recv_queue", "0", Cluster.SOON);
                first.kill();
                assertLost(second);
                // UNLOCK TABLES would be refused; the end of the connection gives the lock back
            }
            goOnAlone(second, release);
            assertThat(second.queryOne("SELECT GROUP_CONCAT(a) FROM test.t")).isEqualTo("1,99");
        }
    }
}
