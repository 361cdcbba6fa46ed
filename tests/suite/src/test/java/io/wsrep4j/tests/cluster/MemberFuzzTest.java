package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.ActionMemory;
import io.wsrep4j.gcomm.group.Group;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.provider.writeset.KeyFormat;
import io.wsrep4j.provider.writeset.WriteSetBuilder;
import io.wsrep4j.provider.writeset.WriteSetFormat;
import io.wsrep4j.tests.gcomm.CuttingNetwork;
import io.wsrep4j.tests.gcomm.FrameMutator;
import io.wsrep4j.tests.group.GroupMember;
import io.wsrep4j.tests.mariadb.AcknowledgedInserts;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A member of a live cluster whose every word, in every layer, may be something else by the time it arrives: it joins, takes part, writes, votes and
 * leaves, and is changed on the way. The three real nodes commit all the while, none is lost, all stay alike and none grows. A life of the member lasts for
 * some ten lies, and then some seconds until the next. With the long effort; {@code -Dwsrep4j.inputs} says how many of its words are changed.
 */
final class MemberFuzzTest {

    private static final int INPUTS = Integer.getInteger("wsrep4j.inputs", 100_000);
    private static final int BATCH = 200;
    private static final int ONE_IN = 6;
    private static final int HOSTILE = 4;
    private static final long SEED = Long.getLong("wsrep4j.seed", 12);
    private static final int COMPLAINTS = 30;
    private static final long MOST_GROWTH = 64L << 20;
    /** The longest that one life of the member may last, so that one that is not heard any more makes room for the next. */
    private static final Duration LIFE = Duration.ofSeconds(2);

    private static final Duration PACE = Duration.ofMillis(20);

    private final Random random = new Random(SEED);
    private final FrameMutator mutator = new FrameMutator(SEED, HOSTILE);
    private int lives;

    @Test
    @Timeout(14_400)
    @EnabledIfSystemProperty(named = "wsrep4j.effort", matches = "long")
    void whateverOneMemberSaysTheOthersGoOn(@TempDir Path directory) throws Exception {
        try (CuttingNetwork network = new CuttingNetwork(HOSTILE, mutator::between);
                Cluster cluster = Cluster.form(server(network, 1), server(network, 2), server(network, 3))) {
            fuzz(cluster, network, directory);
        }
    }

    private void fuzz(Cluster cluster, CuttingNetwork network, Path directory) throws Exception {
        List<MariaDbServer> servers = cluster.running();
        try {
            batch(network, directory, 0);
            settled(cluster, servers);
            long[] resting = resident(servers);
            while (mutator.mutations() < INPUTS) {
                try (AcknowledgedInserts load = AcknowledgedInserts.into("test.load", servers, PACE)) {
                    batch(network, directory, Math.min(INPUTS, mutator.mutations() + BATCH));
                    for (MariaDbServer server : servers) {
                        load.awaitProgress(server);
                    }
                    load.endWithNothingLost(cluster);
                }
                settled(cluster, servers);
                long[] now = resident(servers);
                for (int i = 0; i < now.length; i++) {
                    assertThat(now[i] - resting[i])
                            .as("bytes that n%d has grown by after %d inputs", i + 1, mutator.mutations())
                            .isLessThan(MOST_GROWTH);
                }
                servers.get(0).execute("DROP TABLE test.load");
            }
        } catch (Throwable e) {
            e.addSuppressed(new AssertionError("seed " + SEED + ", after " + mutator.mutations() + " inputs in " + lives
                    + " lives of the member" + complaints(servers)));
            throw e;
        }
    }

    private static MariaDbServer server(CuttingNetwork network, int place) throws IOException {
        return MariaDbServer.named("n" + place)
                .provider(Providers.wsrep4j())
                .network(network, place)
                .providerOptions(
                        "evs.keepalive_period=PT0.5S;evs.suspect_timeout=PT1.5S;evs.inactive_timeout=PT5S;gmcast.time_wait=PT1S")
                .arguments("--wsrep-slave-threads=2")
                .create();
    }

    private static void settled(Cluster cluster, List<MariaDbServer> servers) throws Exception {
        cluster.awaitAllSynced();
        for (MariaDbServer server : servers) {
            server.execute(
                    "CREATE TABLE IF NOT EXISTS test.t (a INT AUTO_INCREMENT PRIMARY KEY)",
                    "INSERT INTO test.t () VALUES ()");
        }
        cluster.awaitSameChecksums("test.t");
    }

