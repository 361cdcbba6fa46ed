package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two segments of a node of each kind, over IPv6: whoever relays between them, all get all (docs/spec/gcomm-transport-pc.md 8). */
@Timeout(400)
final class SegmentsTest {

    private static final Duration LOAD = Duration.ofSeconds(2);

    private static MariaDbServer server(String name, Path provider, int segment) throws IOException {
        return MariaDbServer.named(name)
                .provider(provider)
                .host("[::1]")
                .providerOptions("gmcast.segment=" + segment)
                .arguments("--wsrep-slave-threads=4")
                .create();
    }

    @Test
    void twoSegmentsOfBothKindsAreOneCluster() throws Exception {
        MariaDbServer galera = server("n1", Providers.galera(), 0);
        MariaDbServer near = server("n2", Providers.wsrep4j(), 0);
        MariaDbServer far = server("n3", Providers.galera(), 1);
        MariaDbServer farToo = server("n4", Providers.wsrep4j(), 1);
        try (Cluster cluster = Cluster.form(galera, near)) {
            cluster.add(far).joinFrom(near, galera);
            cluster.add(farToo).joinFrom(galera, near, far);
            cluster.awaitSynced();
            Conflicts.on(cluster, "test.before", LOAD);

            near.stop();
            far.execute("UPDATE test.before SET balance = balance + 5 WHERE id = 1");
            near.join(far, farToo);
            cluster.awaitSynced();
            Conflicts.on(cluster, "test.between", LOAD);
            assertThat(near.status("wsrep_incoming_addresses").split(",")).hasSize(4);

            far.kill();
            Cluster.awaitSynced(cluster.running());
            Conflicts.on(cluster, "test.after", LOAD);
            for (MariaDbServer server : cluster.running()) {
                server.stop();
            }
        }
    }
}
