package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.Await;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node of ours joins another by snapshot and comes back by incremental transfer; {@link MixedCluster} does the same with Galera's. */
@Timeout(300)
final class JoiningTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void aNodeJoinsBySnapshotAndComesBackByIncrementalTransfer() throws Exception {
        try (MariaDbServer donor = MariaDbServer.named("donor")
                        .provider(Providers.wsrep4j())
                        .create();
                MariaDbServer joiner = MariaDbServer.named("joiner")
                        .provider(Providers.wsrep4j())
                        .create()) {
            donor.bootstrap();
            donor.execute(
                    "CREATE TABLE test.t (a INT PRIMARY KEY, b VARCHAR(100))",
                    "INSERT INTO test.t SELECT seq, CONCAT('row ', seq) FROM seq_1_to_1000");

            joiner.join(donor);
            joiner.awaitStatus("wsrep_local_state_comment", "Synced", SOON);
            donor.awaitStatus("wsrep_local_state_comment", "Synced", SOON);
            assertSame(donor, joiner);

            joiner.execute("INSERT INTO test.t VALUES (2000, 'from the joiner')");
            donor.execute(
                    "UPDATE test.t SET b = 'from the donor' WHERE a = 1",
                    "ALTER TABLE test.t ADD COLUMN c INT DEFAULT 7");
            assertSame(donor, joiner);

            joiner.stop();
            donor.execute("INSERT INTO test.t (a, b) SELECT seq, 'while away' FROM seq_3000_to_3100");
            for (int i = 0; i < 200; i++) {
                donor.execute("INSERT INTO test.t (a, b) VALUES (" + (4000 + i) + ", 'one by one')");
            }
            String log = joiner.logText();
            joiner.join(donor);
            joiner.awaitStatus("wsrep_local_state_comment", "Synced", SOON);
            assertSame(donor, joiner);
            assertThat(joiner.logText().substring(log.length())).contains("IST").doesNotContain("SST complete, seqno");

            joiner.execute("DELETE FROM test.t WHERE a < 500");
            assertSame(donor, joiner);
            joiner.stop();
            donor.stop();
        }
    }

    private static void assertSame(MariaDbServer one, MariaDbServer other) {
        Await.until("the same rows on both nodes", SOON, () -> checksum(one).equals(checksum(other)), () -> "");
    }

    private static String checksum(MariaDbServer server) throws Exception {
        return server.queryOne("SELECT CONCAT(COUNT(*), ' ', SUM(CRC32(CONCAT(a, b)))) FROM test.t");
    }
}
