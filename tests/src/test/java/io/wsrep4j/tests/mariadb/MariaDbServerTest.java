package io.wsrep4j.tests.mariadb;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The fixture itself, with the reference provider: two servers form a cluster, and a stop is clean. */
final class MariaDbServerTest {

    @Test
    void twoServersWithGaleraFormACluster() throws Exception {
        try (MariaDbServer first =
                        MariaDbServer.named("n1").provider(Providers.galera()).create();
                MariaDbServer second =
                        MariaDbServer.named("n2").provider(Providers.galera()).create()) {
            first.bootstrap();
            first.execute("CREATE TABLE test.t (a INT PRIMARY KEY)", "INSERT INTO test.t VALUES (1)");
            second.join(first);
            first.awaitStatus("wsrep_cluster_size", "2", Duration.ofSeconds(30));
            assertThat(second.queryOne("SELECT COUNT(*) FROM test.t")).isEqualTo("1");
            second.stop();
            first.stop();
        }
    }
}
