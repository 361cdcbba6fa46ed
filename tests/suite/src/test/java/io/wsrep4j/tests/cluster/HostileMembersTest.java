package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.group.NodeIdentity;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.provider.writeset.KeyFormat;
import io.wsrep4j.provider.writeset.WriteSetBuilder;
import io.wsrep4j.provider.writeset.WriteSetFormat;
import io.wsrep4j.tests.gcomm.Claims;
import io.wsrep4j.tests.gcomm.HostileMember;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.ResidentMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One member lies to three nodes of a live cluster: whatever it sends, a write on every node is acknowledged soon after, all have the same data,
 * and neither memory nor log grow.
 */
@Timeout(400)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileMembersTest {

    private static final String GROUP = "wsrep4j-test";
    private static final int NODES = 3;
    /** Until the others commit again: evs.suspect_timeout, and as much as a loaded machine needs. */
    private static final Duration SUSPECT_TIMEOUT_AND_MARGIN = Duration.ofSeconds(5 + 25);

    private static final double MOST_MORE_MIB = 64;
    private static final long MOST_LOG_BYTES = 256 << 10;
    private static final byte[] ONE = new byte[1];
    private static final int NEWEST = NodeIdentity.GROUP_PROTOCOL;

    @TempDir
    private Path directory;

    private Cluster cluster;
    private int liars;
    private int rows;
    private final Map<MariaDbServer, Double> memory = new HashMap<>();
    private final Map<MariaDbServer, Long> logged = new HashMap<>();

    @BeforeAll
    void form() throws Exception {
        cluster = Cluster.form(server("n1"), server("n2"), server("n3"));
        cluster.node(0).execute("CREATE TABLE test.told (a INT PRIMARY KEY, b VARCHAR(100))");
        cluster.awaitEverywhere("SELECT COUNT(*) FROM test.told", "0");
        writeEverywhere();
        writeEverywhere();
    }

    private static MariaDbServer server(String name) throws IOException {
        return MariaDbServer.named(name)
                .provider(Providers.wsrep4j())
                .arguments("--wsrep-slave-threads=2")
                .create();
    }

    @AfterAll
    void remove() throws IOException {
        cluster.close();
    }

    @BeforeEach
    void rest() throws IOException {
        cluster.awaitAllSynced();
        for (MariaDbServer server : cluster.running()) {
            memory.put(server, ResidentMemory.nowMib(server.process().pid()));
            logged.put(server, Files.size(server.log()));
        }
    }

    @AfterEach
    void nobodyIsHurt() throws Exception {
        cluster.awaitAllSynced();
        writeEverywhere();
        cluster.awaitSameChecksums("test.told");
        for (MariaDbServer server : cluster.running()) {
            double now = ResidentMemory.nowMib(server.process().pid());
            assertThat(now - memory.get(server))
                    .as("MiB more on " + server.name())
                    .isLessThan(MOST_MORE_MIB);
            assertThat(Files.size(server.log()) - logged.get(server))
                    .as("bytes of log on " + server.name())
                    .isLessThan(MOST_LOG_BYTES);
        }
    }

    private void writeEverywhere() throws Exception {
        for (MariaDbServer server : cluster.running()) {
            int row = ++rows;
            CompletableFuture<Void> write = CompletableFuture.runAsync(() -> {
                try {
                    server.execute("INSERT INTO test.told VALUES (" + row + ", 'acknowledged')");
                } catch (java.sql.SQLException e) {
                    throw new IllegalStateException("a write on " + server.name(), e);
                }
            });
            write.get(SUSPECT_TIMEOUT_AND_MARGIN.toSeconds(), TimeUnit.SECONDS);
        }
        int acknowledged = rows;
        cluster.awaitEverywhere(
                "SELECT COUNT(*) FROM test.told WHERE a <= " + acknowledged, Integer.toString(acknowledged));
    }

    private HostileMember liar(Claims claims) throws Exception {
        HostileMember liar = HostileMember.join(
                cluster.node(0).groupPort(), GROUP, Files.createDirectory(directory.resolve("liar" + ++liars)), claims);
        cluster.node(0).awaitStatus("wsrep_cluster_size", Integer.toString(NODES + 1), Cluster.SOON);
        liar.awaitConfigured(Cluster.SOON);
        return liar;
    }

    private void awaitIsolated(HostileMember liar) throws Exception {
        liar.awaitOut(Cluster.SOON);
        for (MariaDbServer server : cluster.running()) {
            server.awaitStatus("wsrep_cluster_size", Integer.toString(NODES), Cluster.SOON);
            server.awaitLog(logged.get(server), "node " + liar.id() + " at ", Cluster.SOON);
        }
    }

    private void writeSetFragment(HostileMember liar, int version, long id, int size, int number) {
        liar.fragment(version, id, size, number, ActionType.WRITE_SET.code(), ONE);
    }

    // ---- fragments

    @Test
    void actionsOfAnotherProtocol() throws Exception {
        try (HostileMember liar = liar(Claims.nothing())) {
            writeSetFragment(liar, 99, 1, 100, 0);
            writeEverywhere();
            for (int i = 2; i < 200; i++) {
                writeSetFragment(liar, 99, i, 100, 0);
            }
            awaitIsolated(liar);
        }
    }

    @Test
    void aWriteSetThatClaimsTwoGigabytes() throws Exception {
        try (HostileMember liar = liar(Claims.synced(0))) {
            writeSetFragment(liar, NEWEST, 1, Integer.MAX_VALUE, 0);
            writeEverywhere();
            writeSetFragment(liar, NEWEST, 2, Integer.MAX_VALUE, 0);
            awaitIsolated(liar);
        }
    }

    @Test
    void aStateRequestThatClaimsTwoGigabytes() throws Exception {
        try (HostileMember liar = liar(Claims.nothing())) {
            liar.fragment(NEWEST, 1, Integer.MAX_VALUE, 0, ActionType.STATE_TRANSFER_REQUEST.code(), ONE);
            awaitIsolated(liar);
        }
    }

    @Test
    void aGapBetweenFragments() throws Exception {
        try (HostileMember liar = liar(Claims.synced(0))) {
            writeSetFragment(liar, NEWEST, 1, 3, 0);
            writeSetFragment(liar, NEWEST, 1, 3, 2);
            awaitIsolated(liar);
        }
    }

    // ---- votes

    @Test
    void votesOnWhatNobodyHas() throws Exception {
        try (HostileMember liar = liar(Claims.synced(0))) {
            Gtid at = liar.position();
            liar.vote(new Gtid(at.uuid(), at.seqno() + 100_000), -1, "no such thing");
            writeEverywhere();
        }
        try (HostileMember liar = liar(Claims.nothing())) {
            liar.vote(liar.position(), -1, "I have no state");
            writeEverywhere();
        }
    }

    // ---- write sets

    @Test
    void aCorruptWriteSet() throws Exception {
        try (HostileMember liar = liar(Claims.synced(0))) {
            writeEverywhere();
            byte[] corrupt = liar.lastWriteSet();
            corrupt[corrupt.length / 2] ^= 1;
            assertThat(liar.action(ActionType.WRITE_SET, corrupt)).isEqualTo(SendResult.ACCEPTED);
            awaitIsolated(liar);
        }
    }

    @Test
    void garbageInsteadOfAWriteSet() throws Exception {
        try (HostileMember liar = liar(Claims.synced(0))) {
            assertThat(liar.action(ActionType.WRITE_SET, new byte[100_000])).isEqualTo(SendResult.ACCEPTED);
            awaitIsolated(liar);
        }
    }

    /** Well-formed, and its event is none: it fails on every server, whose errors may be worded differently; its sender never votes. */
    @Test
    void anEventThatNobodyCanApply() throws Exception {
        try (HostileMember liar = liar(Claims.synced(0))) {
            assertThat(liar.action(ActionType.WRITE_SET, withUselessEvent(liar)))
                    .isEqualTo(SendResult.ACCEPTED);
            awaitIsolated(liar);
        }
    }

    private static byte[] withUselessEvent(HostileMember liar) {
        WriteSetBuilder builder = new WriteSetBuilder(WriteSetFormat.ofProtocol(11, KeyFormat.FLAT8));
        builder.appendKey(
                new Key(List.of(ByteBuffer.wrap("test".getBytes(StandardCharsets.US_ASCII)))), KeyType.SHARED);
        builder.appendData(ByteBuffer.wrap(new byte[300]), DataType.ORDERED, true);
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(builder.sealedBytes()));
        builder.seal(bytes, 0, TransactionFlags.TRX_START | TransactionFlags.TRX_END, liar.id(), 1, 1);
        builder.stampForSending(bytes, 0, liar.position().seqno(), 1, 0);
        return bytes.array();
    }

    // ---- claims

    @Test
    void aPositionAheadOfEverybody() throws Exception {
        try (HostileMember liar = HostileMember.join(
                cluster.node(0).groupPort(),
                GROUP,
                Files.createDirectory(directory.resolve("liar" + ++liars)),
                Claims.synced(1000))) {
            awaitIsolated(liar);
        }
    }

    // ---- small messages

    @Test
    void aPauseAskedForByWhoHasNoState() throws Exception {
        try (HostileMember liar = liar(Claims.nothing())) {
            liar.flow(liar.configurationId(), true);
            writeEverywhere();
        }
    }

    @Test
    void aFloodOfMessagesThatMeanNothing() throws Exception {
        try (HostileMember liar = liar(Claims.nothing())) {
            for (int i = 0; i < 20_000 && !liar.isOut(); i++) {
                liar.report(i % 2 == 0 ? MessageType.JOIN : MessageType.SYNC, liar.position(), 0);
                liar.send(77, ByteBuffer.wrap(ONE));
            }
            writeEverywhere();
        }
    }
}
