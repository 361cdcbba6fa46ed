package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.gcomm.CuttingNetwork;
import io.wsrep4j.tests.mariadb.AcknowledgedInserts;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Three nodes under load and one misfortune after the other, several at a time: kill -9 of any number of nodes, stops, paused processes, partitions. Then
 * all is mended as an operator would, and nothing that was acknowledged is lost, no update has overwritten another, and all nodes are alike. Every
 * transaction is on its node's disk before it is acknowledged, so that this holds when all are killed.
 */
final class RandomFailuresTest {

    private static final int ROUNDS = 60;
    /** Less than a node that finds no primary component waits before it gives up: pc.announce_timeout and pc.wait_prim_timeout, 33 s. */
    private static final Duration UNAIDED = Duration.ofSeconds(25);

    private static final Duration MOMENT = Duration.ofSeconds(5);

    private final long seed = Long.getLong("wsrep4j.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<String> story = new ArrayList<>();

    @Test
    @Timeout(7200)
    @EnabledIfSystemProperty(named = "wsrep4j.effort", matches = "long")
    void nothingAcknowledgedIsLost() throws Exception {
        try (CuttingNetwork network = new CuttingNetwork(3);
                Cluster cluster = Cluster.form(server(network, 1), server(network, 2), server(network, 3))) {
            List<MariaDbServer> servers = cluster.running();
            for (int round = 1; round <= ROUNDS; round++) {
                tell("round " + round);
                try (AcknowledgedInserts inserts = AcknowledgedInserts.wandering("test.inserts" + round, servers, 3);
                        Increments increments = Increments.of("test.counters" + round, servers, 3)) {
                    inserts.awaitMore(100);
                    new Misfortunes(network, servers).happen(1 + random.nextInt(3));
                    inserts.awaitMore(50);
                    increments.endWithNoneLost(cluster);
                    inserts.endWithNothingLost(cluster);
                    assertThat(increments.acknowledged()).as("additions").isPositive();
                }
                servers.get(0).execute("DROP TABLE test.inserts" + round, "DROP TABLE test.counters" + round);
            }
        } catch (Throwable e) {
            e.addSuppressed(new AssertionError("the story, seed " + seed + ":\n" + String.join("\n", story)));
            throw e;
        }
    }

    private static MariaDbServer server(CuttingNetwork network, int place) throws IOException {
        String kind = System.getProperty("wsrep4j.tests.providers", "wsrep4j,wsrep4j,wsrep4j")
                .split(",")[place - 1];
        return MariaDbServer.named("n" + place)
                .provider(kind.equals("galera") ? Providers.galera() : Providers.wsrep4j())
                .network(network, place)
                .arguments("--wsrep-slave-threads=4", "--innodb-flush-log-at-trx-commit=1")
                .create();
    }

    private void tell(String what) {
        story.add(LocalTime.now() + " " + what);
        System.err.println("RandomFailures " + story.get(story.size() - 1));
    }

    private void letPass(int mostMillis) {
        // how long a misfortune lasts, and what happens meanwhile, is the point of the test
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(mostMillis)).toNanos());
    }

    /** Some that happen, and their mending. */
    private final class Misfortunes {

        private final CuttingNetwork network;
        private final List<MariaDbServer> servers;
        private final Set<MariaDbServer> paused = new HashSet<>();

        Misfortunes(CuttingNetwork network, List<MariaDbServer> servers) {
            this.network = network;
            this.servers = servers;
        }

        void happen(int count) throws Exception {
            for (int i = 0; i < count; i++) {
                one();
                letPass(random.nextBoolean() ? 300 : 9_000);
            }
            mend();
        }

        private void one() {
            List<MariaDbServer> awake = awake();
            if (awake.isEmpty()) {
                return;
            }
            MariaDbServer victim = awake.get(random.nextInt(awake.size()));
            switch (random.nextInt(7)) {
                case 0 -> kill(List.of(victim));
                case 1 -> kill(awake.subList(0, Math.min(2, awake.size())));
                case 2 -> kill(servers.stream().filter(this::runs).toList());
                case 3 -> {
                    tell(victim.name() + " is stopped");
                    victim.stop();
                }
                case 4 -> {
                    tell(victim.name() + " pauses");
                    victim.process().signal("STOP");
                    paused.add(victim);
                }
                case 5 -> {
                    List<Integer> places = shuffled(List.of(1, 2, 3));
                    tell("partition of " + places.get(0));
                    network.partition(Set.of(places.get(0)), Set.of(places.get(1), places.get(2)));
                }
                default -> {
                    tell("everybody is alone");
                    network.partition(Set.of(1), Set.of(2, 3));
                    network.partition(Set.of(2), Set.of(3));
                }
            }
        }

        private List<MariaDbServer> awake() {
            return shuffled(servers.stream()
                    .filter(server -> runs(server) && !paused.contains(server))
                    .toList());
        }

        private boolean runs(MariaDbServer server) {
            return server.process().isAlive();
        }

        private <T> List<T> shuffled(List<T> list) {
            List<T> copy = new ArrayList<>(list);
            Collections.shuffle(copy, random);
            return copy;
        }

        private void kill(List<MariaDbServer> victims) {
            for (MariaDbServer victim : victims) {
                tell(victim.name() + " is killed");
                victim.kill();
                paused.remove(victim);
            }
        }

        private void mend() throws Exception {
            network.heal();
            for (MariaDbServer server : paused) {
                server.process().signal("CONT");
            }
            tell("links and processes are whole again");
            List<MariaDbServer> dead =
                    shuffled(servers.stream().filter(server -> !runs(server)).toList());
            boolean served = oneServesWithin(dead.isEmpty() ? UNAIDED : MOMENT);
            // of one that lost the primary component alone it is not known whether it has all that the dead
            // acknowledged
            boolean allKnow = dead.size() == servers.size() && dead.stream().allMatch(this::knowsItsView);
            if (served || allKnow) {
                for (MariaDbServer server : dead) {
                    letPass(2_000);
                    startAgain(server, served);
                }
                served = served || oneServesWithin(UNAIDED);
            }
            if (!served) {
                beginAnew();
            }
            Cluster.awaitSynced(servers);
            tell("all are synced");
        }

        /** What an operator does when the nodes cannot know which of them has the newest state: looks at all, and lets that one begin. */
        private void beginAnew() throws IOException {
            MariaDbServer newest = null;
            String position = "";
            for (MariaDbServer server : servers) {
                if (runs(server)) {
                    server.kill();
                }
                String own = server.recoveredPosition();
                tell(server.name() + " has " + own);
                if (newest == null || seqno(own) > seqno(position)) {
                    newest = server;
                    position = own;
                }
            }
            tell(newest.name() + " begins anew");
            Path state = newest.dataDirectory().resolve("grastate.dat");
            Files.writeString(state, Files.readString(state).replace("safe_to_bootstrap: 0", "safe_to_bootstrap: 1"));
            newest.start("gcomm://", "--wsrep-new-cluster", "--wsrep-start-position=" + position);
            for (MariaDbServer server : servers) {
                if (server != newest) {
                    startAgain(server, true);
                }
            }
        }

        private long seqno(String position) {
            return Long.parseLong(position.substring(position.indexOf(':') + 1));
        }

        private boolean knowsItsView(MariaDbServer server) {
            return Files.exists(server.dataDirectory().resolve("gvwstate.dat"));
        }

        private void startAgain(MariaDbServer server, boolean othersHaveTheState) throws IOException {
            List<String> how = new ArrayList<>();
            if (!othersHaveTheState || random.nextBoolean()) {
                how.add("--wsrep-start-position=" + server.recoveredPosition());
            }
            tell(server.name() + " starts again " + how);
            MariaDbServer[] others =
                    servers.stream().filter(other -> other != server).toArray(MariaDbServer[]::new);
            server.launch(MariaDbServer.clusterAddress(others), how.toArray(String[]::new));
        }

        private boolean oneServesWithin(Duration patience) {
            long deadline = System.nanoTime() + patience.toNanos();
            while (servers.stream().noneMatch(this::serves)) {
                if (System.nanoTime() - deadline > 0) {
                    tell("none serves");
                    return false;
                }
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            }
            return true;
        }

        /** A read that waits for the group shows it; the status of one that has just been paused or cut off does not. */
        private boolean serves(MariaDbServer server) {
            if (!runs(server)) {
                return false;
            }
            try (Connection connection = server.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("SET SESSION wsrep_sync_wait = 1");
                statement.execute("SELECT COUNT(*) FROM mysql.global_priv");
                return true;
            } catch (SQLException refused) {
                return false;
            }
        }
    }
}
