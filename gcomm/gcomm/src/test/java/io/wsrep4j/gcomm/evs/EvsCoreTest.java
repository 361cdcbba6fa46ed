package io.wsrep4j.gcomm.evs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One rule of docs/spec/gcomm-evs.md each; the tags are lines of its checklist. */
class EvsCoreTest {

    private static List<EvsWire> sentBy(TestGroup group, int member) {
        return group.everything.stream()
                .filter(f -> f.from() == group.members.get(member))
                .filter(f -> f.to() == group.members.get(member == 0 ? 1 : 0))
                .map(TestGroup.Frame::wire)
                .toList();
    }

    private static List<EvsWire> usersOf(TestGroup group, int member) {
        return sentBy(group, member).stream()
                .filter(w -> w.type().equals("USER"))
                .toList();
    }

    @Test
    @Tag("docs/spec/gcomm-evs.md#17")
    @Tag("docs/spec/gcomm-evs.md#19")
    void beyond_the_user_window_messages_are_queued_and_then_aggregated() {
        TestGroup group = TestGroup.of(2, Map.of());
        group.everything.clear();
        for (int i = 0; i < 6; i++) {
            assertThat(group.members.get(0).send(EvsOrder.SAFE, i + 1, "m" + i)).isEqualTo(EvsSendResult.OK);
        }
        assertThat(usersOf(group, 0)).hasSize(2);
        group.flow();
        assertThat(usersOf(group, 0).stream().filter(w -> w.payloadLength() > 0).map(EvsWire::payloadLength))
                .containsExactly(2, 2, 4 * (4 + 2));
        for (TestGroup.Member member : group.members) {
            assertThat(member.delivered).containsExactly("m0:1", "m1:2", "m2:3", "m3:4", "m4:5", "m5:6");
        }
    }

    @Test
    @Tag("docs/spec/gcomm-evs.md#18")
    void a_queue_of_one_mebibyte_refuses_and_other_states_say_why() {
        TestGroup group = TestGroup.of(2, Map.of());
        String large = "x".repeat(30_000);
        int accepted = 0;
        while (group.members.get(0).send(EvsOrder.SAFE, large) == EvsSendResult.OK) {
            accepted++;
        }
        assertThat(accepted).isEqualTo(2 + (1 << 20) / 30_000 + 1);
        TestGroup.Member fresh = group.add(Map.of());
        assertThat(fresh.send(EvsOrder.SAFE, "early")).isEqualTo(EvsSendResult.NOT_CONNECTED);
        fresh.core.connect(group.now);
        assertThat(fresh.send(EvsOrder.SAFE, "early")).isEqualTo(EvsSendResult.NOT_CONNECTED);
        group.flow();
        assertThat(group.members.get(1).delivered).hasSize(accepted);
        group.now += TestGroup.SECOND;
        fresh.core.announce(group.now);
        group.underWay.removeIf(f -> f.to() != group.members.get(0));
        TestGroup.Frame join = group.underWay.poll();
        group.members.get(0).receive(fresh.core.self(), join.bytes());
        assertThat(group.members.get(0).core.state()).isEqualTo(EvsStateName.GATHER);
        assertThat(group.members.get(0).send(EvsOrder.SAFE, "late")).isEqualTo(EvsSendResult.TRY_AGAIN);
    }

    @Test
    @Tag("docs/spec/gcomm-evs.md#26")
    void causal_reads_are_local_for_a_while_after_a_round_trip() {
        TestGroup group = TestGroup.of(2, Map.of());
        group.pass(2 * TestGroup.SECOND);
        TestGroup.Member reader = group.members.get(1);
        reader.send(EvsOrder.LOCAL_CAUSAL, "one");
        assertThat(reader.delivered).isEmpty();
        group.flow();
        assertThat(reader.delivered).hasSize(1).first().asString().startsWith("causal one@");
        group.everything.clear();
        reader.send(EvsOrder.LOCAL_CAUSAL, "two");
        assertThat(reader.delivered).hasSize(2);
        assertThat(group.everything).isEmpty();
        reader.core.setOption("evs.causal_keepalive_period", "0", group.now);
        reader.send(EvsOrder.LOCAL_CAUSAL, "three");
        assertThat(reader.delivered).hasSize(2);
        group.flow();
        assertThat(reader.delivered).hasSize(3);
    }

