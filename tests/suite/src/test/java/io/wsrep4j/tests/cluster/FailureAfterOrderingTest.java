package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.faults.FaultPoint;
import io.wsrep4j.gcomm.evs.EvsCore;
import io.wsrep4j.kit.Await;
import io.wsrep4j.provider.certification.Certification;
import io.wsrep4j.provider.certification.CertificationIndex;
import io.wsrep4j.provider.order.OrderMonitor;
import io.wsrep4j.provider.order.Orders;
import io.wsrep4j.tests.mariadb.AcknowledgedInserts;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One of two nodes under load meets an {@link Error} somewhere between the order of a write set and its settling: it leaves so that the other keeps its
 * primary component, its clients get answers, what was acknowledged is there, and it comes back with the group's data.
 */
@Timeout(300)
final class FailureAfterOrderingTest {

    private static final boolean LONG = "long".equals(System.getProperty("wsrep4j.effort"));
    /** evs.suspect_timeout, when a node goes without a word: here it must not be needed. */
    private static final Duration SUSPICION = Duration.ofSeconds(5);

    @TempDir
    Path home;

    private static Arguments stage(String name, Class<?> type, String method) {
        return Arguments.of(name, type, method);
    }

    static Stream<Arguments> stages() throws ClassNotFoundException {
        List<Arguments> stages = new ArrayList<>();
        stages.add(stage("certification", CertificationIndex.class, "certify"));
        stages.add(stage("the channel's stack", EvsCore.class, "receive"));
        if (LONG) {
            stages.add(stage("group", Class.forName("io.wsrep4j.gcomm.group.GroupState"), "ordered"));
            stages.add(stage("queue", Class.forName("io.wsrep4j.gcomm.group.connection.ReceiveQueue"), "add"));
            stages.add(stage("let in", OrderMonitor.class, "letIn"));
            stages.add(stage("commit order", Orders.class, "enterCommit"));
            stages.add(stage("leaving", OrderMonitor.class, "pass"));
            stages.add(stage("index", Certification.class, "settled"));
            stages.add(stage("host applies", Class.forName("io.wsrep4j.jna.NativeHost"), "apply"));
            stages.add(stage("applier", Class.forName("io.wsrep4j.provider.transaction.RemoteApplication"), "process"));
        }
        return stages.stream();
    }

    @ParameterizedTest(name = "{0}: {1}.{2}")
    @MethodSource("stages")
    void theNodeLeavesAndSaysWhyAndTheOtherGoesOn(String name, Class<?> type, String method) throws Exception {
        // the server may run as another user, and takes the fuse away
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path fuse = home.resolve("fuse");
        String agent = FaultPoint.agent(home.resolve("agent"), type, method, fuse);
        MariaDbServer healthy = MariaDbServer.named("n1")
                .provider(Providers.wsrep4j())
                .arguments("--wsrep-slave-threads=4")
                .create();
        MariaDbServer failing = MariaDbServer.named("n2")
                .provider(Providers.wsrep4j())
                .arguments("--wsrep-slave-threads=4")
                .environment("WSREP4J_JAVA_OPTIONS", agent)
                .create();
        try (Cluster cluster = Cluster.form(healthy, failing);
                AcknowledgedInserts load = AcknowledgedInserts.into("test.load", List.of(healthy, failing))) {
            load.awaitProgress(healthy);
            load.awaitProgress(failing);

            Files.createFile(fuse);
            Await.until("the fault happened", Cluster.SOON, () -> !Files.exists(fuse));

            failing.awaitStatus("wsrep_ready", "OFF", Cluster.SOON);
            failing.awaitStatus("wsrep_local_state_comment", "Inconsistent", Cluster.SOON);
            assertThat(failing.status("wsrep_cluster_status")).isNotEqualTo("Primary");
            load.awaitProgress(healthy);
            assertThat(healthy.status("wsrep_cluster_status")).isEqualTo("Primary");
            assertThat(healthy.status("wsrep_cluster_size")).isEqualTo("1");
            assertThat(load.longestWait(healthy)).isLessThan(SUSPICION);
            assertThat(failing.logSinceLaunch())
                    .contains("injected at")
                    .contains("leaves the cluster")
                    .contains("restart the server");
            assertThat(failing.savedState()).contains("uuid:    00000000-0000-0000-0000-000000000000");

            failing.stop();
            assertThat(failing.savedState()).contains("uuid:    00000000-0000-0000-0000-000000000000");
            failing.join(healthy);
            load.endWithNothingLost(cluster);
        }
    }
}
