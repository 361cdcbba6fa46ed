package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.tests.mariadb.AcknowledgedInserts;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.mariadb.ServerSettings;
import io.wsrep4j.tests.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * A node of three has no descriptor left under load: what needs one fails with a reason, everything else goes on, and it can be ended. The others go on
 * with equal data, and another may join that cannot connect to it.
 */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ShortOfDescriptorsTest {

    private static final int PLENTY = 20_000;
    private static final int FEW = 100;
    private static final int SPARE = 100;
    private static final int TOO_LARGE_FOR_THE_RING = 6 << 20;

    private Cluster cluster;
    private MariaDbServer writer;
    private MariaDbServer small;
    private MariaDbServer third;
    private int table;

    @BeforeAll
    void formCluster() throws IOException {
        writer = server("n1").create();
        small = server("n2")
                .providerOptions("gcache.size=8M;gcache.page_size=4M")
                .arguments("--binlog-cache-size=16M")
                .create();
        third = server("n3").create();
        cluster = Cluster.form(writer, small, third);
    }

    private static ServerSettings server(String name) {
        return MariaDbServer.named(name)
                .provider(Providers.wsrep4j())
                .arguments("--wsrep-slave-threads=4", "--max-allowed-packet=64M", "--max-connections=1000");
    }

    @AfterAll
    void removeCluster() throws IOException {
        cluster.close();
    }

    @BeforeEach
    void allAreThere() {
        cluster.awaitAllSynced();
    }

    @AfterEach
    void mend() throws IOException {
        if (small.process().isAlive()) {
            limit(PLENTY);
        }
    }

    /** The soft limit of the running server; by its own user, since root may lack the right to change others' limits. */
    private void limit(int descriptors) throws IOException {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("setpriv", "--reuid=mysql", "--regid=mysql", "--clear-groups"));
        }
        command.addAll(List.of("prlimit", "--pid=" + small.process().pid(), "--nofile=" + descriptors + ":"));
        Command.run(command);
    }

    private int descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + small.process().pid() + "/fd"))) {
            return (int) open.count();
        }
    }

    @Test
    void aNodeWithoutDescriptorsServesAndOthersComeAndGo() throws Exception {
        String name = newTable(writer);
        try (AcknowledgedInserts load = AcknowledgedInserts.into("test.load" + ++table, List.of(writer, small));
                Connection client = small.connect();
                Statement statement = client.createStatement()) {
            load.awaitProgress(small);
            limit(Math.min(FEW, descriptors()));
            assertThatThrownBy(() -> statement.execute(large(name)))
                    .hasMessageContaining("Maximum writeset size exceeded");
            assertThat(small.logSinceLaunch()).contains("Too many open files");
            third.stop();
            load.awaitProgress(small);
            // not even the ones that its connection to the third has given back
            limit(Math.min(FEW, descriptors()));
            // it cannot connect to the one without descriptors, and hears by way of the other what that one says
            third.joinFrom(writer);
            load.awaitProgress(writer);
            load.awaitProgress(small);
            limit(PLENTY);
            statement.execute(large(name));
            load.endWithNothingLost(cluster);
        }
        cluster.awaitSameChecksums(name);
    }

    @Test
    void aNodeWhoseClientsTookAllDescriptorsServesAndIsEnded() throws Exception {
        List<Connection> clients = new ArrayList<>();
        try (AcknowledgedInserts load = AcknowledgedInserts.into("test.load" + ++table, cluster.running())) {
            load.awaitProgress(small);
            limit(descriptors() + SPARE);
            assertThatThrownBy(() -> {
                        while (clients.size() <= PLENTY) {
                            clients.add(small.connect());
                        }
                    })
                    .isInstanceOf(SQLException.class);
            load.awaitProgress(small);
            small.stop();
            load.awaitProgress(writer);
            small.join(writer);
            load.endWithNothingLost(cluster);
        } finally {
            for (Connection client : clients) {
                client.close();
            }
        }
    }

    private static String large(String name) {
        return "INSERT INTO " + name + " VALUES (1, REPEAT('x', " + TOO_LARGE_FOR_THE_RING + "))";
    }

    private synchronized String newTable(MariaDbServer server) throws SQLException {
        String name = "test.t" + ++table;
        server.execute("CREATE TABLE " + name + " (id INT PRIMARY KEY, content LONGBLOB)");
        cluster.awaitEverywhere("SELECT COUNT(*) FROM " + name, "0");
        return name;
    }
}