    @Test
    void a_causal_read_comes_back_behind_what_this_node_has_sent_itself() {
        TestGroup group = TestGroup.of(2, Map.of());
        group.pass(2 * TestGroup.SECOND);
        TestGroup.Member reader = group.members.get(1);
        reader.send(EvsOrder.LOCAL_CAUSAL, "first pays the round trip");
        group.flow();
        reader.delivered.clear();
        reader.send(EvsOrder.SAFE, "rollback");
        reader.send(EvsOrder.LOCAL_CAUSAL, "read");
        assertThat(reader.delivered).isEmpty();
        group.flow();
        assertThat(reader.delivered).hasSize(2);
        assertThat(reader.delivered.get(0)).asString().contains("rollback");
        assertThat(reader.delivered.get(1)).asString().startsWith("causal read@");
    }

    @Test
    @Tag("docs/spec/gcomm-evs.md#22")
    void keepalives_take_a_new_slot_each_period() {
        TestGroup group = TestGroup.of(2, Map.of());
        group.everything.clear();
        group.pass(10 * TestGroup.SECOND, f -> true);
        List<EvsWire> users = usersOf(group, 0);
        assertThat(users).hasSizeBetween(9, 25).allMatch(w -> w.order() == EvsOrder.DROP);
        for (int i = 1; i < users.size(); i++) {
            assertThat(users.get(i).seq()).isEqualTo(users.get(i - 1).seq() + 1);
        }
    }

    @Test
    @Tag("docs/spec/gcomm-evs.md#27")
    @Tag("docs/spec/gcomm-evs.md#28")
    @Tag("docs/spec/gcomm-evs.md#29")
    void a_hole_is_asked_for_exactly_and_not_twice_in_a_tenth_of_a_second() {
        TestGroup group = TestGroup.of(2, Map.of("evs.user_send_window", "8", "evs.send_window", "8"));
        TestGroup.Member sender = group.members.get(0);
        sender.send(EvsOrder.SAFE, "a");
        sender.send(EvsOrder.SAFE, "b");
        sender.send(EvsOrder.SAFE, "c");
        sender.send(EvsOrder.SAFE, "d");
        TestGroup.Frame first = group.underWay.poll();
        group.underWay.poll();
        group.everything.clear();
        group.flow();
        List<EvsWire> requests = sentBy(group, 1).stream()
                .filter(w -> !w.rangeUuid().isUndefined())
                .toList();
        long seq = first.wire().seq();
        assertThat(requests).hasSize(1);
        assertThat(List.of(requests.get(0).lu(), requests.get(0).hs())).containsExactly(seq, seq + 1);
        List<EvsWire> resent =
                usersOf(group, 0).stream().filter(EvsWire::resent).toList();
        assertThat(resent).hasSize(2);
        assertThat(resent.get(0).fifoSeq()).isEqualTo(first.wire().fifoSeq());
        assertThat(group.members.get(1).delivered).containsExactly("a:1", "b:1", "c:1", "d:1");
        group.everything.clear();
        group.members
                .get(0)
                .receive(
                        group.members.get(1).core.self(),
                        StrayMessages.request(sender.core.currentView().id(), sender.core.self(), seq, seq));
        assertThat(group.everything).as("the slot is safe already").isEmpty();
    }

