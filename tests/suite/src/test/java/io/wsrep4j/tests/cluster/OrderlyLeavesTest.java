package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.group.OwnArbitrator;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.FreePorts;
import io.wsrep4j.tests.process.NativeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes are stopped as operators and their scripts do it: several at once. Whoever stays is primary, and nobody waits for a leave until
 * pc.linger ends it. Two rounds in CI, 20 with the long effort.
 */
@Timeout(900)
final class OrderlyLeavesTest {

    private static final boolean LONG = "long".equals(System.getProperty("wsrep4j.effort"));
    private static final int ROUNDS = LONG ? 20 : 2;

    /** What a leave takes, not with a machine that has other things to do; far below pc.linger and suspicion together. */
    private static final Duration LONGEST_STOP = Duration.ofSeconds(60);

    private static final String UNCONFIRMED = "did not confirm this node's leave";

    @TempDir
    private Path directory;

    private Cluster cluster;

    @AfterEach
    void remove() throws IOException {
        cluster.close();
    }

    private static MariaDbServer server(int place, Path provider) throws IOException {
        return MariaDbServer.named("n" + place).provider(provider).create();
    }

    private void form(Path... providers) throws IOException {
        MariaDbServer[] servers = new MariaDbServer[providers.length];
        for (int i = 0; i < providers.length; i++) {
            servers[i] = server(i + 1, providers[i]);
        }
        cluster = Cluster.form(servers);
        cluster.awaitAllSynced();
    }

    @Test
    void theLastOfThreeStaysPrimaryWhenTwoAreStoppedAtOnceAndThoseWhoDiedWhileTheyJoinedCountForNothing()
            throws Exception {
        form(Providers.wsrep4j(), Providers.wsrep4j(), Providers.wsrep4j());
        cluster.node(0).execute("CREATE TABLE test.stays (id INT PRIMARY KEY)");
        for (int round = 0; round < ROUNDS; round++) {
            MariaDbServer stays = cluster.node(round % 3);
            stopAllBut(stays, round);
            for (int other = 1; other < 3; other++) {
                cluster.node((round + other) % 3).join(stays);
            }
            cluster.awaitAllSynced();
        }
        stopOneBesideDeadArbitrators();
    }

    private void stopAllBut(MariaDbServer stays, int round) throws Exception {
        List<MariaDbServer> leavers = new ArrayList<>(cluster.running());
        leavers.remove(stays);
        int offset = stays.logText().length();
        for (MariaDbServer leaver : leavers) {
            leaver.process().signal("TERM");
            // each round another spacing, from none to some 40 ms: it is what is tested, and nothing is waited for
            TimeUnit.MILLISECONDS.sleep(round * 7L % 45);
        }
        for (MariaDbServer leaver : leavers) {
            leaver.awaitEnd(0, LONGEST_STOP);
            assertThat(leaver.logSinceLaunch()).doesNotContain(UNCONFIRMED);
        }
        mustBePrimary(stays, offset, 1, round);
    }

    private static void mustBePrimary(MariaDbServer stays, int offset, int size, int row) throws Exception {
        stays.awaitStatus("wsrep_cluster_size", Integer.toString(size), Cluster.SOON);
        assertThat(stays.status("wsrep_cluster_status")).isEqualTo("Primary");
        stays.execute("INSERT INTO test.stays VALUES (" + row + ")");
        assertThat(stays.logText().substring(offset)).doesNotContain("non-Primary", "NON_PRIM(");
    }

    /** They were members for a moment; with the one that leaves, the two that stay are half of the weight. */
    private void stopOneBesideDeadArbitrators() throws Exception {
        MariaDbServer first = cluster.node(0);
        List<NativeProcess> arbitrators = List.of(arbitrator("a1"), arbitrator("a2"));
        first.awaitStatus("wsrep_cluster_size", "5", Cluster.SOON);
        MariaDbServer second = cluster.node(1);
        int firstOffset = first.logText().length();
        int secondOffset = second.logText().length();
        arbitrators.forEach(NativeProcess::kill);
        MariaDbServer leaver = cluster.node(2);
        leaver.process().signal("TERM");
        leaver.awaitEnd(0, LONGEST_STOP);
        assertThat(leaver.logSinceLaunch()).doesNotContain(UNCONFIRMED);
        mustBePrimary(first, firstOffset, 2, 1000);
        mustBePrimary(second, secondOffset, 2, 1001);
    }

    private NativeProcess arbitrator(String name) throws IOException {
        Path home = Files.createDirectory(directory.resolve(name));
        int port = FreePorts.one();
        return OwnArbitrator.start(
                MariaDbServer.clusterAddress(cluster.node(0), cluster.node(1)),
                "wsrep4j-test",
                "gmcast.listen_addr=tcp://127.0.0.1:" + port,
                home);
    }

    /** Galera's own arithmetic would leave its last node alone; ours beside it, and after it, goes on. */
    @Test
    void oursStaysPrimaryWhenNodesOfBothKindsAreStoppedAtOnce() throws Exception {
        form(Providers.wsrep4j(), Providers.galera(), LONG ? Providers.galera() : Providers.wsrep4j());
        MariaDbServer stays = cluster.node(0);
        stays.execute("CREATE TABLE test.stays (id INT PRIMARY KEY)");
        for (int round = 0; round < (LONG ? 6 : 1); round++) {
            stopAllBut(stays, round);
            cluster.node(1).join(stays);
            cluster.node(2).join(stays);
            cluster.awaitAllSynced();
        }
    }
}
