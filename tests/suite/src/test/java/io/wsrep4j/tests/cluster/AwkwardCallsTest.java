package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.group.GroupMember;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What operators do to a running server, and a start that fails: each call returns, and the server can always be ended. */
@Timeout(400)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AwkwardCallsTest {

    private static final boolean LONG_EFFORT = "long".equals(System.getProperty("wsrep4j.effort"));
    private static final int ADDRESSES = LONG_EFFORT ? 60 : 6;
    private static final int CLIENTS_EACH = 4;
    private static final int ROWS_EACH = LONG_EFFORT ? 10_000 : 500;
    private static final Duration AT_ONCE = Duration.ofSeconds(30);
    private static final Duration SOON_AFTER_THE_FAILURE = Duration.ofSeconds(40);

    @TempDir
    private Path directory;

    private Cluster cluster;

    @BeforeAll
    void form() throws Exception {
        cluster = Cluster.form(server("n1"), server("n2"), server("n3"));
        cluster.node(0).execute("CREATE TABLE test.t (id INT AUTO_INCREMENT PRIMARY KEY, value INT)");
    }

    private static MariaDbServer server(String name) throws IOException {
        String provider = System.getProperty("wsrep4j.tests.provider", "wsrep4j");
        return MariaDbServer.named(name)
                .provider(provider.equals("galera") ? Providers.galera() : Providers.wsrep4j())
                .providerOptions("pc.wait_prim_timeout=PT3S;pc.announce_timeout=PT3S")
                .arguments("--wsrep-slave-threads=4")
                .create();
    }

    @AfterAll
    void remove() throws IOException {
        cluster.close();
    }

    /** A test that failed must not spoil the next one. */
    @BeforeEach
    void allAreThere() {
        cluster.awaitAllSynced();
    }

    @Test
    void noWriteSetHasSeenLessThanItsNodeHasReported() throws Exception {
        SeenAndReported order = new SeenAndReported();
        int port = FreePorts.one();
        try (GroupMember listener = GroupMember.overhear(
                "listener",
                "gcomm://127.0.0.1:" + cluster.node(0).groupPort(),
                "wsrep4j-test",
                Map.of("gmcast.listen_addr", "tcp://127.0.0.1:" + port),
                directory,
                order)) {
            listener.awaitMembers(4, Cluster.SOON);
            List<Callable<Void>> clients = new ArrayList<>();
            for (MariaDbServer node : cluster.running()) {
                for (int client = 0; client < CLIENTS_EACH; client++) {
                    boolean inFragments = client == 0;
                    clients.add(() -> insert(node, ROWS_EACH, inFragments));
                }
            }
            together(clients);
            cluster.awaitAlike("SELECT COUNT(*) FROM test.t");
        }
        Cluster.awaitSynced(cluster.running());
        assertThat(order.writeSets()).isGreaterThan(cluster.running().size() * CLIENTS_EACH * ROWS_EACH);
        assertThat(order.reports()).isGreaterThan(10);
        assertThat(order.violations()).isEmpty();
    }

    private static Void insert(MariaDbServer node, int rows, boolean inFragments) throws SQLException {
        try (Connection connection = node.connect();
                Statement statement = connection.createStatement()) {
            if (inFragments) {
                statement.execute("SET SESSION wsrep_trx_fragment_unit='statements'");
                statement.execute("SET SESSION wsrep_trx_fragment_size=1");
            }
            for (int row = 0; row < rows; row++) {
                connection.setAutoCommit(!inFragments);
                statement.execute("INSERT INTO test.t (value) VALUES (" + row + ")");
                if (inFragments) {
                    statement.execute("INSERT INTO test.t (value) VALUES (" + row + ")");
                    connection.commit();
                }
            }
        }
        return null;
    }

    @Test
    void aServerThatIsReadLockedCanBeDesyncedAndEnded() throws Exception {
        MariaDbServer locked = cluster.node(2);
        Connection connection = locked.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("FLUSH TABLES WITH READ LOCK");
            within(AT_ONCE, () -> {
                locked.execute("SET GLOBAL wsrep_desync=ON");
                return null;
            });
            assertThat(locked.status("wsrep_local_state_comment")).isEqualTo("Donor/Desynced");
            insert(cluster.node(0), 50, false);
            // others have written meanwhile, which this one must not apply under the lock
            Await.until(
                    "others' write sets wait",
                    AT_ONCE,
                    () -> Integer.parseInt(locked.status("wsrep_local_recv_queue")) > 0);
            locked.stop();
        }
        assertThat(locked.savedState()).doesNotContain("seqno:   -1");
        locked.join(cluster.node(0), cluster.node(1));
        cluster.awaitAllSynced();
        cluster.awaitSameChecksums("test.t");
    }

    @Test
    void schemaUpgradesUnderLoadDoNotWaitForWritersThatWaitForThem() throws Exception {
        MariaDbServer node = cluster.node(1);
        node.execute("SET GLOBAL lock_wait_timeout=50");
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService writers = Executors.newFixedThreadPool(CLIENTS_EACH);
        List<Future<?>> ends = new ArrayList<>();
        for (int i = 0; i < CLIENTS_EACH; i++) {
            ends.add(writers.submit(() -> writeUntil(over, node)));
        }
        try (Connection connection = node.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION wsrep_OSU_method='RSU'");
            for (int upgrade = 0; upgrade < 4; upgrade++) {
                int number = upgrade;
                within(AT_ONCE, () -> statement.execute("ALTER TABLE test.t ADD INDEX i" + number + " (value)"));
            }
        } finally {
            over.set(true);
            writers.shutdown();
        }
        for (Future<?> end : ends) {
            end.get(AT_ONCE.toSeconds(), TimeUnit.SECONDS);
        }
        cluster.awaitAllSynced();
        cluster.awaitSameChecksums("test.t");
    }

    /** A writer may lose against the upgrade. */
    private static Void writeUntil(AtomicBoolean over, MariaDbServer node) throws SQLException {
        try (Connection connection = node.connect();
                Statement statement = connection.createStatement()) {
            while (!over.get()) {
                try {
                    statement.execute("INSERT INTO test.t (value) VALUES (1)");
                } catch (SQLException e) {
                    assertThat(e.getErrorCode()).as(e.getMessage()).isIn(1213, 1205);
                }
            }
        }
        return null;
    }

    @Test
    void anySequenceOfAddressesEndsInWhatTheLastOneAsksFor() throws Exception {
        long seed = Long.getLong("wsrep4j.seed", 5);
        Random random = new Random(seed);
        MariaDbServer moved = cluster.node(2);
        String right = MariaDbServer.clusterAddress(cluster.node(0), cluster.node(1));
        List<String> addresses = List.of(
                "'" + right + "'",
                "'gcomm://127.0.0.1:" + FreePorts.one() + "'",
                "'nonsense://127.0.0.1'",
                "''",
                "NULL");
        List<String> tried = new ArrayList<>();
        for (int i = 0; i < ADDRESSES; i++) {
            // wrong ones in turn, so that each is met, and right ones in between
            String address = addresses.get(i % 2 == 0 ? 1 + (i / 2 + (int) seed) % 4 : random.nextInt(2));
            tried.add(address);
            set(moved, address, tried);
            if (address.contains(right)) {
                // MariaDB disconnects nothing that has not told it yet that it is connected, and then waits for its
                // threads for ever
                cluster.awaitAllSynced();
            }
        }
        tried.add(right);
        set(moved, "'" + right + "'", tried);
        cluster.awaitAllSynced();
        insert(cluster.node(0), 1, false);
        insert(moved, 1, false);
        cluster.awaitSameChecksums("test.t");
        moved.stop();
        moved.join(cluster.node(0), cluster.node(1));
    }

    private static void set(MariaDbServer server, String address, List<String> tried) throws Exception {
        try {
            within(Duration.ofSeconds(90), () -> {
                server.execute("SET GLOBAL wsrep_cluster_address=" + address);
                return null;
            });
        } catch (SQLException e) {
            assertThat(e.getMessage()).as("%s", tried).contains("wsrep_cluster_address");
        } catch (AssertionError e) {
            throw new AssertionError("after " + tried + "\n" + server.process().tail(), e);
        }
    }

    /** Whatever the limit is at which a start runs out of descriptors, before the group is joined or after. */
    @Test
    void aServerThatRunsOutOfDescriptorsAsItStartsEnds() throws Exception {
        for (int limit = 60; limit <= 100; limit += LONG_EFFORT ? 4 : 20) {
            try (MariaDbServer alone = MariaDbServer.named("n4")
                    .provider(Providers.wsrep4j())
                    .startedBy("prlimit", "--nofile=" + limit + ":" + limit)
                    .create()) {
                alone.launch("gcomm://", "--wsrep-new-cluster");
                Await.until(
                        "it has ended or serves with " + limit + " descriptors",
                        SOON_AFTER_THE_FAILURE,
                        () -> !alone.process().isAlive() || "ON".equals(alone.status("wsrep_ready")),
                        alone::logSinceLaunch);
                if (alone.process().isAlive()) {
                    alone.stop();
                } else {
                    assertThat(alone.awaitEnd(SOON_AFTER_THE_FAILURE)).isNotZero();
                }
            }
        }
    }

    @Test
    void aServerWhoseStartFailsAfterItJoinedEnds() throws Exception {
        try (MariaDbServer alone = server("n4")) {
            alone.launch(
                    "gcomm://",
                    "--wsrep-new-cluster",
                    "--port=" + cluster.node(0).port());
            assertThat(alone.awaitEnd(Cluster.SOON)).as(alone.process().tail()).isNotZero();
            assertThat(alone.logSinceLaunch()).contains("Address already in use");
            alone.launch("gcomm://", "--wsrep-new-cluster", "--socket=" + directory.resolve("missing/s"));
            assertThat(alone.awaitEnd(Cluster.SOON)).as(alone.process().tail()).isNotZero();
            // more than any machine has: InnoDB, which starts after the group is joined, gets no memory
            alone.launch("gcomm://", "--wsrep-new-cluster", "--innodb-buffer-pool-size=" + (6L << 40));
            assertThat(alone.awaitEnd(SOON_AFTER_THE_FAILURE))
                    .as(alone.process().tail())
                    .isNotZero();
            assertThat(alone.logSinceLaunch()).contains("mariadbd: Out of memory");
        }
    }

    private static <T> T within(Duration limit, Callable<T> call) throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            return thread.submit(call).get(limit.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException sql) {
                throw sql;
            }
            throw e;
        } catch (TimeoutException e) {
            throw new AssertionError("no answer within " + limit, e);
        } finally {
            thread.shutdown();
        }
    }

    private static void together(List<Callable<Void>> calls) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        try {
            for (Future<Void> call : threads.invokeAll(calls)) {
                call.get();
            }
        } finally {
            threads.shutdown();
        }
    }
}
