package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nodes join by snapshot and come back by incremental transfer, each kind as donor and as joiner. */
@Timeout(300)
final class JoiningTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    static Stream<org.junit.jupiter.params.provider.Arguments> donorsAndJoiners() {
        return Stream.of(
                org.junit.jupiter.params.provider.Arguments.of("wsrep4j", "wsrep4j"),
                org.junit.jupiter.params.provider.Arguments.of("galera", "wsrep4j"),
                org.junit.jupiter.params.provider.Arguments.of("wsrep4j", "galera"));
    }

    private static Path provider(String kind) {
        return kind.equals("galera") ? Providers.galera() : Providers.wsrep4j();
    }

    @ParameterizedTest(name = "donor {0}, joiner {1}")
    @MethodSource("donorsAndJoiners")
    void aNodeJoinsBySnapshotAndComesBackByIncrementalTransfer(String donorKind, String joinerKind) throws Exception {
        try (MariaDbServer donor = MariaDbServer.named("donor")
                        .provider(provider(donorKind))
                        .create();
                MariaDbServer joiner = MariaDbServer.named("joiner")
                        .provider(provider(joinerKind))
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
