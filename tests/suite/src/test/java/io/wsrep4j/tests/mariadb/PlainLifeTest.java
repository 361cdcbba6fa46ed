package io.wsrep4j.tests.mariadb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an operator reads of three nodes that start, join, work, leave and end, with nothing going wrong. */
@Timeout(300)
final class PlainLifeTest {

    /** Of the server itself: the fixture's nodes are all on this machine. */
    private static final String SERVERS_OWN = "wsrep_sst_receive_address is set to '127.0.0.1";

    /** Galera starts with it, MariaDB's tests give it so that there is no history for joiners. */
    private static final String TINY_CACHE = "option 'gcache.size' = '1' is taken for '0'";

    @Test
    void nothingIsWarnedOfWhenNothingIsWrong() throws Exception {
        try (Cluster cluster = Cluster.form(server("n1", ""), server("n2", ""), server("n3", "gcache.size=1"))) {
            cluster.node(0)
                    .execute("CREATE TABLE test.life (id INT PRIMARY KEY)", "INSERT INTO test.life VALUES (1), (2)");
            cluster.awaitEverywhere("SELECT COUNT(*) FROM test.life", "2");
            cluster.node(2).stop();
            cluster.awaitSynced();
            cluster.node(2).join(cluster.node(0));
            cluster.awaitAllSynced();
            for (int place = 0; place < 3; place++) {
                cluster.node(place).stop();
            }

            assertThat(warnings(cluster.node(0))).isEmpty();
            assertThat(warnings(cluster.node(1))).isEmpty();
            assertThat(warnings(cluster.node(2))).isEmpty();
            assertThat(lines(cluster.node(2)))
                    .filteredOn(line -> line.contains(TINY_CACHE))
                    .as("notes of the tiny cache")
                    .hasSize(2);
            for (int place = 0; place < 3; place++) {
                assertThat(lines(cluster.node(place)))
                        .as("class names and stacks")
                        .noneMatch(
                                line -> line.matches(".*WSREP: \\S*(java|io\\.netty|net\\.openhft|io\\.wsrep4j)\\..*"))
                        .noneMatch(line -> line.matches(".*\\bat \\S+\\(\\S+\\.java:\\d+\\).*"));
            }
        }
    }

    private static MariaDbServer server(String name, String options) throws IOException {
        return MariaDbServer.named(name)
                .provider(Providers.wsrep4j())
                .providerOptions(options)
                .create();
    }

    private static Stream<String> lines(MariaDbServer server) throws IOException {
        return server.logText().lines();
    }

    private static List<String> warnings(MariaDbServer server) throws IOException {
        return lines(server)
                .filter(line -> line.contains("WSREP"))
                .filter(line -> line.contains("[Warning]") || line.contains("[ERROR]"))
                .filter(line -> !line.contains(SERVERS_OWN))
                .toList();
    }
}
