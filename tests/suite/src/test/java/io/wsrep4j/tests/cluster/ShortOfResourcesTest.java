package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.mariadb.AcknowledgedInserts;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.mariadb.ServerSettings;
import io.wsrep4j.tests.process.Command;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A node of three runs out of something under load, and ends in one of two states: it serves rightly, or it has left and says why. The others go on with
 * equal data, and it comes back when it has what it lacked.
 */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ShortOfResourcesTest {

    private static final String SMALLEST_HEAP = "-Xmx48m";
    private static final String NOWHERE = "uuid:    00000000-0000-0000-0000-000000000000";

    private Cluster cluster;
    private MariaDbServer writer;
    private MariaDbServer small;
    private MariaDbServer third;
    private int table;

    @BeforeAll
    void formCluster() throws IOException {
        writer = server("n1").create();
        small = server("n2").environment("WSREP4J_JAVA_OPTIONS", SMALLEST_HEAP).create();
        third = server("n3").create();
        cluster = Cluster.form(writer, small, third);
    }

    private static ServerSettings server(String name) {
        return MariaDbServer.named(name)
                .provider(Providers.wsrep4j())
                .arguments("--wsrep-slave-threads=4", "--max-allowed-packet=64M");
    }

    @AfterAll
    void removeCluster() throws IOException {
        cluster.close();
    }

    @BeforeEach
    void allAreThere() {
        cluster.awaitAllSynced();
    }

    /** What only some machines and users can do. */
    private static boolean isPossible(String... command) {
        try {
            Command.run(command);
            return true;
        } catch (IOException e) {
            System.out.println("left out: " + e.getMessage());
            return false;
        }
    }

    // ---- the saved state

    @Test
    void aNodeThatCannotMarkItsStateUnknownLeavesAndSaysSo() throws Exception {
        Path savedState = third.dataDirectory().resolve("grastate.dat");
        Path savedView = third.dataDirectory().resolve("gvwstate.dat");
        assumeTrue(isPossible("chattr", "+i", savedState.toString()), "files cannot be made immutable here");
        try {
            Command.run("chattr", "+i", savedView.toString());
            String name = newTable(writer);

            third.awaitStatus("wsrep_ready", "OFF", Cluster.SOON);
            assertThat(third.logSinceLaunch())
                    .contains("the saved state '" + savedState + "' cannot be written")
                    .contains("leaves the cluster")
                    .contains("delete it before this server starts again");
            writer.execute("INSERT INTO " + name + " VALUES (1, 'one')");
            Await.until(
                    "the others go on", Cluster.SOON, () -> "1".equals(small.queryOne("SELECT COUNT(*) FROM " + name)));
            third.stop();
        } finally {
            Command.run("chattr", "-i", savedState.toString());
            Command.run("chattr", "-i", savedView.toString());
        }
        Files.delete(savedState);
        third.join(writer);
        cluster.awaitSynced();
    }

    @Test
    void aViewThatCannotBeSavedCostsOneWarning() throws Exception {
        Path savedView = writer.dataDirectory().resolve("gvwstate.dat");
        assumeTrue(isPossible("chattr", "+i", savedView.toString()), "files cannot be made immutable here");
        try {
            third.stop();
            writer.awaitStatus("wsrep_cluster_size", "2", Cluster.SOON);
            third.join(writer);
            cluster.awaitSynced();
        } finally {
            Command.run("chattr", "-i", savedView.toString());
        }
        assertThat(writer.logSinceLaunch()).containsOnlyOnce("The primary view cannot be");
        newTable(writer);
    }

    // ---- the cache

    @Test
    void aCacheThatIsCutOffUnderOneOfTwoNodesLeavesTheOtherPrimary() throws Exception {
        String name = newTable(writer);
        cluster.awaitEverywhere("SELECT COUNT(*) FROM " + name, "0");
        small.stop();
        writer.awaitStatus("wsrep_cluster_size", "2", Cluster.SOON);
        try (FileChannel cache =
                FileChannel.open(third.dataDirectory().resolve("galera.cache"), StandardOpenOption.WRITE)) {
            cache.truncate(0);
        }

        for (int row = 0; row < 20; row++) {
            writer.execute("INSERT INTO " + name + " VALUES (" + row + ", 'row')");
        }

        third.awaitStatus("wsrep_ready", "OFF", Cluster.SOON);
        assertThat(third.logSinceLaunch()).contains("InternalError").contains("leaves the cluster");
        writer.awaitStatus("wsrep_cluster_size", "1", Cluster.SOON);
        assertThat(writer.status("wsrep_cluster_status")).isEqualTo("Primary");
        writer.execute("INSERT INTO " + name + " VALUES (100, 'goes on')");
        assertThat(third.savedState()).contains(NOWHERE);
        third.stop();
        small.join(writer);
        third.join(writer);
        cluster.awaitEverywhere("SELECT COUNT(*) FROM " + name, "21");
    }

    // ---- memory and descriptors

    @Test
    void aNodeWithAHeapOf48MebibytesServesOrLeaves() throws Exception {
        loadAndJudge(small);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 96})
    @EnabledIfSystemProperty(named = "wsrep4j.effort", matches = "long")
    void aNodeWithASmallHeapServesOrLeaves(int mebibytes) throws Exception {
        small.stop();
        small.changeEnvironment("WSREP4J_JAVA_OPTIONS", "-Xmx" + mebibytes + "m")
                .join(writer);
        cluster.awaitSynced();
        loadAndJudge(small);
        small.stop();
        small.changeEnvironment("WSREP4J_JAVA_OPTIONS", SMALLEST_HEAP).join(writer);
        cluster.awaitSynced();
    }

    private void loadAndJudge(MariaDbServer judged) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(2);
        try (AcknowledgedInserts load = AcknowledgedInserts.into("test.load" + ++table, List.of(writer))) {
            Future<?> first = clients.submit(() -> largeTransactions(newTable(writer)));
            Future<?> second = clients.submit(() -> largeTransactions(newTable(writer)));
            first.get(300, TimeUnit.SECONDS);
            second.get(300, TimeUnit.SECONDS);
            load.awaitProgress(writer);
            judge(judged);
            load.endWithNothingLost(cluster);
        } finally {
            clients.shutdownNow();
        }
    }

    /** Many keys, and many of them in flight. */
    private Object largeTransactions(String name) throws SQLException {
        for (int i = 0; i < 4; i++) {
            int first = i * 50_000;
            writer.execute(
                    "INSERT INTO " + name + " SELECT seq, 'x' FROM seq_" + (first + 1) + "_to_" + (first + 50_000));
        }
        writer.execute("UPDATE " + name + " SET content = 'y'");
        return null;
    }

    /** It is as good as the others in time, or it says that it is not; and then it comes back. */
    private void judge(MariaDbServer judged) throws Exception {
        Await.until(
                judged.name() + " serves or has left",
                Duration.ofSeconds(120),
                () -> "Synced".equals(judged.status("wsrep_local_state_comment"))
                                && judged.status("wsrep_local_recv_queue").equals("0")
                        || "OFF".equals(judged.status("wsrep_ready")),
                judged::logSinceLaunch);
        if ("ON".equals(judged.status("wsrep_ready"))) {
            return; // that it serves rightly is seen by the comparison of all
        }
        assertThat(judged.logSinceLaunch()).contains("leaves the cluster");
        assertThat(judged.status("wsrep_cluster_status")).isNotEqualTo("Primary");
        judged.stop();
        assertThat(judged.savedState()).contains(NOWHERE);
        judged.join(writer);
    }

    private synchronized String newTable(MariaDbServer server) throws SQLException {
        String name = "test.t" + ++table;
        server.execute("CREATE TABLE " + name + " (id INT PRIMARY KEY, content LONGBLOB)");
        return name;
    }
}
