package io.wsrep4j.gcomm.paxos;

import static io.wsrep4j.gcomm.paxos.SimulatedGroup.MILLIS;
import static io.wsrep4j.gcomm.paxos.SimulatedGroup.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.paxos.message.Mode;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A majority is lost for good (docs/spec/paxos.md 17.4). */
final class ForceTest {

    private static final long FORCED_GROUP = 0x99;

    private static SimulatedGroup group(int size) {
        int[] weights = IntStream.range(0, size).map(any -> 1).toArray();
        SimulatedGroup group = SimulatedGroup.of(1, new Rules(), PaxosSettings.DEFAULTS, Mode.MULTI, weights);
        group.delay = MILLIS;
        group.jitter = 0;
        group.members.forEach(member -> member.send(50));
        group.runFor(SECOND);
        return group;
    }

    private static String force(SimulatedGroup group, int at, int... members) {
        List<Uuid> uuids = IntStream.of(members)
                .mapToObj(one -> group.member(one).self.uuid())
                .toList();
        String[] problem = new String[1];
        group.member(at).call(core -> problem[0] = core.force(uuids, FORCED_GROUP + at, group.now));
        return problem[0];
    }

    private static long items(SimulatedMember member) {
        return member.machine().executor.items();
    }

    @Test
    void theOneSurvivorGoesOnAndTakesInNewMembers() {
        SimulatedGroup group = group(3);
        group.member(1).crash();
        group.member(2).crash();
        group.member(0).send(60);
        group.runFor(7 * SECOND);
        assertThat(items(group.member(0))).isEqualTo(3);

        assertThat(force(group, 0, 0)).isNull();

        group.runFor(SECOND);
        SimulatedMember survivor = group.member(0);
        assertThat(survivor.isForced).isTrue();
        assertThat(survivor.isSuspended).isFalse();
        assertThat(survivor.machine().epoch).isEqualTo(2);
        assertThat(survivor.deliveredOwn)
                .as("what was accepted before is not lost")
                .isEqualTo(2);
        SimulatedMember joiner = RandomFaults.join(group, PaxosSettings.DEFAULTS, 1);
        group.await("join", 10 * SECOND, joiner::isMember);
        joiner.send(70);
        group.runFor(SECOND);
        assertThat(items(joiner)).isEqualTo(1);
        assertThat(joiner.machine().forks()).hasSize(1);
    }

    /** What one of the survivors only accepted, and another decided, is in the history of both. */
    @Test
    void survivorsAgreeOnOneHistory() {
        for (int lost = 0; lost < 3; lost++) {
            SimulatedGroup group = group(5);
            if (lost > 0) {
                group.cut(0, 2);
            }
            if (lost > 1) {
                group.cut(1, 0);
            }
            group.members.forEach(member -> member.send(80));
            group.runFor(MILLIS + MILLIS / 2);
            group.member(2).crash();
            group.member(3).crash();
            group.member(4).crash();
            group.runFor(SECOND);
            group.heal();
            group.runFor(7 * SECOND);
            assertThat(group.member(0).isSuspended).isTrue();

            assertThat(force(group, 0, 0, 1)).isNull();

            group.await("forced", 10 * SECOND, () -> group.member(0).isForced && group.member(1).isForced);
            group.runFor(3 * SECOND);
            assertThat(group.member(0).delivered).isEqualTo(group.member(1).delivered);
            assertThat(group.member(0).view.members().stream().map(PaxosMember::mid))
                    .containsExactly(1, 2);
            assertThat(group.member(0).deliveredOwn).isEqualTo(2);
            assertThat(group.member(1).deliveredOwn).isEqualTo(2);
        }
    }

    /** Statement 45. */
    @Test
    void forceIsRefusedWhereItCouldHarm() {
        SimulatedGroup group = group(3);
        assertThat(force(group, 0, 0)).contains("lost the majority");
        group.partition(Set.of(0));
        group.runFor(7 * SECOND);
        assertThat(force(group, 0, 1)).contains("lacks this member");
        assertThat(force(group, 0, 0, 1)).contains("cannot be reached");
        assertThat(group.member(0).core.force(List.of(new Uuid(4, 4)), 5, group.now))
                .contains("is no member");
        SimulatedGroup five = group(5);
        five.partition(Set.of(0, 1));
        five.runFor(7 * SECOND);
        assertThat(force(five, 0, 0)).contains("member 2 is not in the list and was heard lately");
    }

    /** Statement 44, scenario N34: the operator was wrong, the others live and went on; nobody mixes the histories. */
    @Test
    void whoWentOnWithoutTheForcedGroupLearnsThatItsHistoryDiverged() {
        SimulatedGroup group = group(3);
        group.partition(Set.of(0));
        group.runFor(7 * SECOND);
        group.member(1).send(90);
        group.runFor(SECOND);
        assertThat(items(group.member(2))).isEqualTo(4);
        assertThat(force(group, 0, 0)).isNull();
        group.runFor(SECOND);
        SimulatedMember forced = group.member(0);
        assertThat(forced.isForced).isTrue();

        group.heal();
        group.await("both back", 60 * SECOND, () -> group.members.stream()
                .allMatch(member -> member.isMember()
                        && member.machine().groupId == FORCED_GROUP
                        && member.view.members().size() == 3));
        assertThat(group.member(1).diverged).isPositive();
        assertThat(group.member(2).diverged).isPositive();
    }

    /** Statement 44: whose history is a beginning of the forced one's just comes back. */
    @Test
    void whoHasOnlyAPrefixComesBackWithoutDivergence() {
        SimulatedGroup group = group(3);
        group.cutBoth(0, 1);
        group.cutBoth(0, 2);
        group.cutBoth(1, 2);
        group.runFor(7 * SECOND);
        assertThat(force(group, 0, 0)).isNull();
        group.runFor(SECOND);
        group.heal();
        group.await("all back", 60 * SECOND, () -> group.members.stream()
                .allMatch(member -> member.isMember()
                        && member.machine().groupId == FORCED_GROUP
                        && member.view.members().size() == 3));
        assertThat(group.member(1).diverged).isZero();
    }

    /** Scenario N34: two groups forced from one refuse each other. */
    @Test
    void twoForcedGroupsDoNotMix() {
        SimulatedGroup group = group(3);
        group.member(2).crash();
        group.cutBoth(0, 1);
        group.runFor(7 * SECOND);
        assertThat(force(group, 0, 0)).isNull();
        group.runFor(SECOND);
        assertThat(force(group, 1, 1)).isNull();
        group.runFor(SECOND);
        group.heal();
        group.runFor(20 * SECOND);
        assertThat(group.member(0).view.members()).hasSize(1);
        assertThat(group.member(1).view.members()).hasSize(1);
        assertThat(group.member(0).notices).anyMatch(notice -> notice.contains("another group of the same name"));
    }

    /** Scenario N35: the one who asked dies on the way; another repeats it. */
    @Test
    void anInterruptedForceIsRepeatedByAnother() {
        for (int steps = 0; steps < 12; steps++) {
            SimulatedGroup group = group(5);
            group.member(3).crash();
            group.member(4).crash();
            group.member(2).crash();
            group.runFor(7 * SECOND);
            assertThat(force(group, 0, 0, 1)).isNull();
            group.runFor(steps * MILLIS / 2);
            group.member(0).crash();
            group.runFor(7 * SECOND);
            if (!group.member(1).isForced) {
                assertThat(force(group, 1, 1)).isNull();
                group.runFor(SECOND);
            }
            assertThat(group.member(1).isForced).isTrue();
        }
    }
}