    /** docs/spec/gcomm-evs.md 3.4. */
    @Test
    void what_a_real_node_dies_of_is_dropped_with_a_reason() {
        TestGroup group = TestGroup.of(2, Map.of());
        TestGroup.Member victim = group.members.get(0);
        Vectors.read("errors.json").get("vectors").forEach(v -> {
            if (v.has("error")) {
                victim.malformed.clear();
                victim.receive(
                        TestGroup.id(1),
                        io.netty.buffer.ByteBufUtil.decodeHexDump(v.get("hex").asText()));
                assertThat(victim.malformed)
                        .singleElement()
                        .asString()
                        .startsWith(v.get("error").asText());
            }
        });
        assertThat(victim.core.state()).isEqualTo(EvsStateName.OPERATIONAL);
        group.flow();
        victim.send(EvsOrder.SAFE, "still here");
        group.flow();
        assertThat(group.members.get(1).delivered).containsExactly("still here:1");
    }

    @Test
    void a_request_for_the_slots_of_a_stranger_is_ignored() {
        TestGroup group = TestGroup.of(2, Map.of());
        group.everything.clear();
        group.members
                .get(0)
                .receive(
                        TestGroup.id(1),
                        StrayMessages.request(
                                group.members.get(0).core.currentView().id(), TestGroup.id(9), 1000, 1005));
        assertThat(group.everything).isEmpty();
        assertThat(group.members.get(0).core.state()).isEqualTo(EvsStateName.OPERATIONAL);
    }

    @Test
    @Tag("docs/spec/gcomm-evs.md#59")
    void eviction_by_hand_excludes_tells_the_transport_and_can_be_forgiven() {
        TestGroup group = TestGroup.of(3, Map.of());
        TestGroup.Member member = group.members.get(0);
        member.core.setOption("evs.evict", TestGroup.id(2).toString(), group.now);
        group.pass(3 * TestGroup.SECOND);
        assertThat(member.core.currentView().members()).containsExactly(TestGroup.id(0), TestGroup.id(1));
        assertThat(group.members.get(1).evictions).containsExactly("evict " + TestGroup.id(2));
        assertThat(member.core.status())
                .containsEntry("evs_evict_list", TestGroup.id(2).toString());
        member.core.setOption("evs.evict", "", group.now);
        assertThat(member.evictions).last().isEqualTo("unevict " + TestGroup.id(2));
        assertThatThrownBy(() -> member.core.setOption("evs.evict", "junk", group.now))
                .hasMessageContaining("evs.evict")
                .hasMessageContaining("junk");
    }

    @Test
    void those_who_go_on_without_an_evicted_member_agree_on_what_it_had_sent_and_before_anybody_is_suspected() {
        TestGroup group = TestGroup.of(4, Map.of());
        TestGroup.Member evicted = group.members.get(3);
        TestGroup.Member witness = group.members.get(1);
        for (int i = 0; i < 10; i++) {
            evicted.send(EvsOrder.SAFE, "m" + i);
        }
        // one of the others has all of it, the others nothing; and nothing more comes
        group.flow(frame -> frame.from() != evicted || frame.to() == witness);
        group.members.get(0).core.setOption("evs.evict", evicted.core.self().toString(), group.now);
        group.pass(4 * TestGroup.SECOND, frame -> frame.from() != evicted);
        for (TestGroup.Member member : group.members.subList(0, 3)) {
            assertThat(member.core.currentView().members())
                    .containsExactly(TestGroup.id(0), TestGroup.id(1), TestGroup.id(2));
            assertThat(member.delivered).isEqualTo(witness.delivered);
        }
    }

