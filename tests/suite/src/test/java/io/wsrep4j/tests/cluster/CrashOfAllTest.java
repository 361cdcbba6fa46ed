package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.AcknowledgedInserts;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Kill -9 of all nodes at once, under load, with hosts that flush their logs once a second. Each is started again as the system's unit does it, with the
 * position that its storage engine has recorded, and nobody says which of them is to begin: their saved views and the write-set caches are enough to
 * lose nothing that was acknowledged.
 */
@Timeout(600)
final class CrashOfAllTest {

    private static final int CLIENTS = 6;
    /** Takes longer than the hosts leave unflushed. */
    private static final int ROWS = 1500;

    private static final String RECOVERS = " from the own write-set cache";

    @Test
    void nothingAcknowledgedIsLost() throws Exception {
        crash(2);
    }

    @Test
    @Timeout(7200)
    @EnabledIfSystemProperty(named = "wsrep4j.effort", matches = "long")
    void nothingAcknowledgedIsLostHoweverOften() throws Exception {
        crash(Integer.getInteger("wsrep4j.rounds", 30));
    }

    private static void crash(int rounds) throws Exception {
        int recoveries = 0;
        try (Cluster cluster = Cluster.form(server("n1"), server("n2"), server("n3"))) {
            List<MariaDbServer> servers = cluster.running();
            for (int round = 1; round <= rounds; round++) {
                String rows = "test.rows" + round;
                String counters = "test.counters" + round;
                try (AcknowledgedInserts inserts = AcknowledgedInserts.wandering(rows, servers, CLIENTS);
                        Increments increments = Increments.of(counters, servers, servers.size())) {
                    inserts.awaitMore(ROWS);
                    killAllAtOnce(servers);
                    startAll(servers);
                    Cluster.awaitSynced(servers);
                    inserts.awaitMore(50);
                    increments.endWithNoneLost(cluster);
                    inserts.endWithNothingLost(cluster);
                    assertThat(increments.acknowledged()).as("additions").isPositive();
                }
                recoveries += recoveries(servers);
                servers.get(0).execute("DROP TABLE " + rows, "DROP TABLE " + counters);
            }
        }
        assertThat(recoveries).as("recoveries in " + rounds + " rounds").isPositive();
    }

    /** The configuration without the first to die is among what the others have to bring back, and their saved views know nothing of it. */
    @Test
    void nothingIsLostByThoseWhoWentOn() throws Exception {
        try (Cluster cluster = Cluster.form(server("n1"), server("n2"), server("n3"))) {
            List<MariaDbServer> servers = cluster.running();
            List<MariaDbServer> rest = servers.subList(0, 2);
            try (AcknowledgedInserts inserts = AcknowledgedInserts.into("test.inserts", rest)) {
                inserts.awaitMore(ROWS);
                servers.get(2).kill();
                for (MariaDbServer server : rest) {
                    inserts.awaitProgress(server);
                }
                killAllAtOnce(rest);
                startAll(servers);
                Cluster.awaitSynced(servers);
                inserts.endWithNothingLost(cluster);
            }
            assertThat(recoveries(servers)).isPositive();
        }
    }

    @Test
    void aDamagedCacheLosesNothingThatAnotherHas() throws Exception {
        try (Cluster cluster = Cluster.form(server("n1"), server("n2"), server("n3"))) {
            List<MariaDbServer> servers = cluster.running();
            try (AcknowledgedInserts inserts = AcknowledgedInserts.into("test.inserts", servers.subList(2, 3))) {
                inserts.awaitMore(ROWS);
                killAllAtOnce(servers);
                Path cut = ring(servers.get(0));
                try (RandomAccessFile file = new RandomAccessFile(cut.toFile(), "rw")) {
                    file.setLength(Files.size(cut) / 100);
                }
                Files.delete(ring(servers.get(1)));
                startAll(servers);
                Cluster.awaitSynced(servers);
                inserts.endWithNothingLost(cluster);
            }
            assertThat(recoveries(servers.subList(2, 3))).isPositive();
            assertThat(recoveries(servers.subList(0, 2))).isZero();
        }
    }

    /** Its own clients may lose what it alone had, but it takes over what ours bring back. */
    @Test
    void aMemberOfGaleraTakesOverWhatOursBringBack() throws Exception {
        MariaDbServer other =
                MariaDbServer.named("n3").provider(Providers.galera()).create();
        try (Cluster cluster = Cluster.form(server("n1"), server("n2"), other)) {
            List<MariaDbServer> servers = cluster.running();
            try (AcknowledgedInserts inserts = AcknowledgedInserts.into("test.inserts", servers.subList(0, 2))) {
                inserts.awaitMore(ROWS);
                killAllAtOnce(servers);
                startAll(servers);
                Cluster.awaitSynced(servers);
                inserts.endWithNothingLost(cluster);
            }
            assertThat(recoveries(servers)).isPositive();
        }
    }

    private static Path ring(MariaDbServer server) {
        return server.dataDirectory().resolve("galera.cache");
    }

    private static int recoveries(List<MariaDbServer> servers) {
        return (int) servers.stream()
                .filter(server -> server.logSinceLaunch().contains(RECOVERS))
                .count();
    }

    private static MariaDbServer server(String name) throws IOException {
        return MariaDbServer.named(name)
                .provider(Providers.wsrep4j())
                .arguments("--wsrep-slave-threads=4", "--innodb-flush-log-at-trx-commit=0")
                .create();
    }

    private static void killAllAtOnce(List<MariaDbServer> servers) {
        servers.parallelStream().forEach(MariaDbServer::kill);
    }

    private static void startAll(List<MariaDbServer> servers) throws IOException {
        Map<MariaDbServer, String> positions = new HashMap<>();
        for (MariaDbServer server : servers) {
            positions.put(server, server.recoveredPosition());
        }
        for (MariaDbServer server : servers) {
            MariaDbServer[] others =
                    servers.stream().filter(other -> other != server).toArray(MariaDbServer[]::new);
            server.launch(MariaDbServer.clusterAddress(others), "--wsrep-start-position=" + positions.get(server));
        }
    }
}
