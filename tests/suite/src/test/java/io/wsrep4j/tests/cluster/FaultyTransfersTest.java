package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.group.GroupMember;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.mariadb.ServerSettings;
import io.wsrep4j.tests.process.FreePorts;
import io.wsrep4j.tests.transfer.FalseDonor;
import io.wsrep4j.tests.transfer.IstRelay;
import io.wsrep4j.tests.transfer.IstRelay.Damage;
import io.wsrep4j.tests.transfer.IstRelay.Message;
import io.wsrep4j.tests.transfer.ScriptedSnapshots;
import io.wsrep4j.tests.transfer.ScriptedSnapshots.Side;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A node that comes with bad input, or whose transfer goes wrong: it says what, why and what to do, does not become a member that answers queries,
 * and the others go on unharmed. The joiner of these tests was a member before and lacks some events, so that it asks for an incremental transfer;
 * its data is put back before each test.
 */
@SuppressWarnings("try") // a relay does its work by being there
@Timeout(400)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FaultyTransfersTest {

    /** mariadbd's own exit code when it gives up. */
    private static final int GAVE_UP = 1;

    private static final String INCREMENTAL = "Receiving IST: ";
    private static final String SNAPSHOT = "SST completed on joiner";

    private final ScriptedSnapshots snapshots = scripts();
    private Cluster cluster;
    private MariaDbServer donor;
    private MariaDbServer other;
    private MariaDbServer joiner;
    private Path joinersData;
    private long joinersPosition;
    private int istPort;

    @TempDir
    Path directory;

    private static ScriptedSnapshots scripts() {
        try {
            return ScriptedSnapshots.create();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @BeforeAll
    void form() throws Exception {
        donor = server("donor").create();
        other = server("other").create();
        istPort = FreePorts.one();
        joiner = server("joiner")
                .providerOptions(IstRelay.joinerOptions(istPort))
                .create();
        cluster = Cluster.form(donor, other);
        cluster.add(joiner);
        donor.execute("CREATE TABLE test.t (id INT PRIMARY KEY)", "INSERT INTO test.t VALUES (0)");
        try (IstRelay honest = IstRelay.inFrontOf(istPort, Message::bytes)) {
            joiner.join(donor);
            cluster.awaitSynced();
            joiner.stop();
        }
        Cluster.awaitSynced(List.of(donor, other));
        joinersData = joiner.home().resolve("kept");
        copy(joiner.dataDirectory(), joinersData);
        joinersPosition = Long.parseLong(stateLine(joiner, "seqno:"));
        for (int id = 1; id <= 20; id++) {
            donor.execute("INSERT INTO test.t VALUES (" + id + ")");
        }
    }

    private ServerSettings server(String name) {
        return MariaDbServer.named(name)
                .provider(
                        System.getProperty("wsrep4j.tests.provider", "wsrep4j").equals("galera")
                                ? Providers.galera()
                                : Providers.wsrep4j())
                .environment("PATH", snapshots.path())
                .arguments("--wsrep-sst-method=" + ScriptedSnapshots.METHOD, "--wsrep-slave-threads=2");
    }

    /** Options with which the joiner gives up soon. */
    private String impatience() {
        return "--wsrep-provider-options=pc.announce_timeout=PT2S;pc.wait_prim_timeout=PT4S;gmcast.listen_addr=tcp://127.0.0.1:"
                + joiner.groupPort();
    }

    private static void copy(Path from, Path to) throws Exception {
        Process process = new ProcessBuilder("cp", "-a", from.toString(), to.toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
    }

    private static String stateLine(MariaDbServer server, String name) throws IOException {
        return Files.readAllLines(server.dataDirectory().resolve("grastate.dat")).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip())
                .findFirst()
                .orElseThrow();
    }

    @AfterAll
    void remove() throws IOException {
        try {
            cluster.close();
        } finally {
            snapshots.close();
        }
    }

    @BeforeEach
    void theJoinerIsAwayWithItsOldDataAndTheOthersAreWell() throws Exception {
        snapshots.obey();
        if (!other.process().isAlive()) {
            other.awaitEnd(Cluster.SOON);
            other.join(donor);
        }
        if (joiner.process().isAlive()) { // after that: donor and joiner alone would be no majority without it
            joiner.kill();
        } else {
            joiner.awaitEnd(Cluster.SOON);
        }
        joiner.endOrphans();
        Process process = new ProcessBuilder("rm", "-rf", joiner.dataDirectory().toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
        copy(joinersData, joiner.dataDirectory());
        Cluster.awaitSynced(List.of(donor, other));
    }

    @AfterEach
    void nobodyHasEndedWhoWasNotToEnd() {
        cluster.running();
    }

    private void assertUnharmed(MariaDbServer... members) throws SQLException {
        Cluster.awaitSynced(List.of(members));
        members[0].execute("REPLACE INTO test.t VALUES (1000)");
        for (MariaDbServer member : members) {
            Await.until(member.name() + " goes on", Cluster.SOON, () -> "1"
                    .equals(member.queryOne("SELECT COUNT(*) FROM test.t WHERE id = 1000")));
        }
        members[0].execute("DELETE FROM test.t WHERE id = 1000");
        for (MariaDbServer member : members) {
            assertThat(member.isRunning()).isTrue();
        }
    }

    // ---- incremental transfers

    static Stream<Arguments> damages() {
        return Stream.of(
                Arguments.of("cut off in the middle", at(3, m -> Damage.CUT), "the donor closed the connection", true),
                Arguments.of("a header damaged", at(3, m -> m.withFlipped(9)), "Corrupted IST message header", false),
                Arguments.of(
                        "a write set damaged", at(3, m -> m.withFlipped(24 + 80)), "key set: checksum mismatch", false),
                Arguments.of("an event left out", at(3, m -> null), "Unexpected action seqno", false),
                Arguments.of("begins too late", before(3), "IST started with wrong seqno", false),
                Arguments.of(
                        "goes on behind its end",
                        always(FalseDonor.skipsBeyondTheEnd(60)),
                        "beyond what was asked for",
                        true),
                Arguments.of(
                        "without the change that made the joiner ask",
                        always(FalseDonor.skipsTheLastChange()),
                        "is a configuration change of the group, not a SKIPPED",
                        true),
                Arguments.of(
                        "of another history",
                        always(FalseDonor.ofAnotherHistory()),
                        "is not the group's: it says",
                        true));
    }

    private interface Change {
        byte[] of(Message message);
    }

    /** Damage by the event's distance from the joiner's position. */
    private interface ByPosition {
        Damage from(long position);
    }

    private static ByPosition at(int distance, Change change) {
        return position -> message -> message.seqno() == position + distance ? change.of(message) : message.bytes();
    }

    private static ByPosition always(Damage damage) {
        return position -> damage;
    }

    private static ByPosition before(int distance) {
        return position ->
                message -> message.seqno() > 0 && message.seqno() < position + distance ? null : message.bytes();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damages")
    void aBadIncrementalTransferEndsTheJoinerAndNobodyElse(
            String name, ByPosition damage, String said, boolean comesBack) throws Exception {
        try (IstRelay relay = IstRelay.inFrontOf(istPort, damage.from(joinersPosition))) {
            joiner.launch(MariaDbServer.clusterAddress(donor));
            joiner.awaitEnd(GAVE_UP, Cluster.SOON);
        }
        assertThat(joiner.logSinceLaunch())
                .contains(said, "Receiving IST failed, node restart required", "(donor /" + IstRelay.JOINER_HOST + ":");
        assertUnharmed(donor, other);
        if (comesBack) {
            assertJoinsWithTheSameData();
        }
    }

    /** With an honest donor, and with what the last start has left. */
    private void assertJoinsWithTheSameData(String... arguments) throws Exception {
        try (IstRelay honest = IstRelay.inFrontOf(istPort, Message::bytes)) {
            joiner.launch(MariaDbServer.clusterAddress(donor), arguments);
            joiner.awaitReady();
            Cluster.awaitSynced(List.of(donor, other, joiner));
        }
        assertThat(joiner.queryOne("SELECT COUNT(*) FROM test.t")).isEqualTo("21");
        assertThat(joiner.status("wsrep_last_committed")).isEqualTo(donor.status("wsrep_last_committed"));
        joiner.stop();
        Cluster.awaitSynced(List.of(donor, other));
    }

    /** What it had got by then is a donor's word; only the end of the stream would have proved it right. */
    @Test
    void aJoinerThatIsKilledInMidStreamTrustsNothingOfItWhenItComesBack() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch killed = new CountDownLatch(1);
        Damage hold = message -> {
            if (message.seqno() == joinersPosition + 10) {
                held.countDown();
                killed.await();
            }
            return message.bytes();
        };
        try (IstRelay relay = IstRelay.inFrontOf(istPort, hold)) {
            joiner.launch(MariaDbServer.clusterAddress(donor));
            Await.until(
                    "the stream is held, and is being read",
                    Cluster.SOON,
                    () -> held.getCount() == 0 && joiner.logSinceLaunch().contains(INCREMENTAL),
                    joiner.process()::tail);
            joiner.kill();
            killed.countDown();
        }
        donor.awaitStatus("wsrep_cluster_size", "2", Cluster.SOON);
        assertJoinsWithTheSameData("--wsrep-start-position=" + joiner.recoveredPosition());
        assertThat(joiner.logSinceLaunch()).contains("Skipped GCache ring buffer recovery: history UUID unknown");
    }

    @Test
    void manyWhoConnectAndSayNothingDoNotKeepTheDonorOut() throws Exception {
        try (IstRelay relay = IstRelay.amongStrangers(istPort, 40, Message::bytes)) {
            joiner.join(donor);
            Cluster.awaitSynced(List.of(donor, other, joiner));
        }
        assertThat(joiner.queryOne("SELECT COUNT(*) FROM test.t")).isEqualTo("21");
        joiner.stop();
    }

    /** As behind a firewall that lets nothing through: the donor gives up and reports it, and that is heard. */
    @Test
    void aJoinerWhomNoDonorReachesHearsOfItAndEnds() throws Exception {
        try (IstRelay relay = IstRelay.inFrontOf(istPort, message -> null)) {
            joiner.launch(MariaDbServer.clusterAddress(donor));
            joiner.awaitEnd(GAVE_UP, Cluster.SOON);
        }
        assertThat(joiner.logSinceLaunch()).contains("Will never receive state", "Connection timed out");
        assertUnharmed(donor, other);
        assertJoinsWithTheSameData();
    }

    /** The donor has reported success, and then nothing comes through any more. */
    @Test
    void aJoinerToWhomNoMoreHistoryComesSaysSoAndEnds() throws Exception {
        try (IstRelay relay = IstRelay.inFrontOf(
                istPort,
                message -> message.isHandshake() || message.isOrdered() && message.seqno() < joinersPosition + 5
                        ? message.bytes()
                        : null)) {
            joiner.launch(
                    MariaDbServer.clusterAddress(donor),
                    "--wsrep-provider-options=" + IstRelay.joinerOptions(istPort)
                            + "ist.silence_timeout=PT3S;gmcast.listen_addr=tcp://127.0.0.1:" + joiner.groupPort());
            joiner.awaitEnd(GAVE_UP, Cluster.SOON);
        }
        assertThat(joiner.logSinceLaunch())
                .contains("no history came for PT3S (ist.silence_timeout): donor /" + IstRelay.JOINER_HOST);
        assertUnharmed(donor, other);
        assertJoinsWithTheSameData();
    }

    // ---- snapshots

    private void forgetPosition() throws IOException {
        Files.delete(joiner.dataDirectory().resolve("grastate.dat"));
    }

    @Test
    void aSnapshotThatFailsAtTheDonorEndsTheJoiner() throws Exception {
        forgetPosition();
        snapshots.fail(Side.DONOR);
        try (IstRelay relay = IstRelay.inFrontOf(istPort, Message::bytes)) {
            joiner.launch(MariaDbServer.clusterAddress(donor));
            joiner.awaitEnd(GAVE_UP, Cluster.SOON);
        }
        assertThat(joiner.logSinceLaunch()).contains("Will never receive state");
        assertUnharmed(donor, other);
    }

    @Test
    void aDonorThatDiesDuringASnapshotEndsTheJoinerWhichSucceedsWithAnotherDonor() throws Exception {
        forgetPosition();
        snapshots.hang(Side.DONOR);
        try (IstRelay relay = IstRelay.inFrontOf(istPort, Message::bytes)) {
            joiner.launch(MariaDbServer.clusterAddress(donor), "--wsrep-sst-donor=other");
            Await.until("the snapshot is under way", Cluster.SOON, () -> snapshots.isHanging(Side.DONOR));
            other.kill();
            joiner.awaitEnd(GAVE_UP, Cluster.SOON);
            assertThat(joiner.logSinceLaunch()).contains("left the group before the state transfer was complete");
            snapshots.obey();
            assertUnharmed(donor);

            joiner.launch(MariaDbServer.clusterAddress(donor), "--wsrep-sst-donor=donor")
                    .awaitReady();
            Cluster.awaitSynced(List.of(donor, joiner));
            assertThat(joiner.queryOne("SELECT COUNT(*) FROM test.t")).isEqualTo("21");
        }
    }

    // ---- state requests

    static Stream<Arguments> garbage() {
        return Stream.of(
                Arguments.of("cut off", text("STRv1\0\1\0")),
                Arguments.of("lengths that lie", combined(text("rsync\0host\0"), text(""), 5000)),
                Arguments.of("no incremental request at all", combined(text("\1\2\3"), text("\0"), 3)),
                Arguments.of("an unreadable incremental request", combined(text("rsync\0host\0"), text("what?\0"), 11)),
                Arguments.of("a method that does not exist", text("nonsense;touch x\0address\0")),
                Arguments.of("a text without end", text("rsync")));
    }

    private static byte[] text(String latin) {
        return latin.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] combined(byte[] snapshot, byte[] ist, int claimed) {
        return ByteBuffer.allocate(14 + snapshot.length + ist.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(text("STRv1\0"))
                .putInt(claimed)
                .put(snapshot)
                .putInt(ist.length)
                .put(ist)
                .array();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("garbage")
    void aStateRequestThatIsGarbageIsRefusedAndTheDonorGoesOn(String name, byte[] request) throws Exception {
        String listen = "tcp://127.0.0.1:" + FreePorts.one();
        try (GroupMember stranger = GroupMember.join(
                "stranger",
                MariaDbServer.clusterAddress(donor, other),
                "wsrep4j-test",
                false,
                Map.of("gmcast.listen_addr", listen),
                directory,
                request)) {
            Await.until("the donor has refused", Cluster.SOON, () -> stranger.end() != null, stranger::toString);
            assertThat(stranger.end()).contains("Will never receive state");
        }
        assertUnharmed(donor, other);
    }

    /** Ranges that the donor lacks or that are none, addresses where nobody is or who says nothing. */
    @Test
    void aDonorIsNotHeldUpByWhatAJoinerAsksFor() throws Exception {
        String history = donor.status("wsrep_cluster_state_uuid");
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            int nobody = FreePorts.one();
            for (String asked : List.of(
                    history + ":" + Long.MAX_VALUE + "-5|tcp://127.0.0.1:" + nobody,
                    history + ":-7--9|tcp://127.0.0.1:" + nobody,
                    history + ":1-2|tcp://127.0.0.1:" + nobody,
                    history + ":" + joinersPosition + "-" + (joinersPosition + 1) + "|tcp://127.0.0.1:" + nobody,
                    history + ":" + joinersPosition + "-1|tcp://$(reboot):80",
                    history + ":" + joinersPosition + "-1|tcp://127.0.0.1:" + silent.getLocalPort())) {
                byte[] ist = text(asked + "\0");
                try (GroupMember stranger = GroupMember.join(
                        "stranger",
                        MariaDbServer.clusterAddress(donor, other),
                        "wsrep4j-test",
                        false,
                        Map.of("gmcast.listen_addr", "tcp://127.0.0.1:" + FreePorts.one()),
                        directory,
                        combined(text(""), ist, 0))) {
                    Await.until(asked + " is refused", Cluster.SOON, () -> stranger.end() != null, stranger::toString);
                    assertThat(stranger.end()).as(asked).contains("Will never receive state");
                }
                Cluster.awaitSynced(List.of(donor, other));
            }
        }
        assertUnharmed(donor, other);
    }

    // ---- addresses and histories

    @Test
    void unreachableAddressesAreNamedAndTheServerEnds() throws Exception {
        int nobody = FreePorts.one();
        joiner.launch("gcomm://127.0.0.1:" + nobody, impatience());
        joiner.awaitEnd(GAVE_UP, Cluster.SOON);
        assertThat(joiner.logSinceLaunch())
                .contains("127.0.0.1:" + nobody, "no member of a primary component answered");
        assertUnharmed(donor, other);
    }

    @Test
    void aJoinerWhoseTransferAddressIsTakenNamesItAndAsksNoDonor() throws Exception {
        forgetPosition();
        String joined = donor.logText();
        try (ServerSocket neighbour = new ServerSocket()) {
            neighbour.bind(new InetSocketAddress(IstRelay.JOINER_HOST, istPort));
            joiner.launch(MariaDbServer.clusterAddress(donor));
            joiner.awaitEnd(GAVE_UP, Cluster.SOON);
        }
        assertThat(joiner.logSinceLaunch())
                .containsPattern("no donor can send this node's state, because .*" + IstRelay.JOINER_HOST + ":"
                        + istPort + ".*in use");
        assertThat(donor.logText().substring(joined.length())).doesNotContain("requested state transfer");
        assertUnharmed(donor, other);
    }

    @Test
    void aWrongClusterNameIsSaidAndTheServerEnds() throws Exception {
        int donorsLog = donor.logText().length();
        joiner.launch(MariaDbServer.clusterAddress(donor), "--wsrep-cluster-name=another", impatience());
        joiner.awaitEnd(GAVE_UP, Cluster.SOON);
        assertThat(joiner.logSinceLaunch()).contains("the peer refuses this node: 'invalid group'");
        assertThat(donor.logText().substring(donorsLog)).contains("its group is 'another', this one is 'wsrep4j-test'");
        assertUnharmed(donor, other);
    }

    @Test
    void aNodeOfAnotherHistoryGetsASnapshotAndForgetsItsOwn() throws Exception {
        Path state = joiner.dataDirectory().resolve("grastate.dat");
        Files.writeString(
                state,
                Files.readString(state).replace(stateLine(joiner, "uuid:"), "11111111-2222-11e1-8333-444444444444"));
        try (IstRelay relay = IstRelay.inFrontOf(istPort, Message::bytes)) {
            joiner.join(donor);
            Cluster.awaitSynced(List.of(donor, other, joiner));
        }
        assertThat(joiner.logSinceLaunch())
                .contains("11111111-2222-11e1-8333-444444444444", SNAPSHOT)
                .doesNotContain(INCREMENTAL);
        assertThat(joiner.queryOne("SELECT COUNT(*) FROM test.t")).isEqualTo("21");
        assertThat(joiner.status("wsrep_local_state_uuid")).isEqualTo(donor.status("wsrep_local_state_uuid"));
        joiner.stop();
        assertUnharmed(donor, other);
    }

    @Test
    void aSnapshotThatFailsAtTheJoinerEndsTheJoiner() throws Exception {
        forgetPosition();
        snapshots.fail(Side.JOINER);
        try (IstRelay relay = IstRelay.inFrontOf(istPort, Message::bytes)) {
            joiner.launch(MariaDbServer.clusterAddress(donor));
            joiner.awaitEnd(GAVE_UP, Cluster.SOON);
        }
        assertThat(joiner.logSinceLaunch())
                .contains(
                        "the joiner was told to fail",
                        "Failed to prepare for '" + ScriptedSnapshots.METHOD + "' SST",
                        "SST request callback failed. This is unrecoverable, restart required");
        assertUnharmed(donor, other);
    }

    @Test
    void aJoinerThatDiesDuringItsSnapshotLeavesTheDonorWell() throws Exception {
        forgetPosition();
        snapshots.hang(Side.DONOR);
        try (IstRelay relay = IstRelay.inFrontOf(istPort, Message::bytes)) {
            joiner.launch(MariaDbServer.clusterAddress(donor), "--wsrep-sst-donor=other");
            Await.until("the snapshot is under way", Cluster.SOON, () -> snapshots.isHanging(Side.DONOR));
            joiner.kill();
            donor.awaitStatus("wsrep_cluster_size", "2", Cluster.SOON);
            assertThat(other.status("wsrep_local_state_comment")).isEqualTo("Donor/Desynced");
            snapshots.obey();
        }
        assertUnharmed(donor, other);
    }

    @Test
    void aNodeAheadOfTheGroupIsNotLetIn() throws Exception {
        Path state = joiner.dataDirectory().resolve("grastate.dat");
        Files.writeString(
                state,
                Files.readString(state)
                        .replace("seqno:   " + joinersPosition, "seqno:   " + (joinersPosition + 10_000)));
        joiner.launch(MariaDbServer.clusterAddress(donor));
        joiner.awaitEnd(GAVE_UP, Cluster.SOON);
        assertThat(joiner.logSinceLaunch()).contains("reversing history is not possible");
        assertUnharmed(donor, other);
    }
}
