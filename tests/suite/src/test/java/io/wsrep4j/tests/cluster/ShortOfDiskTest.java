package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.mariadb.AcknowledgedInserts;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.mariadb.ServerSettings;
import io.wsrep4j.tests.process.SmallVolume;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * A node of three has its saved state and its write-set cache on a volume that gets full, or turns read-only, under load: it serves rightly, or has left
 * and says why in one line; the others go on with equal data, and it comes back when there is room. Where InnoDB's own files do not fit, mariadbd ends
 * itself, with any provider.
 */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ShortOfDiskTest {

    private static final long VOLUME = 40 << 20;
    private static final int TOO_LARGE_FOR_THE_RING = 6 << 20;

    private SmallVolume volume;
    private Cluster cluster;
    private MariaDbServer writer;
    private MariaDbServer small;
    private MariaDbServer third;
    private int table;

    @BeforeAll
    void formCluster() throws IOException {
        String obstacle = SmallVolume.obstacle();
        assumeTrue(obstacle == null, () -> "needs the right to mount a file: " + obstacle);
        volume = SmallVolume.create(VOLUME);
        writer = server("n1").create();
        small = server("n2")
                .providerOptions("base_dir=" + volume.directory() + ";gcache.dir=" + volume.directory()
                        + ";gcache.size=8M;gcache.page_size=4M")
                .create();
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
        try {
            if (cluster != null) {
                cluster.close();
            }
        } finally {
            if (volume != null) {
                volume.close();
            }
        }
    }

    /** A test that failed half-way leaves the next ones room. */
    @AfterEach
    void makeRoom() throws IOException {
        volume.makeRoom();
    }

    @BeforeEach
    void allAreThere() {
        cluster.awaitAllSynced();
    }

    @Test
    void aWriteSetThatDoesNotFitIsRefusedToItsClientInOneLine() throws Exception {
        String name = newTable(small);
        try (AcknowledgedInserts load = AcknowledgedInserts.into("test.load" + ++table, cluster.running())) {
            load.awaitProgress(small);
            volume.fill();
            int before = small.logSinceLaunch().length();
            assertThatThrownBy(() -> insertLarge(small, name)).hasMessageContaining("Maximum writeset size exceeded");
            List<String> lines = small.logSinceLaunch()
                    .substring(before)
                    .lines()
                    .filter(Predicate.not(String::isBlank))
                    .toList();
            assertThat(lines)
                    .singleElement()
                    .asString()
                    .contains(volume.directory().toString())
                    .contains("0 available");
            load.awaitProgress(small);
            volume.makeRoom();
            insertLarge(small, name);
            load.endWithNothingLost(cluster);
        }
        cluster.awaitSameChecksums(name);
    }

    @Test
    void aNodeThatCannotStoreWhatItReceivesLeavesAndSaysWhy() throws Exception {
        String name = newTable(writer);
        try (AcknowledgedInserts load = AcknowledgedInserts.into("test.load" + ++table, cluster.running())) {
            load.awaitProgress(small);
            volume.fill();
            insertLarge(writer, name);
            small.awaitStatus("wsrep_ready", "OFF", Cluster.SOON);
            assertThat(reasons())
                    .singleElement()
                    .asString()
                    .contains("6291760 bytes")
                    .contains(volume.directory().toString())
                    .contains("0 available");
            load.awaitProgress(writer);
            load.awaitProgress(third);
            small.stop();
            volume.makeRoom();
            small.join(writer);
            load.endWithNothingLost(cluster);
        }
        cluster.awaitSameChecksums(name);
    }

    @Test
    void aNodeWhoseVolumeIsFullSeesOthersComeAndGo() throws Exception {
        try (AcknowledgedInserts load = AcknowledgedInserts.into("test.load" + ++table, List.of(writer, small))) {
            load.awaitProgress(small);
            volume.fill();
            third.stop();
            load.awaitProgress(small);
            third.join(writer);
            cluster.awaitSynced();
            third.stop();
            third.join(writer);
            newTable(small);
            load.endWithNothingLost(cluster);
            assertThat(small.logSinceLaunch()).contains("The primary view cannot be saved to " + volume.directory());
            small.stop();
            volume.makeRoom();
            small.join(writer);
            cluster.awaitSynced();
        }
    }

    @Test
    void aNodeWhoseVolumeTurnsReadOnlyServesUntilItMustWriteAndLeaves() throws Exception {
        String name = newTable(writer);
        try (AcknowledgedInserts load = AcknowledgedInserts.into("test.load" + ++table, cluster.running())) {
            load.awaitProgress(small);
            volume.becomeReadOnly();
            load.awaitProgress(small);
            assertThatThrownBy(() -> insertLarge(small, name)).hasMessageContaining("Maximum writeset size exceeded");
            assertThat(small.logSinceLaunch()).contains("Read-only file system");
            load.awaitProgress(small);

            insertLarge(writer, name);

            small.awaitStatus("wsrep_ready", "OFF", Cluster.SOON);
            assertThat(reasons()).singleElement().asString().contains("Read-only file system");
            load.awaitProgress(writer);
            load.awaitProgress(third);
            small.stop();
            volume.mend();
            small.join(writer);
            load.endWithNothingLost(cluster);
        }
        cluster.awaitSameChecksums(name);
    }

    /** The lines that say why it left. */
    private List<String> reasons() {
        return small.logSinceLaunch()
                .lines()
                .filter(line -> line.contains("leaving the group: "))
                .toList();
    }

    private static void insertLarge(MariaDbServer server, String name) throws SQLException {
        server.execute("INSERT INTO " + name + " VALUES (1, REPEAT('x', " + TOO_LARGE_FOR_THE_RING + "))");
    }

    private synchronized String newTable(MariaDbServer server) throws SQLException {
        String name = "test.t" + ++table;
        server.execute("CREATE TABLE " + name + " (id INT PRIMARY KEY, content LONGBLOB)");
        Await.until("there", Cluster.SOON, () -> "0".equals(small.queryOne("SELECT COUNT(*) FROM " + name)));
        return name;
    }
}
