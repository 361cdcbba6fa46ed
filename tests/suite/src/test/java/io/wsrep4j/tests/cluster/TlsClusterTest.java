package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.Certificate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node of Galera's and two of ours, whose group and incremental transfers are encrypted (docs/spec/replicator-state-transfer.md 20.5). */
@Timeout(400)
final class TlsClusterTest {

    @TempDir
    private Path directory;

    private Certificate certificate;

    @BeforeEach
    void createCertificate() throws IOException {
        certificate = Certificate.create(directory, "group");
    }

    private MariaDbServer server(String name, Path provider, String scheme, String more) throws IOException {
        return MariaDbServer.named(name)
                .provider(provider)
                .scheme(scheme)
                .providerOptions(certificate.options().entrySet().stream()
                                .map(option -> option.getKey() + "=" + option.getValue())
                                .collect(Collectors.joining(";"))
                        + more)
                .create();
    }

    @Test
    void nodesJoinAndComeBackOverEncryptedConnections() throws Exception {
        MariaDbServer galera = server("n1", Providers.galera(), "ssl", "");
        MariaDbServer second = server("n2", Providers.wsrep4j(), "ssl", "");
        MariaDbServer third = server("n3", Providers.wsrep4j(), "ssl", "");
        try (Cluster cluster = Cluster.form(galera, second)) {
            cluster.add(third).joinFrom(second, galera);
            cluster.awaitSynced();
            galera.execute(
                    "CREATE TABLE test.t (a INT PRIMARY KEY, b VARCHAR(100))",
                    "INSERT INTO test.t SELECT seq, 'first' FROM seq_1_to_1000");
            comesBack(cluster, galera, second, third);
            comesBack(cluster, second, galera, third);
            comesBack(cluster, third, second, galera);
            cluster.awaitSameChecksums("test.t");
            for (MariaDbServer server : cluster.running()) {
                server.stop();
            }
        }
    }

    private static void comesBack(Cluster cluster, MariaDbServer joiner, MariaDbServer donor, MariaDbServer other)
            throws Exception {
        joiner.stop();
        donor.execute("INSERT INTO test.t SELECT 1 + MAX(a), 'without " + joiner.name() + "' FROM test.t");
        other.execute("UPDATE test.t SET b = CONCAT('" + joiner.name() + " was away', a)");
        int before = donor.logText().length();
        joiner.joinFrom(donor, other);
        cluster.awaitSynced();
        assertThat(donor.logText().substring(before)).contains("|ssl://127.0.0.1:" + joiner.istPort(), "--bypass");
    }
}
