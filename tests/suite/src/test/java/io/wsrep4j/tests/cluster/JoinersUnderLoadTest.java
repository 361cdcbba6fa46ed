package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node of ours and one of Galera's are written to, the same few rows, plainly and streaming, while one more of each kind joins with a snapshot from
 * the other kind: all four decide alike about every write set from then on, and keep the same bytes of it (docs/spec/writeset-certification.md
 * checklist 45 to 47 and 51).
 */
@Timeout(600)
final class JoinersUnderLoadTest {

    private static final Logger LOGGER = LoggerFactory.getLogger(JoinersUnderLoadTest.class);
    private static final int DEADLOCK = 1213;
    private static final int LOCK_WAIT = 1205;
    private static final int ROWS = 30;
    private static final int CLIENTS_PER_MEMBER = 2;
    private static final int TRANSACTIONS_ON_JOINER = 80;

    @TempDir
    Path directory;

    /** What one client saw. */
    private record Tally(int ended, int failed) {}

    @Test
    void nodesThatJoinUnderLoadDecideLikeTheOthersAndKeepTheSameBytes() throws Exception {
        MariaDbServer first = server("first", Providers.wsrep4j());
        MariaDbServer reference = server("reference", Providers.galera());
        try (Cluster cluster = Cluster.form(first, reference)) {
            first.execute(
                    "CREATE TABLE test.account (id INT PRIMARY KEY, balance BIGINT)",
                    "INSERT INTO test.account SELECT seq, 1000 FROM seq_1_to_" + ROWS);
            cluster.awaitEverywhere("SELECT COUNT(*) FROM test.account", Integer.toString(ROWS));
            MariaDbServer joiner = cluster.add(server("joiner", Providers.wsrep4j()));
            MariaDbServer joiningReference = cluster.add(server("joiningreference", Providers.galera()));

            long referenceJoined = joinWhileClientsWrite(first, reference, joiner, joiningReference);

            cluster.awaitSynced();
            cluster.awaitAlike("SELECT GROUP_CONCAT(id, ':', balance ORDER BY id) FROM test.account");
            cluster.awaitEverywhere("SELECT SUM(balance) FROM test.account", Long.toString(1000L * ROWS));
            cluster.awaitEverywhere("SELECT COUNT(*) FROM mysql.wsrep_streaming_log", "0");
            for (MariaDbServer server : List.of(joiningReference, joiner, reference, first)) {
                server.stop();
            }
            KeptHistory kept = KeptHistory.of(reference, directory);
            assertKeptLike(kept, first, 0);
            assertKeptLike(kept, joiner, 0);
            // what the group delivers to it although its snapshot contained it, Galera keeps without its verdict
            assertKeptLike(kept, joiningReference, referenceJoined + 1);
        }
    }

    private static MariaDbServer server(String name, Path provider) throws IOException {
        return MariaDbServer.named(name)
                .provider(provider)
                .arguments("--wsrep-slave-threads=4", "--innodb-lock-wait-timeout=10")
                .create();
    }

    private void assertKeptLike(KeptHistory reference, MariaDbServer server, long from) throws IOException {
        KeptHistory.Comparison comparison = KeptHistory.of(server, directory).compare(reference, from);
        LOGGER.info("{} beside reference, from {}: {}", server.name(), from, comparison);
        assertThat(comparison.events())
                .as("compared on %s", server.name())
                .isGreaterThanOrEqualTo(TRANSACTIONS_ON_JOINER / 2);
        assertThat(comparison.failed())
                .as("failed among those compared on %s, without which this shows nothing", server.name())
                .isPositive();
    }

    // ---- load

    /** Gives where the reference was when it had joined. */
    private static long joinWhileClientsWrite(
            MariaDbServer first, MariaDbServer reference, MariaDbServer joiner, MariaDbServer joiningReference)
            throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        ExecutorService clients = Executors.newCachedThreadPool();
        try {
            List<Future<Tally>> tallies = new ArrayList<>();
            for (int client = 0; client < 2 * CLIENTS_PER_MEMBER; client++) {
                MariaDbServer server = client % 2 == 0 ? first : reference;
                Random random = new Random(client);
                tallies.add(clients.submit(() -> writeUntil(enough, server, random)));
            }
            String members = MariaDbServer.clusterAddress(first, reference);
            joiner.launch(members, "--wsrep-sst-donor=reference");
            joiningReference.launch(members, "--wsrep-sst-donor=first");
            awaitReady(joiner, reference);
            awaitReady(joiningReference, first);
            long referenceJoined = Long.parseLong(joiningReference.status("wsrep_last_committed"));
            int failed = write(joiner, TRANSACTIONS_ON_JOINER, new Random(99)).failed;
            enough.set(true);
            for (Future<Tally> tally : tallies) {
                assertThat(tally.get().ended).isPositive();
                failed += tally.get().failed;
            }
            assertThat(failed).as("deadlocks that clients saw").isPositive();
            return referenceJoined;
        } finally {
            enough.set(true);
            clients.shutdownNow();
        }
    }

    private static void awaitReady(MariaDbServer joiner, MariaDbServer donor) {
        try {
            joiner.awaitReady();
        } catch (AssertionError e) {
            throw new AssertionError(
                    e.getMessage() + "\nthe donor:\n" + donor.process().tail(), e);
        }
    }

    private static Tally writeUntil(AtomicBoolean enough, MariaDbServer server, Random random) throws SQLException {
        int ended = 0;
        int failed = 0;
        while (!enough.get()) {
            Tally part = write(server, 20, random);
            ended += part.ended;
            failed += part.failed;
        }
        return new Tally(ended, failed);
    }

    private static Tally write(MariaDbServer server, int transactions, Random random) throws SQLException {
        int ended = 0;
        int failed = 0;
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < transactions; i++) {
                boolean streaming = random.nextInt(4) == 0;
                try {
                    statement.execute("SET SESSION wsrep_trx_fragment_unit = 'rows', wsrep_trx_fragment_size = "
                            + (streaming ? 1 : 0));
                    statement.execute("BEGIN");
                    for (int moves = streaming ? 2 : 1; moves > 0; moves--) {
                        move(statement, "-", random);
                        move(statement, "+", random);
                    }
                    statement.execute(random.nextInt(10) == 0 ? "ROLLBACK" : "COMMIT");
                    ended++;
                } catch (SQLException e) {
                    if (e.getErrorCode() != DEADLOCK && e.getErrorCode() != LOCK_WAIT) {
                        throw new SQLException(
                                "on " + server.name() + ": " + e.getErrorCode() + " " + e.getMessage(), e);
                    }
                    failed++;
                    statement.execute("ROLLBACK");
                }
            }
        }
        return new Tally(ended, failed);
    }

    private static void move(Statement statement, String sign, Random random) throws SQLException {
        int account = 1 + random.nextInt(ROWS);
        statement.execute("UPDATE test.account SET balance = balance " + sign + " 1 WHERE id = " + account);
    }
}
