package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.kit.SilentStrangers;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.Certificate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Strangers hold the cluster ports of all nodes with connections that say nothing: nodes join and come back all the same, and logs stay short. */
@Timeout(400)
final class FloodedPortTest {

    private static final int STRANGERS = 200;

    /** A quiet cluster writes some 200 lines a node while it forms, takes a node and loses one. */
    private static final long LINES = 900;

    @TempDir
    private Path directory;

    private MariaDbServer server(String name, String scheme, Certificate certificate) throws IOException {
        String tls = certificate.options().entrySet().stream()
                .map(option -> option.getKey() + "=" + option.getValue())
                .collect(Collectors.joining(";"));
        var settings = MariaDbServer.named(name).provider(Providers.wsrep4j());
        return scheme.equals("ssl")
                ? settings.scheme("ssl").providerOptions(tls).create()
                : settings.create();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "ssl"})
    void nodesJoinAndComeBack(String scheme) throws Exception {
        Certificate certificate = Certificate.create(directory, "group");
        MariaDbServer first = server("n1", scheme, certificate);
        MariaDbServer second = server("n2", scheme, certificate);
        MariaDbServer third = server("n3", scheme, certificate);
        MariaDbServer fourth = server("n4", scheme, certificate);
        List<SilentStrangers> floods = new ArrayList<>();
        try (Cluster cluster = Cluster.form(first, second, third)) {
            first.execute("CREATE TABLE test.t (a INT AUTO_INCREMENT PRIMARY KEY, b VARCHAR(100))");
            for (MariaDbServer server : cluster.running()) {
                floods.add(new SilentStrangers("127.0.0.1", server.groupPort(), STRANGERS, new byte[0]));
            }
            cluster.add(fourth).join(first, second, third);
            cluster.awaitSynced();
            third.kill();
            second.execute("INSERT INTO test.t (b) VALUES ('while one is away')");
            third.join(first, second, fourth);
            cluster.awaitAllSynced();
            for (MariaDbServer server : cluster.running()) {
                server.execute("INSERT INTO test.t (b) VALUES ('" + server.name() + "')");
            }
            cluster.awaitEverywhere("SELECT COUNT(*) FROM test.t", "5");
            cluster.awaitSameChecksums("test.t");
            for (SilentStrangers flood : floods) {
                flood.close();
            }
            for (MariaDbServer server : cluster.running()) {
                assertThat(server.logText().lines().count())
                        .as("lines of " + server.name())
                        .isLessThan(LINES);
                assertThat(server.logText()).doesNotContain("exceptionCaught");
            }
        } finally {
            for (SilentStrangers flood : floods) {
                flood.close();
            }
        }
    }
}
