package io.wsrep4j.tests.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.StateTransferAnswer.Status;
import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server with our provider, n3, beside two with Galera's: what they read in our messages, and whether all decide alike (docs/spec/gcs.md checklist
 * 65, 67, 68, and 55). The line 66 wants a node of 26.4.18, which no package offers any more: group.ActionsTest has it with a member of ours.
 */
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class AmongGaleraNodesTest {

    private static final Duration PATIENCE = Cluster.SOON;
    private static final String GROUP = "wsrep4j-test";
    private static final Pattern FIELD = Pattern.compile("\t(\\w[\\w ]*?)\\s*: (.*)");
    private static final Pattern ASKED = Pattern.compile(
            "Member \\S+ \\(asker\\) requested state transfer from '[^']*'"
                    + "(\\. Selected \\S+ \\(\\w+\\)\\(SYNCED\\) as donor|, but it is impossible to select State Transfer donor)");
    private static final Pattern CUT = Pattern.compile("New COMMIT CUT (\\d+) on \\d+ after \\d+ from \\d+");

    @TempDir
    private Path directory;

    private Cluster cluster;
    private MariaDbServer one;
    private MariaDbServer two;
    private MariaDbServer ours;

    @BeforeAll
    void form() throws Exception {
        cluster = Cluster.form(
                MariaDbServer.named("n1")
                        .provider(Providers.galera())
                        .providerOptions("debug=yes")
                        .arguments("--plugin-load-add=wsrep_info")
                        .create(),
                MariaDbServer.named("n2")
                        .provider(Providers.galera())
                        .providerOptions("debug=yes")
                        .create(),
                MariaDbServer.named("n3").provider(Providers.wsrep4j()).create());
        one = cluster.node(0);
        two = cluster.node(1);
        ours = cluster.node(2);
        one.execute("CREATE TABLE test.rows (a INT PRIMARY KEY, b INT)");
        cluster.awaitEverywhere("SELECT COUNT(*) FROM test.rows", "0");
    }

    @AfterAll
    void remove() throws IOException {
        cluster.close();
    }

    private Map<String, String> optionsOf(String name) throws IOException {
        Files.createDirectories(directory.resolve(name));
        return Map.of("gmcast.listen_addr", "tcp://127.0.0.1:" + FreePorts.one());
    }

    private GroupMember probe() throws Exception {
        String name = "probe";
        Map<String, String> options = optionsOf(name);
        GroupMember probe = GroupMember.join(name, address(), GROUP, false, options, directory.resolve(name));
        probe.awaitMembers(4, PATIENCE);
        return probe;
    }

    private GroupMember asker() throws Exception {
        String name = "asker";
        Map<String, String> options = optionsOf(name);
        GroupMember asker = GroupMember.joinWithoutState(name, address(), GROUP, options, directory.resolve(name));
        asker.awaitMembers(4, PATIENCE);
        return asker;
    }

    private String address() {
        return "gcomm://127.0.0.1:" + one.groupPort();
    }

    /** The server writes what Galera's library tells with debug=yes, too: all fields of STATE messages, each step of the commit cut. */
    private void debug(boolean on) throws Exception {
        for (MariaDbServer galera : List.of(one, two)) {
            galera.execute("SET GLOBAL wsrep_debug = " + (on ? "SERVER" : "NONE"));
        }
    }

    private static String since(MariaDbServer server, int offset) throws IOException {
        return server.logText().substring(offset);
    }

    // ---- the state exchange

    @Test
    @Order(1)
    void theyReadEveryFieldOfOurStateMessageAndKnowUsByNameAndState() throws Exception {
        debug(true);
        String localCached = ours.status("wsrep_local_cached_downto");
        int offset = one.logText().length();
        try (GroupMember probe = probe()) {
            Map<String, String> message = stateMessage(offset, "n3");
            Map<String, String> reference = stateMessage(offset, "n2");
            assertThat(message.remove("Flags")).isIn("0x2", "0x3");
            assertThat(message)
                    .containsEntry("Version", "6")
                    .containsEntry("Protocols", "5 / 11 / 4")
                    .containsEntry("State", "SYNCED")
                    .containsEntry("Prim state", "SYNCED")
                    .containsEntry("Prim JOINED", "3")
                    .containsEntry("Group UUID", one.status("wsrep_cluster_state_uuid"))
                    .containsEntry("First seqno", localCached)
                    .containsEntry("Name", "'n3'")
                    .containsEntry("Incoming addr", "'127.0.0.1:" + ours.port() + "'");
            reference.remove("Flags");
            reference.put("First seqno", localCached);
            reference.put("Name", message.get("Name"));
            reference.put("Incoming addr", message.get("Incoming addr"));
            assertThat(message).as("the rest is as theirs").isEqualTo(reference);

            Map<String, String> fresh = stateMessage(offset, "probe");
            assertThat(fresh.remove("Flags")).isIn("00", "0x1");
            assertThat(fresh)
                    .containsEntry("State", "NON-PRIMARY")
                    .containsEntry("Prim state", "NON-PRIMARY")
                    .containsEntry("Last  seqno", "-1")
                    .containsEntry("Group UUID", Uuid.UNDEFINED.toString());

            probe.awaitAction(GroupAction.Synced.class, PATIENCE);
            one.awaitStatus("wsrep_cluster_size", "4", PATIENCE);
            assertThat(one.queryOne("SELECT GROUP_CONCAT(CONCAT(NAME, ' ', ADDRESS) ORDER BY NAME) FROM"
                            + " information_schema.WSREP_MEMBERSHIP WHERE NAME IN ('n3', 'probe')"))
                    .isEqualTo("n3 127.0.0.1:" + ours.port() + ",probe 127.0.0.1:1");
            assertThat(one.logText()).containsPattern("Member \\d\\.0 \\(n3\\) synced with group");

            ours.execute("SET GLOBAL wsrep_desync = ON");
            ours.awaitStatus("wsrep_local_state_comment", "Donor/Desynced", PATIENCE);
            offset = one.logText().length();
        }
        assertThat(stateMessage(offset, "n3"))
                .containsEntry("State", "DONOR")
                .containsEntry("Prim state", "DONOR")
                .containsEntry("Desync count", "1");
        ours.execute("SET GLOBAL wsrep_desync = OFF");
        cluster.awaitSynced();
        debug(false);
    }

    /** The first STATE message of this member that n1 has logged from there on. */
    private Map<String, String> stateMessage(int offset, String member) {
        Map<String, String> found = new LinkedHashMap<>();
        Await.until("a STATE message of " + member, PATIENCE, () -> {
            for (String block : since(one, offset).split("gcs_group_handle_state_msg\\(\\)")) {
                if (block.contains("Incoming addr:") && block.contains(": '" + member + "'\n")) {
                    FIELD.matcher(block.substring(0, block.indexOf('\n', block.indexOf("Incoming addr:"))))
                            .results()
                            .forEach(field -> found.put(field.group(1), field.group(2)));
                }
            }
            return !found.isEmpty();
        });
        return found;
    }

    // ---- donors

    @Test
    @Order(2)
    void allChooseTheSameDonorForEveryRequest() throws Exception {
        cluster.awaitSynced();
        try (GroupMember asker = asker()) {
            Gtid recent = new Gtid(
                    asker.position().uuid(), asker.configuration().position().seqno() - 1);
            Gtid early = new Gtid(recent.uuid(), 1);
            List<Asked> asked = new ArrayList<>();
            for (String donors : List.of("n1", "n2", "n3", "", "n", "nowhere,n3", "nowhere,", "asker,n2", "n2,n3,")) {
                asked.add(ask(asker, donors, Gtid.UNDEFINED));
                asked.add(ask(asker, donors, recent));
            }
            asked.add(ask(asker, "", early));
            asked.add(ask(asker, "n3,n1", early));
            assertThat(asked).allMatch(ask -> ask.status() == Status.GRANTED);
            for (String donors : List.of("nowhere", "asker")) {
                asked.add(ask(asker, donors, Gtid.UNDEFINED));
            }
            assertThat(asked.subList(asked.size() - 2, asked.size()))
                    .extracting(Asked::status)
                    .containsExactly(Status.DONOR_UNREACHABLE, Status.DONOR_IS_SELF);

            int requests = asked.stream().mapToInt(Asked::requests).sum();
            for (MariaDbServer server : cluster.running()) {
                Await.until(
                        server.name() + " has logged its choice for each of " + requests + " requests",
                        PATIENCE,
                        () -> choices(server).size() == requests,
                        () -> "see " + server.log());
            }
            List<String> lines = choices(one);
            for (MariaDbServer other : List.of(two, ours)) {
                assertThat(choices(other)).as(other.name()).isEqualTo(lines);
            }
            for (MariaDbServer donor : cluster.running()) {
                assertThat(lines).anyMatch(line -> line.contains("(" + donor.name() + ")(SYNCED)"));
            }
        }
        cluster.awaitSynced();
    }

    private record Asked(String donors, Status status, int requests) {}

    /** Until there is another answer than that the donor is busy. */
    private Asked ask(GroupMember asker, String donors, Gtid last) {
        Status[] status = new Status[1];
        int[] requests = new int[1];
        Await.until("an answer for " + donors, PATIENCE, () -> {
            requests[0]++;
            status[0] = asker.ask(donors, last).status();
            return status[0] != Status.TRY_AGAIN;
        });
        return new Asked(donors, status[0], requests[0]);
    }

    private static List<String> choices(MariaDbServer server) throws IOException {
        return ASKED.matcher(server.logText()).results().map(MatchResult::group).toList();
    }

    // ---- commit cut

    @Test
    @Order(3)
    void theCommitCutIsTheSameOnAllMembers() throws Exception {
        debug(true);
        GroupMember probe = probe();
        try (probe) {
            probe.awaitAction(GroupAction.Synced.class, PATIENCE);
            for (int round = 0; round < 5; round++) {
                insert(round * 150, 150);
                long last = Long.parseLong(one.status("wsrep_last_committed"));
                Await.until("all write sets", PATIENCE, () -> probe.position().seqno() >= last, probe::toString);
                assertThat(probe.group()
                                .reportDiscardable(new Gtid(probe.position().uuid(), last - 70)))
                        .isTrue();
            }
            Await.until(
                    "the cut passes 600",
                    PATIENCE,
                    () -> cuts(probe).stream().anyMatch(cut -> cut > 600),
                    () -> cuts(probe).toString());
        }
        List<Long> cuts = cuts(probe);
        assertThat(cuts).hasSizeGreaterThan(4);
        for (MariaDbServer galera : List.of(one, two)) {
            Await.until(
                    galera.name() + " has logged the same cuts",
                    PATIENCE,
                    () -> Collections.indexOfSubList(loggedCuts(galera), cuts) >= 0,
                    () -> cuts + "; see " + galera.log());
        }
        debug(false);
    }

    private static List<Long> loggedCuts(MariaDbServer galera) throws IOException {
        return CUT.matcher(galera.logText())
                .results()
                .map(match -> Long.parseLong(match.group(1)))
                .toList();
    }

    private static List<Long> cuts(GroupMember member) {
        return member.actions().stream()
                .filter(GroupAction.CommitCut.class::isInstance)
                .map(cut -> ((GroupAction.CommitCut) cut).seqno())
                .toList();
    }

    private void insert(int first, int count) throws Exception {
        try (Connection connection = one.connect();
                Statement statement = connection.createStatement()) {
            for (int i = first; i < first + count; i++) {
                statement.execute("INSERT INTO test.rows VALUES (" + i + ", 0)");
            }
        }
    }

    // ---- votes

    /** The last one: it costs the cluster a node. */
    @Test
    @Order(4)
    void ourVoteAndThatOfOneOfThemOutvoteTheNodeThatCommitted() throws Exception {
        cluster.awaitSynced();
        one.execute("CREATE TABLE test.vote (a INT PRIMARY KEY, b INT)", "INSERT INTO test.vote VALUES (1, 1)");
        cluster.awaitEverywhere("SELECT COUNT(*) FROM test.vote", "1");
        for (MariaDbServer failing : List.of(two, ours)) {
            // both will say the same of the same row: votes are hashes of what the server says
            failing.execute("SET SESSION wsrep_on = OFF", "DELETE FROM test.vote WHERE a = 1");
        }

        one.execute("UPDATE test.vote SET b = 2 WHERE a = 1");

        Cluster.awaitSynced(List.of(two, ours));
        one.awaitStatus("wsrep_local_state_comment", "Inconsistent", PATIENCE);
        assertThat(one.status("wsrep_ready")).isEqualTo("OFF");
        ours.execute("INSERT INTO test.vote VALUES (2, 2)");
        Await.until("the rest goes on", PATIENCE, () -> "2".equals(two.queryOne("SELECT a FROM test.vote")));
        for (MariaDbServer witness : List.of(one, two)) {
            assertThat(votes(witness, "n3"))
                    .as("n3's vote as " + witness.name() + " counts it")
                    .isEqualTo(votes(witness, "n2"))
                    .hasSize(1);
        }
    }

    /** What this node has heard that member say in votes. */
    private static List<String> votes(MariaDbServer witness, String member) throws IOException {
        return Pattern.compile("\\(" + member + "\\) (?:initiates|responds to) vote on (\\S+: .*)")
                .matcher(witness.logText())
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}
