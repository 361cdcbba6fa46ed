package io.wsrep4j.tests.certification;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Provider;
import io.wsrep4j.api.View;
import io.wsrep4j.jna.NativeProvider;
import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.FreePorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two real Galera nodes execute random conflicting transactions; what they said about each seqno is what our certification says about the
 * same bytes (issue 5; docs/spec/writeset-certification.md checklist 51, as far as it concerns certification).
 */
class DifferentialCertificationTest {

    private static final Logger LOGGER = LoggerFactory.getLogger(DifferentialCertificationTest.class);
    private static final boolean LONG_EFFORT = "long".equals(System.getProperty("wsrep4j.effort"));
    private static final int CLIENTS = 3;
    private static final int APPLIERS = 2;
    private static final Duration PATIENCE = Duration.ofMinutes(LONG_EFFORT ? 30 : 8);

    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    @TempDir
    private Path directory;

    @Timeout(value = 40, unit = TimeUnit.MINUTES)
    @ParameterizedTest(name = "protocol {0}")
    @ValueSource(ints = {11, 10})
    void galeraAndWeDecideAlike(int protocol) throws Exception {
        int transactions = (LONG_EFFORT ? 1_000_000 : 100_000) / (protocol == 11 ? 1 : 5);
        long seed = ThreadLocalRandom.current().nextLong();
        SentWriteSets sent = new SentWriteSets();
        int portA = FreePorts.consecutive(2);
        int portB = FreePorts.consecutive(2);
        int tapPort = FreePorts.one();
        try (WireTap tap = new WireTap(tapPort, portA, () -> new WriteSetScanner(sent::add));
                ObservingHost a = new ObservingHost("a", provider());
                ObservingHost b = new ObservingHost("b", provider())) {
            a.start(folder("a" + protocol), portA, options(portA, protocol), "gcomm://", true, APPLIERS);
            a.donateTo(b);
            b.start(
                    folder("b" + protocol),
                    portB,
                    options(portB, protocol),
                    "gcomm://127.0.0.1:" + tapPort,
                    false,
                    APPLIERS);
            b.stallEvery(50);
            load(transactions, seed, a, b);
            awaitEqual(a, b);
            tap.check();
            a.check();
            b.check();

            long first = joinedAt(a, b);
            Map<Long, View> views = Map.copyOf(a.views());
            compare(a, b, protocol, first, sent, views, seed);
            compare(b, a, protocol, first, sent, views, seed);
        }
    }

    private void compare(
            ObservingHost node,
            ObservingHost other,
            int protocol,
            long first,
            SentWriteSets sent,
            Map<Long, View> views,
            long seed)
            throws Exception {
        Replay replay = new Replay(node.name() + ", seed " + seed, sent.reading(), other.observations());
        replay.run(protocol, first, node.observations(), views);
        int count = node.observations().size();
        LOGGER.info(
                "node {}, protocol {}: {} write sets, {} failed, {} dependencies compared, {} purges, mean staleness {}",
                node.name(),
                protocol,
                count,
                replay.failed(),
                replay.comparedDependencies(),
                replay.floors(),
                replay.meanStaleness(count));
        // the run was worth something: conflicts happened, and the floor explained little
        assertThat(replay.failed()).isGreaterThan(count / 100);
        assertThat(replay.comparedDependencies()).isGreaterThan(count / 2);
        assertThat(replay.floors()).isBetween(1, count / 20);
    }

    private static Provider provider() {
        return new NativeProvider(Providers.galera());
    }

    private static String options(int port, int protocol) {
        return "base_host=127.0.0.1;base_port=" + port + ";gmcast.listen_addr=tcp://127.0.0.1:" + port
                + ";ist.recv_addr=127.0.0.1:" + (port + 1) + ";gcs.fc_limit=10000;gcache.size=64M;pc.recovery=no"
                + ";repl.proto_max=" + protocol;
    }

    private Path folder(String name) throws Exception {
        return Files.createDirectory(directory.resolve(name));
    }

    private void load(int transactions, long seed, ObservingHost... hosts) throws InterruptedException {
        AtomicInteger left = new AtomicInteger(transactions);
        List<Thread> threads = new ArrayList<>();
        for (ObservingHost host : hosts) {
            AtomicLong transactionIds = new AtomicLong();
            for (int connection = 1; connection <= CLIENTS; connection++) {
                RandomClient client = new RandomClient(host, connection, transactionIds, seed + threads.size());
                Thread thread = new Thread(() -> run(client, left), host.name() + "-client-" + connection);
                threads.add(thread);
                thread.start();
            }
        }
        for (Thread thread : threads) {
            thread.join(PATIENCE.toMillis());
            assertThat(thread.isAlive()).as("%s still runs", thread.getName()).isFalse();
        }
        assertThat(failure.get()).as("seed %d", seed).isNull();
    }

    private void run(RandomClient client, AtomicInteger left) {
        try {
            while (left.getAndDecrement() > 0 && failure.get() == null) {
                client.run();
            }
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        }
    }

    private static void awaitEqual(ObservingHost a, ObservingHost b) {
        Await.until(
                "both nodes have seen everything",
                Duration.ofMinutes(1),
                () -> a.observations().keySet().equals(b.observations().keySet()),
                () -> a.observations().size() + " and " + b.observations().size());
    }

    /** Seqno of the view in which both were members for the first time. */
    private static long joinedAt(ObservingHost a, ObservingHost b) {
        return a.views().values().stream()
                .filter(view -> view.members().size() == 2)
                .mapToLong(view -> view.stateId().seqno())
                .min()
                .orElseThrow(() -> new AssertionError("never two members: " + a.views() + b.views()));
    }
}
