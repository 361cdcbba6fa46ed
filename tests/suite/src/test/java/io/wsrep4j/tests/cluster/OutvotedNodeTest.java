package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node whose own schema change fails there alone is voted out; the statement ends as any that failed, and the server as any that left. */
@Timeout(300)
final class OutvotedNodeTest {

    private static final int COLUMN_EXISTS = 1060;

    private Cluster cluster;

    @BeforeEach
    void form() throws Exception {
        cluster = Cluster.form(server("n1"), server("n2"), server("n3"));
    }

    private static MariaDbServer server(String name) throws IOException {
        String provider = System.getProperty("wsrep4j.tests.provider", "wsrep4j");
        return MariaDbServer.named(name)
                .provider(provider.equals("galera") ? Providers.galera() : Providers.wsrep4j())
                .arguments("--wsrep-slave-threads=2", "--wsrep-ignore-apply-errors=0")
                .create();
    }

    @AfterEach
    void remove() throws IOException {
        cluster.close();
    }

    @Test
    void theEndOfItsIsolatedStatementSucceeds() throws Exception {
        MariaDbServer odd = cluster.node(2);
        cluster.node(0).execute("CREATE TABLE test.t (a INT PRIMARY KEY)");
        cluster.awaitEverywhere("SELECT COUNT(*) FROM test.t", "0");
        try (Connection connection = odd.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION wsrep_on=OFF");
            statement.execute("ALTER TABLE test.t ADD COLUMN only_here INT");
            statement.execute("SET SESSION wsrep_on=ON");

            assertThatThrownBy(() -> statement.execute("ALTER TABLE test.t ADD COLUMN only_here INT"))
                    .isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getErrorCode())
                            .as(failure.getMessage())
                            .isEqualTo(COLUMN_EXISTS));
        }
        odd.awaitStatus("wsrep_cluster_status", "Disconnected", Cluster.SOON);
        cluster.node(0).awaitStatus("wsrep_cluster_size", "2", Cluster.SOON);
        assertThat(odd.logSinceLaunch())
                .contains("Inconsistent by consensus")
                .doesNotContain("TO isolation end failed");

        cluster.node(0).execute("INSERT INTO test.t VALUES (1, 2)");
        odd.stop();
        // it must take a snapshot now
        assertThat(odd.savedState()).contains("seqno:   -1");
        odd.join(cluster.node(0), cluster.node(1));
        cluster.awaitSameChecksums("test.t");
    }
}
