package io.wsrep4j.tests.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.GroupFigures;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.gcomm.group.StateTransferAnswer;
import io.wsrep4j.gcomm.group.VoteAnswer;
import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.FreePorts;
import io.wsrep4j.tests.process.Garbd;
import io.wsrep4j.tests.process.NativeProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The group layer beside Galera's own (docs/spec/gcs.md checklist 43, 44, 51, 52, 55, 57, 65). */
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RealGaleraGroupTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** How long something is watched that must not happen. */
    private static final Duration WATCH = Duration.ofSeconds(1);

    private static final String GROUP = "wsrep4j-test";

    @TempDir
    private Path directory;

    private GroupMember member(String name, String address, boolean bootstrap, int port, Map<String, String> options)
            throws Exception {
        Map<String, String> all = new HashMap<>(options);
        all.put("gmcast.listen_addr", "tcp://127.0.0.1:" + port);
        return GroupMember.join(name, address, GROUP, bootstrap, all, Files.createDirectory(directory.resolve(name)));
    }

    private NativeProcess garbd(String address) throws IOException {
        Path home = Files.createDirectory(directory.resolve("garbd"));
        return Garbd.start(address, GROUP, "gmcast.listen_addr=tcp://127.0.0.1:" + FreePorts.one(), home);
    }

    @Test
    void aMemberOfOursBesideMariaDbAndGarbdIsSyncedAndHoldsTheCommitCut() throws Exception {
        try (MariaDbServer server = MariaDbServer.named("real")
                .provider(Providers.galera())
                .arguments("--plugin-load-add=wsrep_info")
                .create()) {
            server.bootstrap();
            String address = "gcomm://127.0.0.1:" + server.groupPort();
            try (NativeProcess garbd = garbd(address)) {
                server.awaitStatus("wsrep_cluster_size", "2", PATIENCE);
                try (GroupMember ours = member("ours", address, false, FreePorts.one(), Map.of())) {
                    ours.awaitMembers(3, PATIENCE);
                    ours.awaitAction(GroupAction.Synced.class, PATIENCE);
                    server.awaitStatus("wsrep_cluster_size", "3", PATIENCE);
                    assertThat(server.status("wsrep_incoming_addresses")).contains("127.0.0.1:1");
                    assertThat(ours.group().figures().protocolGroup()).isEqualTo(5);
                    assertThat(ours.group().figures().protocolReplicator()).isEqualTo(11);
                    awaitText(server, "(ours) synced with group");
                    awaitText("garbd", garbd::output, "members    = 2/3 (joined/total)");
                    assertThat(server.logText()).contains("(ours) requested state transfer from '*any*'. Selected");

                    assertThat(server.queryOne(
                                    "SELECT GROUP_CONCAT(NAME ORDER BY NAME) FROM information_schema.WSREP_MEMBERSHIP"))
                            .isEqualTo("garb,ours,real");
                    commitCutWaitsForUs(server, ours);
                    failureOfOursAgainstTheirSuccessIsATieThatSuccessWins(server, ours);
                }
                server.awaitStatus("wsrep_cluster_size", "2", PATIENCE);
                assertThat(server.status("wsrep_cluster_status")).isEqualTo("Primary");
            }
        }
    }

    private static void commitCutWaitsForUs(MariaDbServer server, GroupMember ours) throws Exception {
        server.execute("CREATE TABLE test.cut (a INT PRIMARY KEY)");
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < 300; i++) {
                statement.execute("INSERT INTO test.cut VALUES (" + i + ")");
            }
        }
        long last = Long.parseLong(server.status("wsrep_last_committed"));
        Await.until("all write sets", PATIENCE, () -> ours.position().seqno() >= last, ours::toString);
        assertThat(ours.actions()).noneMatch(action -> action instanceof GroupAction.CommitCut cut && cut.seqno() > 10);

        Gtid reported = new Gtid(ours.position().uuid(), last - 150);
        assertThat(ours.group().reportDiscardable(reported)).isTrue();
        Await.until(
                "the commit cut",
                PATIENCE,
                () -> ours.actions().stream()
                        .anyMatch(action -> action instanceof GroupAction.CommitCut cut && cut.seqno() > 100),
                ours::toString);
        assertThat(ours.actions())
                .filteredOn(GroupAction.CommitCut.class::isInstance)
                .allMatch(action -> ((GroupAction.CommitCut) action).seqno() <= last - 150);
    }

    /** Garbd has no vote: with one it would be waited for, and is not heard to give it. */
    private static void failureOfOursAgainstTheirSuccessIsATieThatSuccessWins(MariaDbServer server, GroupMember ours)
            throws Exception {
        server.execute("INSERT INTO test.cut VALUES (1000)");
        long last = Long.parseLong(server.status("wsrep_last_committed"));
        Await.until("the write set", PATIENCE, () -> ours.position().seqno() >= last, ours::toString);
        assertThat(fail(ours, last)).isEqualTo(VoteAnswer.DISAGREED);
        assertThat(server.status("wsrep_cluster_size")).isEqualTo("3");
        server.execute("INSERT INTO test.cut VALUES (1001)");
    }

    private static VoteAnswer fail(GroupMember member, long seqno) throws Exception {
        Gtid position = new Gtid(member.position().uuid(), seqno);
        ByteBuffer error = ByteBuffer.wrap("made up by the test".getBytes(StandardCharsets.US_ASCII));
        return CompletableFuture.supplyAsync(() -> member.group().vote(position, -1, error))
                .get(90, TimeUnit.SECONDS);
    }

    @Test
    void flowControlWorksBothWaysAndVotesAreCounted() throws Exception {
        try (MariaDbServer one =
                        MariaDbServer.named("n1").provider(Providers.galera()).create();
                MariaDbServer two = MariaDbServer.named("n2")
                        .provider(Providers.galera())
                        .providerOptions("gcs.fc_limit=2")
                        .create()) {
            one.bootstrap();
            two.join(one);
            one.execute("CREATE TABLE test.f (a INT PRIMARY KEY)");
            String address = "gcomm://127.0.0.1:" + one.groupPort();
            try (GroupMember ours = member("ours", address, false, FreePorts.one(), Map.of("gcs.fc_limit", "4"))) {
                ours.awaitMembers(3, PATIENCE);
                ours.awaitAction(GroupAction.Synced.class, PATIENCE);
                theyWaitForUs(one, ours);
                weWaitForThem(one, two, ours);
                votesAreCounted(one, two, ours);
            }
        }
    }

    private static void theyWaitForUs(MariaDbServer one, GroupMember ours) throws Exception {
        ours.hold();
        CompletableFuture<Void> writer = inBackground(() -> insert(one, 0, 100));
        Await.until("our pause", PATIENCE, () -> ours.group().figures().flowControlSent() > 0, ours::toString);
        one.awaitStatus("wsrep_flow_control_active", "true", PATIENCE);
        assertThat(writer).isNotDone();
        ours.release();
        writer.get(90, TimeUnit.SECONDS);
        assertThat(Long.parseLong(one.status("wsrep_flow_control_recv"))).isPositive();
        assertThat(Long.parseLong(one.status("wsrep_flow_control_paused_ns"))).isPositive();
        one.awaitStatus("wsrep_flow_control_active", "false", PATIENCE);
    }

    private static void weWaitForThem(MariaDbServer one, MariaDbServer two, GroupMember ours) throws Exception {
        long before = ours.group().figures().flowControlReceived();
        try (Connection connection = two.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLES test.f READ");
            CompletableFuture<Void> writer = inBackground(() -> insert(one, 100, 200));
            Await.until(
                    "their pause",
                    PATIENCE,
                    () -> ours.group().figures().flowControlReceived() > before
                            && ours.group().figures().flowControlActive(),
                    ours::toString);
            CompletableFuture<StateTransferAnswer> desync = CompletableFuture.supplyAsync(ours.group()::desync);
            Await.until(
                    "our sender waits", PATIENCE, () -> ours.group().figures().localSendQueue() > 0);
            assertThat(desync).isNotDone();
            statement.execute("UNLOCK TABLES");
            writer.get(90, TimeUnit.SECONDS);
            assertThat(desync.get(90, TimeUnit.SECONDS).status()).isEqualTo(StateTransferAnswer.Status.GRANTED);
            ours.group().join(ours.position(), 0);
            Await.until(
                    "synced again",
                    PATIENCE,
                    () -> ours.actions().stream()
                                    .filter(GroupAction.Synced.class::isInstance)
                                    .count()
                            >= 2,
                    ours::toString);
        }
        assertThat(ours.group().figures().flowControlPausedNanos()).isPositive();
    }

    private static void votesAreCounted(MariaDbServer one, MariaDbServer two, GroupMember ours) throws Exception {
        try (Connection connection = two.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION wsrep_on=OFF");
            statement.execute("INSERT INTO test.f VALUES (900)");
        }
        int offset = two.logText().length();
        one.execute("INSERT INTO test.f VALUES (900)");
        // two has that row already: it is outvoted by one and us, and leaves
        ours.awaitAction(GroupAction.VoteRequested.class, PATIENCE);
        Await.until("our vote", PATIENCE, () -> ours.lastVote() != null, ours::toString);
        assertThat(ours.lastVote()).isEqualTo(VoteAnswer.AGREED);
        ours.awaitMembers(2, PATIENCE);
        assertThat(one.status("wsrep_cluster_status")).isEqualTo("Primary");
        two.awaitLog(offset, "(ours) responds to vote on", PATIENCE);
        two.awaitStatus("wsrep_local_state_comment", "Inconsistent", PATIENCE);
    }

    private interface Task {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> inBackground(Task task) {
        return CompletableFuture.runAsync(() -> {
            try {
                task.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void insert(MariaDbServer server, int from, int to) throws Exception {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            for (int i = from; i < to; i++) {
                statement.execute("INSERT INTO test.f VALUES (" + i + ")");
            }
        }
    }

    @Test
    void aRealGarbdInAGroupOfOursIsSynced() throws Exception {
        int first = FreePorts.one();
        String address = "gcomm://127.0.0.1:" + first;
        try (GroupMember one = member("one", "gcomm://", true, first, Map.of());
                GroupMember two = member("two", address, false, FreePorts.one(), Map.of())) {
            one.awaitAction(GroupAction.Synced.class, PATIENCE);
            two.awaitMembers(2, PATIENCE);
            two.awaitAction(GroupAction.Synced.class, PATIENCE);
            try (NativeProcess garbd = garbd(address)) {
                one.awaitMembers(3, PATIENCE);
                two.awaitMembers(3, PATIENCE);
                awaitText("garbd", garbd::output, "Shifting JOINED -> SYNCED");
                assertThat(garbd.output())
                        .contains("members    = 2/3 (joined/total)")
                        .contains("protocols  = 5/11/4 (gcs/repl/appl)");
                assertThat(one.configuration().members().stream()
                                .map(m -> m.name())
                                .toList())
                        .containsExactlyInAnyOrder("one", "two", "garb");
                garbdObeysAndNeedsNoFlowControl(one, two, garbd);
                garbdDoesNotHoldTheCommitCut(one, two);
                garbdHasNoVote(one, two);
                garbd.signal("TERM");
                assertThat(garbd.awaitExit(PATIENCE)).isZero();
                one.awaitMembers(2, PATIENCE);
            }
        }
    }

    private static void garbdObeysAndNeedsNoFlowControl(GroupMember one, GroupMember two, NativeProcess garbd)
            throws Exception {
        one.hold();
        CompletableFuture<Long> writer = replicate(two, 200);
        Await.until("our pause", PATIENCE, () -> two.group().figures().flowControlActive(), two::toString);
        assertThat(writer).isNotDone();
        one.release();
        long last = writer.get(90, TimeUnit.SECONDS);
        Await.until("one has all", PATIENCE, () -> one.position().seqno() == last, one::toString);
        assertThat(garbd.isAlive()).isTrue();
        Await.until(
                "both have received the pauses that were sent",
                PATIENCE,
                () -> onlyOurPausesHaveCome(one, two),
                () -> "garbd asked for more pauses, or one was lost");
        Await.holds("no more pauses come", WATCH, () -> onlyOurPausesHaveCome(one, two));
    }

    private static boolean onlyOurPausesHaveCome(GroupMember one, GroupMember two) {
        GroupFigures ofOne = one.group().figures();
        GroupFigures ofTwo = two.group().figures();
        long sent = ofOne.flowControlSent() + ofTwo.flowControlSent();
        return sent > 0 && ofOne.flowControlReceived() == sent && ofTwo.flowControlReceived() == sent;
    }

    private static void garbdDoesNotHoldTheCommitCut(GroupMember one, GroupMember two) {
        Gtid last = one.position();
        Gtid earlier = new Gtid(last.uuid(), last.seqno() - 5);
        assertThat(one.group().reportDiscardable(last)).isTrue();
        assertThat(two.group().reportDiscardable(earlier)).isTrue();
        for (GroupMember member : List.of(one, two)) {
            awaitCut(member, earlier.seqno());
        }
        assertThat(two.group().reportDiscardable(last)).isTrue();
        for (GroupMember member : List.of(one, two)) {
            awaitCut(member, last.seqno());
        }
    }

    private static void awaitCut(GroupMember member, long seqno) {
        Await.until(
                "the commit cut " + seqno,
                PATIENCE,
                () -> member.actions().stream()
                        .anyMatch(action -> action instanceof GroupAction.CommitCut cut && cut.seqno() == seqno),
                member::toString);
    }

    private static void garbdHasNoVote(GroupMember one, GroupMember two) throws Exception {
        long last = replicate(two, 1).get(90, TimeUnit.SECONDS);
        Await.until("the write set", PATIENCE, () -> one.position().seqno() == last, one::toString);
        assertThat(fail(one, last)).isEqualTo(VoteAnswer.DISAGREED);
        Await.until("the vote of two", PATIENCE, () -> two.lastVote() == VoteAnswer.AGREED, two::toString);
    }

    /** @return the seqno of the last one, when all are ordered */
    private static CompletableFuture<Long> replicate(GroupMember member, int count) {
        return CompletableFuture.supplyAsync(() -> {
            long last = -1;
            for (int i = 0; i < count; i++) {
                ReplicationResult result;
                do {
                    result = member.group().replicate(member.group().schedule(), ByteBuffer.wrap(new byte[100]));
                } while (result.status() == ReplicationResult.Status.TRY_AGAIN);
                assertThat(result.status()).isEqualTo(ReplicationResult.Status.ORDERED);
                last = result.seqno();
            }
            return last;
        });
    }

    @Test
    void ourArbitratorKeepsTheQuorumOfTwoGaleraNodesWhenOneIsKilled() throws Exception {
        try (MariaDbServer one =
                        MariaDbServer.named("n1").provider(Providers.galera()).create();
                MariaDbServer two =
                        MariaDbServer.named("n2").provider(Providers.galera()).create()) {
            one.bootstrap();
            two.join(one);
            Path home = Files.createDirectory(directory.resolve("arbitrator"));
            String address = "gcomm://127.0.0.1:" + one.groupPort() + ",127.0.0.1:" + two.groupPort();
            String options = "gmcast.listen_addr=tcp://127.0.0.1:" + FreePorts.one();
            try (NativeProcess arbitrator = OwnArbitrator.start(address, GROUP, options, home)) {
                one.awaitStatus("wsrep_cluster_size", "3", PATIENCE);
                awaitText(one, "(ours) synced with group");
                two.kill();
                one.awaitStatus("wsrep_cluster_size", "2", PATIENCE);
                assertThat(one.status("wsrep_cluster_status")).isEqualTo("Primary");
                one.execute("CREATE TABLE test.alone (a INT PRIMARY KEY)", "INSERT INTO test.alone VALUES (1)");
                two.launch(address);
                two.awaitReady();
                assertThat(two.queryOne("SELECT a FROM test.alone")).isEqualTo("1");
                arbitrator.signal("TERM");
                assertThat(arbitrator.awaitExit(PATIENCE)).as(arbitrator::tail).isZero();
                one.awaitStatus("wsrep_cluster_size", "2", PATIENCE);
            }
        }
    }

    private interface Text {
        String read() throws IOException;
    }

    private static void awaitText(MariaDbServer server, String text) {
        awaitText(server.name(), server::logText, text);
    }

    private static void awaitText(String who, Text log, String text) {
        Await.until(
                "'" + text + "' in the log of " + who,
                PATIENCE,
                () -> log.read().contains(text),
                () -> {
                    try {
                        String all = log.read();
                        return all.substring(Math.max(0, all.length() - 3000));
                    } catch (IOException e) {
                        return e.toString();
                    }
                });
    }
}
