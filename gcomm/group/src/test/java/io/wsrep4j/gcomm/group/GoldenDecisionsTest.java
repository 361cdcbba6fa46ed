package io.wsrep4j.gcomm.group;

import static io.wsrep4j.gcomm.group.message.Vectors.integer;
import static io.wsrep4j.gcomm.group.message.Vectors.number;
import static io.wsrep4j.gcomm.group.message.Vectors.object;
import static io.wsrep4j.gcomm.group.message.Vectors.objects;
import static io.wsrep4j.gcomm.group.message.Vectors.string;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.gcomm.group.message.StateMessage;
import io.wsrep4j.gcomm.group.message.StateMessage.LastPrimary;
import io.wsrep4j.gcomm.group.message.StateMessage.Vote;
import io.wsrep4j.gcomm.group.message.StateTransferRequest;
import io.wsrep4j.gcomm.group.message.Vectors;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Decisions that all members must make alike: quorum, donor, commit cut, votes (docs/spec/gcs.md checklist 26, 29, 33, 52, 53, 55). */
final class GoldenDecisionsTest {

    private static Stream<DynamicTest> cases(String file, java.util.function.Consumer<Map<String, Object>> check) {
        return Vectors.of(file, "cases").stream()
                .map(c -> DynamicTest.dynamicTest(string(c, "name"), () -> check.accept(c)));
    }

    @TestFactory
    Stream<DynamicTest> quorum() {
        return cases("quorum.json", GoldenDecisionsTest::checkQuorum);
    }

    private static void checkQuorum(Map<String, Object> vector) {
        List<StateMessage> messages = objects(vector.get("states")).stream()
                .map(GoldenDecisionsTest::state)
                .toList();
        Map<String, Object> expected = object(vector.get("expect"));
        QuorumDecision decision = Quorum.decide(messages);
        assertThat(decision.primary()).isEqualTo(expected.get("primary"));
        assertThat(decision.position().uuid()).hasToString(string(expected, "group_uuid"));
        assertThat(decision.position().seqno()).isEqualTo(number(expected, "act_id"));
        assertThat(decision.configurationId()).isEqualTo(number(expected, "conf_id"));
        assertThat(decision.commitCut()).isEqualTo(number(expected, "last_applied"));
        assertThat(decision.protocols())
                .isEqualTo(
                        new Protocols(integer(expected, "gcs"), integer(expected, "repl"), integer(expected, "appl")));
        assertThat(decision.votePolicy()).isEqualTo(integer(expected, "vote_policy"));
        assertThat(decision.version()).isEqualTo(integer(expected, "version"));
        List<String> states = messages.stream()
                .map(m -> decision.primary() ? decision.statusOf(m).name() : "NON_PRIM")
                .toList();
        assertThat(states).isEqualTo(expected.get("node_states"));
    }

    private static StateMessage state(Map<String, Object> state) {
        return new StateMessage(
                integer(state, "version"),
                integer(state, "flags"),
                new Protocols(
                        integer(state, "gcs_proto_ver"),
                        integer(state, "repl_proto_ver"),
                        integer(state, "appl_proto_ver")),
                new LastPrimary(
                        Uuid.parse(string(state, "prim_uuid")),
                        number(state, "prim_seqno"),
                        integer(state, "prim_joined"),
                        NodeState.values()[integer(state, "prim_state")]),
                NodeState.values()[integer(state, "current_state")],
                Uuid.UNDEFINED,
                new Gtid(Uuid.parse(string(state, "group_uuid")), number(state, "received")),
                string(state, "name"),
                "",
                number(state, "cached"),
                integer(state, "desync_count"),
                number(state, "last_applied"),
                Vote.NONE,
                integer(state, "vote_policy"),
                new Protocols(
                        integer(state, "prim_gcs_ver"),
                        integer(state, "prim_repl_ver"),
                        integer(state, "prim_appl_ver")));
    }

    @TestFactory
    Stream<DynamicTest> donor() {
        return cases("donor.json", GoldenDecisionsTest::checkDonor);
    }

