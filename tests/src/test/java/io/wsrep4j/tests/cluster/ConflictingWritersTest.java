package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that write the same rows on all nodes of a mixed cluster at once: the loser gets a deadlock error, and all nodes end alike. */
@Timeout(600)
final class ConflictingWritersTest {

    private static final int DEADLOCK = 1213;
    private static final int ROWS = 20;
    private static final Duration SOON = Duration.ofSeconds(90);

    static Stream<List<String>> clusters() {
        return Stream.of(List.of("galera", "galera", "wsrep4j"), List.of("wsrep4j", "wsrep4j", "galera"));
    }

    private static Path provider(String kind) {
        return kind.equals("galera") ? Providers.galera() : Providers.wsrep4j();
    }

    /** What one client saw. */
    private record History(int committed, int deadlocks) {}

    @ParameterizedTest(name = "{0}")
    @MethodSource("clusters")
    void allNodesEndAlikeAndLosersGetDeadlocks(List<String> kinds) throws Exception {
        boolean thorough = "long".equals(System.getProperty("wsrep4j.effort"));
        Duration load = Duration.ofSeconds(thorough ? 60 : 8);
        List<MariaDbServer> servers = new ArrayList<>();
        try {
            for (String kind : kinds) {
                servers.add(MariaDbServer.named("n" + (servers.size() + 1))
                        .provider(provider(kind))
                        .arguments("--wsrep-slave-threads=4")
                        .create());
            }
            form(servers);
            servers.get(0)
                    .execute(
                            "CREATE TABLE test.account (id INT PRIMARY KEY, balance BIGINT)",
                            "INSERT INTO test.account SELECT seq, 1000 FROM seq_1_to_" + ROWS);
            for (MariaDbServer server : servers) {
                Await.until("the table is on " + server.name(), SOON, () -> ROWS == count(server));
            }
            List<History> histories = write(servers, load);
            assertThat(histories).allMatch(history -> history.committed > 0);
            assertThat(histories.stream().mapToInt(History::deadlocks).sum())
                    .as("conflicts reported")
                    .isPositive();
            assertAlike(servers);
            for (MariaDbServer server : servers) {
                assertThat(server.queryOne("SELECT SUM(balance) FROM test.account"))
                        .as("transfers neither make nor lose money, on " + server.name())
                        .isEqualTo(Long.toString(1000L * ROWS));
            }
            for (int i = servers.size() - 1; i >= 0; i--) {
                servers.get(i).stop();
            }
        } finally {
            for (MariaDbServer server : servers) {
                server.close();
            }
        }
    }

    private static void form(List<MariaDbServer> servers) throws IOException {
        servers.get(0).bootstrap();
        for (int i = 1; i < servers.size(); i++) {
            servers.get(i).join(servers.subList(0, i).toArray(new MariaDbServer[0]));
        }
        for (MariaDbServer server : servers) {
            server.awaitStatus("wsrep_local_state_comment", "Synced", SOON);
            server.awaitStatus("wsrep_cluster_size", Integer.toString(servers.size()), SOON);
        }
    }

    private static long count(MariaDbServer server) throws SQLException {
        return Long.parseLong(server.queryOne("SELECT COUNT(*) FROM test.account"));
    }

    private static List<History> write(List<MariaDbServer> servers, Duration load) throws Exception {
        ExecutorService clients = Executors.newCachedThreadPool();
        try {
            long end = System.nanoTime() + load.toNanos();
            List<Future<History>> running = new ArrayList<>();
            for (int client = 0; client < servers.size() * 2; client++) {
                MariaDbServer server = servers.get(client % servers.size());
                int seed = client;
                running.add(clients.submit(() -> transferUntil(server, end, new Random(seed))));
            }
            List<History> histories = new ArrayList<>();
            for (Future<History> history : running) {
                histories.add(history.get());
            }
            return histories;
        } finally {
            clients.shutdownNow();
        }
    }

    private static History transferUntil(MariaDbServer server, long end, Random random) throws SQLException {
        int committed = 0;
        int deadlocks = 0;
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            while (System.nanoTime() - end < 0) {
                int from = 1 + random.nextInt(ROWS);
                int to = 1 + random.nextInt(ROWS);
                try {
                    statement.execute("BEGIN");
                    statement.execute("UPDATE test.account SET balance = balance - 1 WHERE id = " + from);
                    statement.execute("UPDATE test.account SET balance = balance + 1 WHERE id = " + to);
                    statement.execute("COMMIT");
                    committed++;
                } catch (SQLException e) {
                    if (e.getErrorCode() != DEADLOCK) {
                        throw e;
                    }
                    deadlocks++;
                    statement.execute("ROLLBACK");
                }
            }
        }
        return new History(committed, deadlocks);
    }

    private static void assertAlike(List<MariaDbServer> servers) {
        Await.until(
                "all nodes have the same rows",
                SOON,
                () -> servers.stream()
                                .map(ConflictingWritersTest::checksum)
                                .distinct()
                                .count()
                        == 1,
                () -> servers.stream()
                        .map(ConflictingWritersTest::checksum)
                        .toList()
                        .toString());
    }

    private static String checksum(MariaDbServer server) {
        try {
            return server.queryOne("SELECT GROUP_CONCAT(id, ':', balance ORDER BY id) FROM test.account");
        } catch (SQLException e) {
            return e.getMessage();
        }
    }
}
