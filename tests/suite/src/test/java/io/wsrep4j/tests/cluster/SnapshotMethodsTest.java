package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.AcknowledgedInserts;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** MariaDB's own scripts for snapshots, as they are, between Galera's nodes and ours, while clients write on the donor. */
@Timeout(400)
final class SnapshotMethodsTest {

    private static final boolean THOROUGH = "long".equals(System.getProperty("wsrep4j.effort"));

    /** mariadbd's own exit code when it gives up. */
    private static final int GAVE_UP = 1;

    /** The method and the kinds of the nodes; each joins from the one before it. */
    static Stream<Arguments> chains() {
        if (!THOROUGH) {
            return Stream.of(
                    Arguments.of("mariabackup", List.of("galera", "wsrep4j")),
                    Arguments.of("mysqldump", List.of("wsrep4j", "galera")));
        }
        return Stream.of("rsync", "mariabackup", "mysqldump")
                .flatMap(method -> Stream.of(
                        Arguments.of(method, List.of("galera", "wsrep4j", "galera")),
                        Arguments.of(method, List.of("wsrep4j", "galera", "wsrep4j")),
                        Arguments.of(method, List.of("wsrep4j", "wsrep4j", "wsrep4j"))));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("chains")
    void eachNodeJoinsFromTheOneBeforeIt(String method, List<String> kinds) throws Exception {
        try (Cluster cluster = new Cluster()) {
            MariaDbServer donor = cluster.add(server(1, method, kinds.get(0))).bootstrap();
            donor.execute(
                    "CREATE USER 'transfer'@'localhost' IDENTIFIED BY 'secret'",
                    "GRANT ALL PRIVILEGES ON *.* TO 'transfer'@'localhost'",
                    "CREATE TABLE test.t (a INT PRIMARY KEY, b VARCHAR(100))",
                    "INSERT INTO test.t SELECT seq, CONCAT('row ', seq) FROM seq_1_to_10000");
            try (AcknowledgedInserts load = AcknowledgedInserts.wandering("test.inserted", cluster.running(), 2)) {
                for (int place = 2; place <= kinds.size(); place++) {
                    load.awaitMore(50);
                    MariaDbServer joiner = cluster.add(server(place, method, kinds.get(place - 1)));
                    joiner.joinFrom(donor);
                    cluster.awaitSynced();
                    assertThat(donor.logText())
                            .contains(method + " SST started on donor")
                            .doesNotContain(method + " IST started on donor");
                    donor = joiner;
                }
                load.endWithNothingLost(cluster);
            }
            cluster.awaitSameChecksums("test.t");
            comesBackByIncrementalTransfer(cluster, method);
            for (MariaDbServer server : cluster.running()) {
                server.stop();
            }
        }
    }

    @Test
    void aJoinerWhoseDonorCannotSendSaysSoAndEnds() throws Exception {
        try (Cluster cluster = new Cluster()) {
            // nobody has made the account that the donor's script is told to use
            MariaDbServer donor =
                    cluster.add(server(1, "mariabackup", "wsrep4j")).bootstrap();
            MariaDbServer joiner = cluster.add(server(2, "mariabackup", "wsrep4j"));
            try (AcknowledgedInserts load = AcknowledgedInserts.wandering("test.inserted", List.of(donor), 2)) {
                load.awaitMore(50);

                joiner.launch(MariaDbServer.clusterAddress(donor));

                joiner.awaitEnd(GAVE_UP, Cluster.SOON);
                assertThat(joiner.logText())
                        .containsPattern("could not send it|could not receive the snapshot")
                        .doesNotContain("internal error");
                Cluster.awaitSynced(List.of(donor));
                load.awaitMore(50);
                load.endWithNothingLost(cluster);
            }
        }
    }

    private static void comesBackByIncrementalTransfer(Cluster cluster, String method) throws Exception {
        MariaDbServer donor = cluster.node(cluster.running().size() - 2);
        MariaDbServer joiner = cluster.node(cluster.running().size() - 1);
        joiner.stop();
        donor.execute("INSERT INTO test.t SELECT seq, 'missed' FROM seq_20001_to_20100");
        joiner.joinFrom(donor);
        cluster.awaitSynced();
        assertThat(donor.logText()).contains(method + " IST started on donor");
        cluster.awaitSameChecksums("test.t");
    }

    private static MariaDbServer server(int place, String method, String kind) throws Exception {
        return MariaDbServer.named("n" + place)
                .provider(kind.equals("galera") ? Providers.galera() : Providers.wsrep4j())
                // Debian's own files send the script's messages to syslog, which not every machine has; the script
                // fails without
                .configuration("[sst]\nsst-syslog=-1\n")
                .arguments("--wsrep-slave-threads=4", "--wsrep-sst-method=" + method)
                // mysqldump writes into the joiner as a client, so the account must be there too
                .arguments(
                        method.equals("mysqldump")
                                ? new String[] {"--wsrep-sst-receive-address=AUTO", "--wsrep-sst-auth=root:"}
                                : new String[] {"--wsrep-sst-auth=transfer:secret"})
                .create();
    }
}