    private static void checkDonor(Map<String, Object> vector) {
        List<Member> members = new ArrayList<>();
        for (Map<String, Object> node : objects(vector.get("nodes"))) {
            Member member = member(members.size(), integer(node, "segment"));
            member.name = string(node, "name");
            member.status = NodeState.values()[integer(node, "state")];
            member.arbitrator = (Boolean) node.get("arb");
            member.stated = stated(number(node, "cached"));
            members.add(member);
        }
        StateTransferRequest request = new StateTransferRequest(
                string(vector, "donor_list"),
                integer(vector, "str_version"),
                new Gtid(Uuid.parse(string(vector, "ist_uuid")), number(vector, "ist_seqno")),
                ByteBuffer.allocate(0));
        Gtid atQuorum = new Gtid(Uuid.parse(string(vector, "group_uuid")), number(vector, "quorum_act_id"));
        DonorChoice.Choice choice = new DonorChoice(members, integer(vector, "joiner"), request, atQuorum).choose();
        String expected =
                switch (integer(vector, "expect")) {
                    case -11 -> "TRY_AGAIN";
                    case -112 -> "DONOR_IS_SELF";
                    case -113 -> "DONOR_UNREACHABLE";
                    default -> "GRANTED " + vector.get("expect");
                };
        assertThat(
                        choice.donorIndex() >= 0
                                ? "GRANTED " + choice.donorIndex()
                                : choice.status().name())
                .isEqualTo(expected);
    }

    private static Member member(int index, int segment) {
        return new Member(new GroupView.GroupMember(new Uuid(1, index), segment), false, ActionMemory.heap());
    }

    private static StateMessage stated(long cached) {
        return new StateMessage(
                6,
                0,
                Protocols.ZERO,
                LastPrimary.NONE,
                NodeState.NON_PRIM,
                Uuid.UNDEFINED,
                Gtid.UNDEFINED,
                "",
                "",
                cached,
                0,
                0,
                Vote.NONE,
                0,
                Protocols.ZERO);
    }

    @TestFactory
    Stream<DynamicTest> commitCut() {
        return cases("commit_cut.json", vector -> {
            List<Member> members = new ArrayList<>();
            for (Map<String, Object> node : objects(vector.get("nodes"))) {
                Member member = member(members.size(), 0);
                member.discardable = number(node, "last_applied");
                member.countsInCommitCut = (Boolean) node.get("count");
                member.arbitrator = Boolean.TRUE.equals(node.get("arb"));
                members.add(member);
            }
            Map<String, Object> expected = object(vector.get("expect"));
            for (int protocol = 3; protocol <= 5; protocol++) {
                Map<String, Object> outcome = object(expected.get(protocol < 5 ? "v3_v4" : "v5"));
                assertThat(new CommitCut(number(vector, "current"), -1).recomputed(members, protocol))
                        .as("protocol " + protocol)
                        .isEqualTo(new CommitCut(number(outcome, "cut"), integer(outcome, "tracked")));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> votes() {
        return cases("votes.json", GoldenDecisionsTest::checkVotes);
    }

    private static void checkVotes(Map<String, Object> vector) {
        List<Member> members = new ArrayList<>();
        for (Map<String, Object> node : objects(vector.get("nodes"))) {
            Member member = member(members.size(), 0);
            member.vote = new Vote(number(node, "vote_seqno"), number(node, "vote_res"));
            member.discardable = number(node, "last_applied");
            member.countsInCommitCut = (Boolean) node.get("count");
            member.arbitrator = (Boolean) node.get("arb");
            members.add(member);
        }
        Votes votes = Votes.after(new Vote(number(vector, "last_result_seqno"), 0));
        boolean decided =
                votes.tally(members, 0, integer(vector, "vote_policy"), Uuid.UNDEFINED, number(vector, "act_id"));
        if (vector.get("expect") == null) {
            assertThat(decided).isFalse();
            return;
        }
        Map<String, Object> expected = object(vector.get("expect"));
        assertThat(decided).isEqualTo(expected.get("decided"));
        if (decided) {
            assertThat(votes.result()).isEqualTo(new Vote(number(expected, "seqno"), number(expected, "result")));
        }
    }
}
