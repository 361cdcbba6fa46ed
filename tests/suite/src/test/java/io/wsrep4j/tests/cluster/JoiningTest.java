package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node of ours joins another by snapshot and comes back by incremental transfer; {@link MixedCluster} does the same with Galera's. */
@Timeout(300)
final class JoiningTest {

    private static final String INCREMENTAL = "Receiving IST: ";
    private static final String SNAPSHOT = "Receiving certification index preload";

    @Test
    void aNodeJoinsBySnapshotAndComesBackByIncrementalTransfer() throws Exception {
        MariaDbServer donor =
                MariaDbServer.named("donor").provider(Providers.wsrep4j()).create();
        MariaDbServer joiner =
                MariaDbServer.named("joiner").provider(Providers.wsrep4j()).create();
        try (Cluster cluster = Cluster.form(donor)) {
            donor.execute(
                    "CREATE TABLE test.t (a INT PRIMARY KEY, b VARCHAR(100))",
                    "INSERT INTO test.t SELECT seq, CONCAT('row ', seq) FROM seq_1_to_1000");

            cluster.add(joiner).join(donor);
            cluster.awaitSynced();
            cluster.awaitSameChecksums("test.t");
            assertThat(joiner.logSinceLaunch()).contains(SNAPSHOT).doesNotContain(INCREMENTAL);

            joiner.execute("INSERT INTO test.t VALUES (2000, 'from the joiner')");
            donor.execute(
                    "UPDATE test.t SET b = 'from the donor' WHERE a = 1",
                    "ALTER TABLE test.t ADD COLUMN c INT DEFAULT 7");
            cluster.awaitEverywhere("SELECT CONCAT(COUNT(*), ' ', SUM(c)) FROM test.t", "1001 7007");
            cluster.awaitSameChecksums("test.t");

            joiner.stop();
            donor.execute("INSERT INTO test.t (a, b) SELECT seq, 'while away' FROM seq_3000_to_3100");
            for (int i = 0; i < 200; i++) {
                donor.execute("INSERT INTO test.t (a, b) VALUES (" + (4000 + i) + ", 'one by one')");
            }
            joiner.join(donor);
            cluster.awaitSynced();
            cluster.awaitSameChecksums("test.t");
            assertThat(joiner.logSinceLaunch())
                    .contains(INCREMENTAL)
                    .doesNotContain(SNAPSHOT, "rsync SST completed on joiner");

            joiner.execute("DELETE FROM test.t WHERE a < 500");
            cluster.awaitEverywhere("SELECT COUNT(*) FROM test.t", "803");
            cluster.awaitSameChecksums("test.t");
            joiner.stop();
            donor.stop();
        }
    }
}
