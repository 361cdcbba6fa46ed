package io.wsrep4j.tests.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.ProviderFactory;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A JVM inside an unmodified mariadbd: stack, signals, descriptors, threads (docs/spec/jvm-in-host.md 1 and 5). */
@Timeout(600)
final class InsideServerTest {

    private static final boolean LONG = "long".equals(System.getProperty("wsrep4j.effort", "ci"));
    private static final int CASCADES = 14;

    @TempDir
    Path temporary;

    /** Foreign-key cascades below recursive procedures leave 40 KiB of stack to append_key, where an upcall wants 100. */
    @Test
    void a_transaction_deep_in_cascades_and_procedures_loses_no_key() throws Exception {
        try (MariaDbServer server =
                MariaDbServer.named("deep").provider(Providers.wsrep4j()).create()) {
            server.bootstrap();
            createCascade(server);
            long shallow = keysOfUpdate(server, 0, 1);
            assertThat(shallow).isGreaterThan(CASCADES);
            for (int depth : new int[] {10, 16, 20, 24, 28}) {
                assertThat(keysOfUpdate(server, depth, depth + 1))
                        .as("keys at depth %d", depth)
                        .isEqualTo(shallow);
            }
            assertThat(server.logText()).doesNotContain("could not be done in Java");
            server.stop();
        }
    }

    /** With the smallest stack that MariaDB allows, no call has enough for Java. */
    @Test
    void the_smallest_thread_stack_is_enough() throws Exception {
        try (MariaDbServer server = MariaDbServer.named("small")
                .provider(Providers.wsrep4j())
                .arguments("--thread-stack=131072")
                .create()) {
            server.bootstrap();
            server.execute("CREATE TABLE test.t (a INT PRIMARY KEY)", "INSERT INTO test.t VALUES (1), (2)");
            assertThat(server.queryOne("SELECT COUNT(*) FROM test.t")).isEqualTo("2");
            server.stop();
        }
    }

    private static void createCascade(MariaDbServer server) throws SQLException {
        StringBuilder fill = new StringBuilder("INSERT INTO test.p0 VALUES (v);");
        server.execute("CREATE TABLE test.p0 (a INT PRIMARY KEY)");
        for (int i = 1; i <= CASCADES; i++) {
            server.execute("CREATE TABLE test.p" + i + " (a INT PRIMARY KEY, FOREIGN KEY (a) REFERENCES test.p"
                    + (i - 1) + " (a) ON UPDATE CASCADE)");
            fill.append("INSERT INTO test.p").append(i).append(" VALUES (v);");
        }
        server.execute(
                "CREATE PROCEDURE test.fill(v INT) BEGIN " + fill + " END",
                "CREATE PROCEDURE test.deep(n INT, v INT) BEGIN IF n > 0 THEN CALL test.deep(n - 1, v); "
                        + "ELSE UPDATE test.p0 SET a = v + 1000 WHERE a = v; END IF; END");
    }

    private static long keysOfUpdate(MariaDbServer server, int depth, int value) throws SQLException {
        server.execute("CALL test.fill(" + value + ")");
        long before = Long.parseLong(server.status("wsrep_repl_keys"));
        server.execute("SET max_sp_recursion_depth = 255", "CALL test.fill(" + (value + 5000) + ")");
        long filled = Long.parseLong(server.status("wsrep_repl_keys"));
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET max_sp_recursion_depth = 255");
            statement.execute("CALL test.deep(" + depth + ", " + value + ")");
        }
        assertThat(filled).isGreaterThan(before);
        assertThat(server.queryOne("SELECT COUNT(*) FROM test.p" + CASCADES + " WHERE a = " + (value + 1000)))
                .isEqualTo("1");
        return Long.parseLong(server.status("wsrep_repl_keys")) - filled;
    }

    /** MariaDB installs its handlers of SIGSEGV first, the JVM chains to them: an implicit null check must stay Java's. */
    @Test
    void implicit_null_checks_work_under_the_servers_signal_handlers() throws Exception {
        Distribution distribution = Distribution.copiedTo(temporary)
                .with(ProviderFactory.class, NullChecks.class, NullChecks.Box.class)
                .configured("-Dwsrep4j.provider.factory=" + NullChecks.class.getName());
        try (MariaDbServer server =
                MariaDbServer.named("null").provider(distribution.library()).create()) {
            server.bootstrap();
            assertThat(server.logText())
                    .contains(NullChecks.caughtOnAttachedThread(NullChecks.ROUNDS))
                    .contains(NullChecks.caughtOnOwnThread(NullChecks.ROUNDS));
            server.execute("CREATE TABLE test.t (a INT PRIMARY KEY)", "INSERT INTO test.t VALUES (1)");
            server.stop();
        }
    }

    @Test
    void a_script_of_the_server_inherits_no_descriptor() throws Exception {
        Path seen = temporary.resolve("seen");
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path script = temporary.resolve("notify.sh");
        Files.writeString(script, "#!/bin/sh\nls -l /proc/$$/fd >> " + seen + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (MariaDbServer server = MariaDbServer.named("fds")
                .provider(Providers.wsrep4j())
                .arguments("--wsrep-notify-cmd=" + script)
                .create()) {
            server.bootstrap();
            server.stop();
        }
        List<String> foreign = Files.readAllLines(seen, StandardCharsets.UTF_8).stream()
                .filter(line -> line.contains(" -> "))
                .filter(line -> line.contains("socket:")
                        || line.contains(".jar")
                        || line.contains("/modules")
                        || line.contains("galera.cache")
                        || line.contains("anon_inode"))
                .toList();
        assertThat(seen).isNotEmptyFile();
        assertThat(foreign).as("descriptors of ours in the server's script").isEmpty();
    }

    /** Each connection is a new thread that enters Java once: attached, and detached at its end. */
    @Test
    void short_connections_leak_neither_threads_nor_memory() throws Exception {
        int round = LONG ? 5_000 : 1_000;
        try (MariaDbServer server = MariaDbServer.named("short")
                .provider(Providers.wsrep4j())
                .arguments("--thread-cache-size=0")
                .create()) {
            server.bootstrap();
            server.execute("CREATE TABLE test.t (a INT PRIMARY KEY AUTO_INCREMENT)");
            connectAndCommit(server, round);
            long threads = threads(server);
            long resident = residentKib(server);
            connectAndCommit(server, round);
            assertThat(threads(server)).isLessThanOrEqualTo(threads + 3);
            assertThat(residentKib(server) - resident)
                    .as("KiB more after %d more connections", round)
                    .isLessThan(16 * 1024);
            server.stop();
        }
    }

    private static void connectAndCommit(MariaDbServer server, int connections) throws SQLException {
        for (int i = 0; i < connections; i++) {
            server.execute("INSERT INTO test.t VALUES ()");
        }
    }

    private static long threads(MariaDbServer server) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + server.process().pid() + "/task"))) {
            return tasks.count();
        }
    }

    private static long residentKib(MariaDbServer server) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + server.process().pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
