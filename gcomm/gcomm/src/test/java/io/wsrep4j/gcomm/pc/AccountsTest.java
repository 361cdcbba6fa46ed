package io.wsrep4j.gcomm.pc;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.EvsView;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.evs.ViewType;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose word counts about whom (docs/spec/gcomm-transport-pc.md 12.7). */
class AccountsTest {

    private static final Uuid SELF = TestNodes.id("m");
    private static final Uuid LIAR = TestNodes.id("a");
    private static final Uuid NEWCOMER = TestNodes.id("n");
    private static final Uuid GHOST = TestNodes.id("z");
    private static final ViewId NOTHING = PcView.NONE.id();

    private final Membership membership = new Membership(new PcStart(SELF, 0, false, null), 1);
    private final Companions companions = new Companions();

    private static NodeState state(boolean unknown, int segment, int weight) {
        return new NodeState(false, unknown, false, segment, weight, NodeState.NEVER_PRIMARY, NOTHING, -1);
    }

    private static Account account(Uuid source, Object... about) {
        TreeMap<Uuid, NodeState> nodes = new TreeMap<>();
        for (int i = 0; i < about.length; i += 2) {
            nodes.put((Uuid) about[i], (NodeState) about[i + 1]);
        }
        nodes.putIfAbsent(source, state(false, 0, 1));
        return new Account(source, nodes.get(source), new PcMessage.State(1, nodes));
    }

    private static EvsView view(Uuid... members) {
        TreeSet<Uuid> none = new TreeSet<>();
        return new EvsView(
                1, new ViewId(ViewType.REG, members[0], 1), new TreeSet<>(List.of(members)), none, none, none);
    }

    @BeforeEach
    void enter() {
        membership.enter(view(LIAR, SELF, NEWCOMER));
        membership.learn(List.of(account(SELF), account(LIAR)), companions);
    }

    @Test
    void a_newcomer_is_believed_about_itself_before_those_who_speak_first() {
        Account lies = account(LIAR, NEWCOMER, state(true, 9, 200));
        membership.learn(List.of(lies, account(SELF), account(NEWCOMER, NEWCOMER, state(false, 3, 2))), companions);
        Instance newcomer = membership.instances().get(NEWCOMER);
        assertThat(newcomer.segment).isEqualTo(3);
        assertThat(newcomer.weight).isEqualTo(2);
    }

    @Test
    void a_companion_knows_nobody_and_nothing_uncertain_that_is_not_known_here() {
        membership.learn(List.of(account(NEWCOMER)), companions);
        companions.goOn(Set.of(SELF, LIAR), null);
        membership.learn(
                List.of(account(LIAR, GHOST, state(true, 0, 1), NEWCOMER, state(true, 0, 1)), account(SELF)),
                companions);
        assertThat(membership.instances()).doesNotContainKey(GHOST);
        assertThat(membership.instances().get(NEWCOMER).unknown).isFalse();
    }

    @Test
    void one_who_comes_from_elsewhere_may_know_both() {
        companions.goOn(Set.of(SELF), null);
        membership.learn(List.of(account(LIAR, GHOST, state(true, 0, 1)), account(SELF)), companions);
        assertThat(membership.instances().get(GHOST).unknown).isTrue();
    }

    @Test
    void what_is_told_of_invented_nodes_never_makes_a_STATE_too_long_to_be_sent() {
        for (int round = 0; round < 4; round++) {
            Object[] invented = new Object[1000];
            for (int i = 0; i < invented.length; i += 2) {
                invented[i] = new Uuid((long) (round * 1000 + i) << 32 | 0x1000, GHOST.leastSignificant());
                invented[i + 1] = state(true, 0, 1);
            }
            membership.learn(List.of(account(LIAR, invented)), companions);
        }
        PcMessage.State told = new PcMessage.State(1, membership.states(id -> false));
        assertThat(PcCodec.length(told)).isLessThanOrEqualTo(PrimaryComponent.MAXIMUM_PAYLOAD);
        membership.learn(List.of(account(NEWCOMER)), companions);
        assertThat(membership.instances()).containsKey(NEWCOMER);
    }
}
