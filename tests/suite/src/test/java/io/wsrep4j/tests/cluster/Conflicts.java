package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.Cluster;
import java.time.Duration;
import java.util.List;

/** Clients of all nodes write the same few rows for a while; then all nodes are alike, and the losers were told. */
final class Conflicts {

    private Conflicts() {}

    static void on(Cluster cluster, String table, Duration load) throws Exception {
        List<MoneyTransfers.Tally> tallies;
        try (MoneyTransfers transfers = MoneyTransfers.between(table, cluster.running())) {
            Thread.sleep(load.toMillis());
            tallies = transfers.end();
            cluster.awaitEverywhere(transfers.total(), MoneyTransfers.expectedTotal());
        }
        assertThat(tallies).as("what each client saw").allMatch(client -> client.committed() > 0);
        assertThat(tallies.stream().mapToLong(MoneyTransfers.Tally::deadlocks).sum())
                .as("conflicts reported")
                .isPositive();
        cluster.awaitAlike("SELECT GROUP_CONCAT(id, ':', balance ORDER BY id) FROM " + table);
        cluster.awaitSameChecksums(table);
    }
}