    /** Memory of its own that each process has, in bytes. */
    private static long[] resident(List<MariaDbServer> servers) throws IOException {
        long[] bytes = new long[servers.size()];
        for (int i = 0; i < bytes.length; i++) {
            for (String line : Files.readAllLines(
                    Path.of("/proc", Long.toString(servers.get(i).process().pid()), "status"))) {
                if (line.startsWith("RssAnon:")) {
                    bytes[i] = Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
        }
        return bytes;
    }

    /** One life of the member after the other until so many words were changed; at least one. */
    private void batch(CuttingNetwork network, Path directory, int inputs) throws IOException {
        do {
            Path home = Files.createDirectory(directory.resolve("life" + ++lives));
            boolean fromTheBeginning = lives % 3 == 0;
            mutator.oneIn(inputs > 0 && fromTheBeginning ? ONE_IN : 0);
            try (GroupMember member = join(network, home)) {
                if (!fromTheBeginning) {
                    member.awaitMembers(HOSTILE, Cluster.SOON);
                }
                mutator.oneIn(inputs > 0 ? ONE_IN : 0);
                live(member, inputs);
            } catch (GroupException refused) {
                // what it said was no way to join: the next life follows
            } finally {
                mutator.oneIn(0);
            }
        } while (mutator.mutations() < inputs);
    }

    private GroupMember join(CuttingNetwork network, Path home) throws GroupException {
        Map<String, String> options = Map.of(
                "gmcast.listen_addr", network.listenAddress(HOSTILE),
                "evs.keepalive_period", "PT0.5S",
                "evs.suspect_timeout", "PT1.5S",
                "evs.inactive_timeout", "PT5S",
                "pc.announce_timeout", "PT3S",
                "pc.linger", "PT0.2S");
        return GroupMember.join(
                "hostile" + lives,
                "gcomm://" + network.address(1) + "," + network.address(2) + "," + network.address(3),
                "wsrep4j-test",
                false,
                options,
                home);
    }

    private void live(GroupMember member, int inputs) {
        long end = System.nanoTime() + LIFE.toNanos();
        WriteSetBuilder writeSet = new WriteSetBuilder(WriteSetFormat.ofProtocol(10, KeyFormat.FLAT8));
        while (member.end() == null && System.nanoTime() < end && (inputs == 0 || mutator.mutations() < inputs)) {
            act(member, writeSet);
            LockSupport.parkNanos(2_000_000); // its pace
        }
    }

    private void act(GroupMember member, WriteSetBuilder writeSet) {
        Group group = member.group();
        switch (random.nextInt(8)) {
            case 0 -> group.reportDiscardable(member.position());
            case 1 -> group.join(member.position(), 0);
            case 2 -> group.causalPosition(1);
            default -> send(group, writeSet);
        }
    }

    /** A write set that changes nothing: keys, now and then those of real rows, and no events. */
    private void send(Group group, WriteSetBuilder writeSet) {
        writeSet.clear();
        writeSet.appendKey(Key.of("test", "t", Integer.toString(random.nextInt(50))), KeyType.EXCLUSIVE);
        ActionBuffer buffer = ActionMemory.heap().allocate(Math.toIntExact(writeSet.sealedBytes()));
        writeSet.seal(
                buffer.bytes(),
                0,
                TransactionFlags.TRX_START | TransactionFlags.TRX_END,
                new Uuid(random.nextLong(), random.nextLong()),
                1,
                random.nextInt(1000));
        Runnable stamp = () -> writeSet.stampForSending(buffer.bytes(), 0, 0, 0, System.nanoTime());
        if (group.send(buffer, stamp) != ReplicationResult.Status.ORDERED) {
            buffer.release();
        }
    }

    /** The last of what the servers had to say. */
    private static String complaints(List<MariaDbServer> servers) throws IOException {
        StringBuilder all = new StringBuilder();
        for (MariaDbServer server : servers) {
            List<String> lines = server.logText()
                    .lines()
                    .filter(line -> line.contains("[ERROR]") || line.contains("[Warning]"))
                    .toList();
            lines.subList(Math.max(0, lines.size() - COMPLAINTS), lines.size())
                    .forEach(line ->
                            all.append('\n').append(server.name()).append(": ").append(line));
        }
        return all.toString();
    }
}