    @Test
    @Tag("docs/spec/gcomm-evs.md#61")
    void status_has_the_formats_of_the_reference() {
        TestGroup group = TestGroup.of(2, Map.of("evs.info_log_mask", "4"));
        TestGroup.Member member = group.members.get(0);
        assertThat(member.core.status())
                .containsEntry("evs_state", "OPERATIONAL")
                .containsEntry("evs_repl_latency", "0/0/0/0/0")
                .containsEntry("evs_delayed", "")
                .containsEntry("evs_evict_list", "")
                .containsEntry("evs_outq_avg", "nan")
                .containsEntry("evs_sent_install", "2");
        assertThat(member.core.status().get("evs_safe_hs"))
                .startsWith("0:nan,0.0001:nan,")
                .endsWith("31.623:nan");
        member.send(EvsOrder.SAFE, "x");
        group.now += 500_000;
        group.flow();
        assertThat(member.core.status())
                .containsEntry("evs_repl_latency", "0.0005/0.0005/0.0005/0/1")
                .containsEntry("evs_deliv_safe", "1");
        assertThat(Statistics.number(8.912e-05)).isEqualTo("8.912e-05");
        assertThat(Statistics.number(0.000477254123)).isEqualTo("0.000477254");
        assertThat(Statistics.number(1234567.0)).isEqualTo("1.23457e+06");
    }

    @Test
    @Tag("docs/spec/gcomm-evs.md#46")
    void two_candidates_for_one_view_send_everybody_back() {
        TestGroup group = TestGroup.of(3, Map.of());
        TestGroup.Member third = group.members.get(2);
        group.members.get(0).core.setOption("evs.version", "0", group.now);
        group.pass(2 * TestGroup.SECOND, f -> !f.wire().type().equals("COMMIT"));
        assertThat(third.core.parts().round().install).isNotNull();
        InstallMessage accepted = third.core.parts().round().install;
        InstallMessage rival = new InstallMessage(
                EvsMessage.SOURCE,
                accepted.version(),
                1L << 40,
                TestGroup.id(1),
                accepted.sourceView(),
                new ViewId(ViewType.REG, TestGroup.id(1), accepted.installView().seq()),
                accepted.knowledge());
        ByteBuf bytes = Unpooled.buffer();
        EvsEncoder.encode(rival, bytes);
        third.receive(TestGroup.id(1), ByteBufUtil.getBytes(bytes));
        assertThat(third.core.state()).isEqualTo(EvsStateName.GATHER);
        assertThat(third.core.parts().round().install).isNull();
        group.pass(20 * TestGroup.SECOND);
        for (TestGroup.Member member : group.members) {
            assertThat(member.core.state()).isEqualTo(EvsStateName.OPERATIONAL);
            assertThat(member.core.currentView().members()).hasSize(3);
        }
    }

    /**
     * A peer that claims to know of messages of this node which it has never sent, and is never heard again: the survivor must get out of
     * GATHER alone. What others say of a node's own safe mark, which is its aru, counts for nothing.
     */
    @Test
    void a_node_learns_nothing_of_its_own_safe_mark_from_others() {
        TestGroup group = TestGroup.of(2, Map.of());
        TestGroup.Member survivor = group.members.get(0);
        ViewId view = survivor.core.parts().current().id();
        NodeEntry promised = new NodeEntry(true, false, false, 0, -1, view, 1 << 10, 0, -1);
        JoinMessage lie = new JoinMessage(
                EvsMessage.SOURCE,
                1,
                1L << 40,
                TestGroup.id(1),
                view,
                new Knowledge(-1, -1, new TreeMap<>(Map.of(TestGroup.id(0), promised, TestGroup.id(1), promised))));
        ByteBuf bytes = Unpooled.buffer();
        EvsEncoder.encode(lie, bytes);
        survivor.receive(TestGroup.id(1), ByteBufUtil.getBytes(bytes));
        assertThat(survivor.malformed).isEmpty();
        assertThat(survivor.core.state()).isEqualTo(EvsStateName.GATHER);
        group.pass(60 * TestGroup.SECOND, f -> false);
        assertThat(survivor.core.state()).isEqualTo(EvsStateName.OPERATIONAL);
        assertThat(survivor.core.currentView().members()).containsExactly(TestGroup.id(0));
    }

    @Test
    void time_does_not_go_back() {
        TestGroup group = TestGroup.of(1, Map.of());
        group.members.get(0).core.onTimer(5 * TestGroup.SECOND);
        assertThatThrownBy(() -> group.members.get(0).core.onTimer(4 * TestGroup.SECOND))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
