package io.wsrep4j.tests.mariadb;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.process.NativeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An unmodified mariadbd with our provider, alone: what an operator does with it in its life. */
final class SingleNodeTest {

    private static MariaDbServer server;

    @BeforeAll
    static void create() throws IOException {
        server = MariaDbServer.named("n1").provider(Providers.wsrep4j()).create();
    }

    @AfterAll
    static void remove() throws IOException {
        server.close();
    }

    @Test
    void sysbenchReadWriteWithSchemaChangesRunsWithoutAnErrorAndStopsInTime() throws Exception {
        server.bootstrap();
        int seconds = 60;
        Sysbench sysbench = new Sysbench(server, 4, 5_000);
        sysbench.prepare("oltp_read_write");
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService ddl = Executors.newSingleThreadExecutor();
        Future<Integer> changes = ddl.submit(() -> changeSchemasUntil(stop));
        Sysbench.Result result = sysbench.run("oltp_read_write", 8, seconds);
        stop.set(true);
        assertThat(changes.get()).as("schema changes made meanwhile").isPositive();
        ddl.shutdown();
        assertThat(result.transactionsPerSecond()).isPositive();
        assertThat(server.status("wsrep_local_cert_failures"))
                .as("a node alone has nobody to conflict with")
                .isEqualTo("0");
        assertThat(result.ignoredErrors())
                .as("errors that sysbench took for a deadlock and tried again")
                .isLessThanOrEqualTo(Long.parseLong(server.status("Innodb_deadlocks")));

        assertThat(server.status("wsrep_cluster_status")).isEqualTo("Primary");
        assertThat(server.status("wsrep_local_state_comment")).isEqualTo("Synced");
        long committed = Long.parseLong(server.status("wsrep_last_committed"));
        assertThat(committed)
                .as("one seqno for each transaction and schema change")
                .isGreaterThan((long) result.transactionsPerSecond() * seconds / 2);

        long begin = System.nanoTime();
        server.stop();
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .as("time of the stop")
                .isLessThan(Duration.ofSeconds(5));

        server.bootstrap();
        assertThat(Long.parseLong(server.status("wsrep_last_committed")))
                .as("the position survives the restart, plus the view's own seqno")
                .isEqualTo(committed + 1);
        server.stop();
    }

    private static int changeSchemasUntil(AtomicBoolean stop) throws SQLException {
        int changes = 0;
        for (int i = 0; !stop.get(); i++) {
            server.execute(
                    "CREATE TABLE test.ddl" + i + " (a INT PRIMARY KEY, b VARCHAR(20))",
                    "ALTER TABLE test.ddl" + i + " ADD COLUMN c INT, ADD KEY (b)",
                    "INSERT INTO test.ddl" + i + " VALUES (1, 'x', 2)",
                    "TRUNCATE TABLE test.ddl" + i,
                    "DROP TABLE test.ddl" + i);
            changes += 5;
        }
        return changes;
    }

    @Test
    void thirtyStartsAndStopsLeaveNothingBehind() throws Exception {
        server.bootstrap();
        server.stop();
        TreeSet<String> files = files();
        long size = providerBytes();
        for (int i = 0; i < 30; i++) {
            server.bootstrap();
            long pid = server.process().pid();
            server.stop();
            assertThat(Path.of("/proc/" + pid)).as("process of start " + i).doesNotExist();
            assertThat(temporary().resolve(".java_pid" + pid))
                    .as("the JVM's attach socket")
                    .doesNotExist();
            assertThat(temporary().resolve("hsperfdata_mysql/" + pid))
                    .as("the JVM's performance data")
                    .doesNotExist();
        }
        assertThat(files()).as("files in the data directory").isEqualTo(files);
        assertThat(providerBytes()).as("bytes of the provider's files").isEqualTo(size);
    }

    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static TreeSet<String> files() throws IOException {
        try (Stream<Path> found = Files.list(server.dataDirectory())) {
            TreeSet<String> names = new TreeSet<>();
            found.forEach(file -> names.add(file.getFileName().toString()));
            return names;
        }
    }

    private static long providerBytes() throws IOException {
        long bytes = 0;
        for (String name : List.of("grastate.dat", "gvwstate.dat", "galera.cache")) {
            Path file = server.dataDirectory().resolve(name);
            bytes += Files.exists(file) ? Files.size(file) : 0;
        }
        return bytes;
    }

    @Test
    void positionRecoveryAndHelpWorkWithTheProviderConfigured() throws Exception {
        server.bootstrap();
        server.execute(
                "CREATE OR REPLACE TABLE test.recover (a INT PRIMARY KEY)", "INSERT INTO test.recover VALUES (1)");
        String position = server.status("wsrep_cluster_state_uuid") + ":" + server.status("wsrep_last_committed");
        server.stop();

        assertThat(run("--wsrep-recover")).contains("Recovered position: " + position);
        assertThat(run("--help", "--verbose")).contains("wsrep-provider");
    }

    private static String run(String... more) throws IOException {
        List<String> command = new ArrayList<>(server.command("gcomm://"));
        command.addAll(List.of(more));
        Path output = Files.createTempFile("wsrep4j-", ".out");
        try {
            NativeProcess process = NativeProcess.start("mariadbd", command, Map.of(), server.home(), output);
            assertThat(process.awaitExit(Duration.ofSeconds(60))).isZero();
            return Files.readString(output);
        } finally {
            Files.delete(output);
        }
    }

    @Test
    void committedRowsSurviveKillsInTheMiddleOfCommits() throws Exception {
        server.bootstrap();
        server.execute(
                "CREATE OR REPLACE TABLE test.killed (id BIGINT PRIMARY KEY)",
                "SET GLOBAL innodb_flush_log_at_trx_commit = 1");
        long acknowledged = 0;
        for (int round = 0; round < 3; round++) {
            long before = acknowledged;
            acknowledged = CommitsUntilKilled.run(server, before, Duration.ofSeconds(2));
            assertThat(acknowledged)
                    .as("commits were acknowledged before kill -9 number " + round)
                    .isGreaterThan(before);
            server.bootstrap();
            server.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
            assertThat(Long.parseLong(server.queryOne("SELECT COUNT(*) FROM test.killed WHERE id <= " + acknowledged)))
                    .as("acknowledged rows after kill -9 number " + round)
                    .isEqualTo(acknowledged);
            acknowledged = Long.parseLong(server.queryOne("SELECT COALESCE(MAX(id), 0) FROM test.killed"));
        }
        server.stop();
    }
}
