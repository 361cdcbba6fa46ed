package io.wsrep4j.gcomm.paxos;

import static io.wsrep4j.gcomm.paxos.SimulatedGroup.MILLIS;
import static io.wsrep4j.gcomm.paxos.SimulatedGroup.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.gcomm.paxos.message.Ballot;
import io.wsrep4j.gcomm.paxos.message.Command;
import io.wsrep4j.gcomm.paxos.message.Mode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Statements of docs/spec/paxos.md 25 and scenarios of 26.3, one by one, in virtual time. */
final class ScenariosTest {

    private static final PaxosSettings SETTINGS = PaxosSettings.DEFAULTS;

    private static SimulatedGroup group(Mode mode, int... weights) {
        SimulatedGroup group = SimulatedGroup.of(1, new Rules(), SETTINGS, mode, weights);
        group.delay = MILLIS;
        group.jitter = 0;
        group.runFor(2 * SECOND); // round trips are known
        return group;
    }

    private static long items(SimulatedMember member) {
        return member.machine().executor.items();
    }

    /** Statement 9, and 10: the value's bytes travel to each peer once. */
    @Test
    void oneProposerDecidesInTwoDelaysAndTheOthersKnowInThree() {
        for (Mode mode : List.of(Mode.MULTI, Mode.SINGLE)) {
            SimulatedGroup group = group(mode, 1, 1, 1);
            group.sections.clear();
            long start = group.now;
            group.member(0).send(100);

            group.await("own delivery", SECOND, () -> items(group.member(0)) == 1);
            assertThat(group.now - start).isEqualTo(2 * MILLIS);
            group.await("others' delivery", SECOND, () -> items(group.member(1)) == 1 && items(group.member(2)) == 1);
            assertThat(group.now - start).isEqualTo(3 * MILLIS);
            group.runFor(SECOND);
            assertThat(group.sections).containsEntry("Accept", 2).doesNotContainKey("Values");
        }
    }

    /** Statement 12. */
    @Test
    void anIdleOwnerSkipsAllItsSlotsBelowInOneSection() {
        SimulatedGroup group = group(Mode.MULTI, 1, 1, 1);
        group.sections.clear();
        group.member(2).send(100);
        group.runFor(SECOND);

        assertThat(group.sections).containsEntry("Skip", 4); // two skippers, two peers each
        assertThat(group.members)
                .allSatisfy(member -> assertThat(member.machine().executed()).isEqualTo(4));
    }

    /** Statement 7. */
    @Test
    void weightsDecide() {
        assertThat(decidesAlone(3, 1, 1)).isTrue();
        assertThat(decidesAlone(2, 1, 1)).isFalse();
        assertThat(decidesAlone(1, 1, 1, 1)).isFalse();
    }

    private static boolean decidesAlone(int... weights) {
        SimulatedGroup group = group(Mode.SINGLE, weights);
        group.partition(Set.of(0));
        group.member(0).send(100);
        group.runFor(SECOND);
        return items(group.member(0)) == 1;
    }

    /** Scenario N1, statement 17: the value of a dead owner lives if an acceptor that answers has it. */
    @Test
    void aDeadOwnersValueIsFoundOrItsSlotIsANoop() {
        for (int reached = 0; reached <= 2; reached++) {
            SimulatedGroup group = group(Mode.MULTI, 1, 1, 1);
            for (int peer = 1; peer <= 2; peer++) {
                if (peer > reached) {
                    group.cut(0, peer);
                }
            }
            group.member(0).send(100);
            group.member(0).crash();
            group.runFor(2 * MILLIS);
            group.member(1).send(100);
            group.await("delivery behind the gap", 3 * SECOND, () -> group.member(1).deliveredOwn == 1);

            boolean isThere = group.member(1).delivered.contains("0:1");
            assertThat(isThere).as("reached %d", reached).isEqualTo(reached > 0);
            group.await("the same at the other", SECOND, () -> group.member(2)
                    .delivered
                    .equals(group.member(1).delivered));
        }
    }

    /** Statement 37: in single mode a dead member that does not lead costs nothing, in multi mode its revocation; it is removed in time. */
    @Test
    void aCrashedMemberStallsOthersForNoLongerThanPromised() {
        for (Mode mode : List.of(Mode.SINGLE, Mode.MULTI)) {
            SimulatedGroup group = group(mode, 1, 1, 1);
            group.member(2).crash();
            long crashed = group.now;
            long longest = 0;
            while (group.member(0).view.members().size() == 3) {
                long sent = group.now;
                long before = group.member(0).deliveredOwn;
                group.member(0).send(100);
                group.await("commit", 5 * SECOND, () -> group.member(0).deliveredOwn > before);
                longest = Math.max(longest, group.now - sent);
                group.runFor(20 * MILLIS);
                assertThat(group.now - crashed).as("removed in time").isLessThan(12_500 * MILLIS);
            }
            assertThat(group.now - crashed).isGreaterThanOrEqualTo(10 * SECOND);
            assertThat(longest)
                    .as("longest commit in %s", mode)
                    .isLessThanOrEqualTo(mode == Mode.SINGLE ? 3 * MILLIS : 1200 * MILLIS);
        }
    }

    /** Scenario N25: the leader is gone. */
    @Test
    void anotherLeadsWithinTheLeaderTimeout() {
        SimulatedGroup group = group(Mode.SINGLE, 1, 1, 1);
        group.member(1).send(50);
        group.runFor(SECOND);
        group.member(0).crash();
        group.member(2).send(100);
        long start = group.now;
        group.await("commit without the leader", 5 * SECOND, () -> group.member(2).deliveredOwn == 1);
        assertThat(group.now - start).isLessThan(1700 * MILLIS);
        group.await(
                "a new leader",
                5 * SECOND,
                () -> !group.member(2).machine().slots.newest().lanes().contains(1));
    }

    /** Statement 36, scenarios N8 and N9: who is heard by one is not expelled, and all is delivered. */
    @Test
    void aBrokenLinkBetweenTwoExpelsNobody() {
        for (boolean both : List.of(true, false)) {
            SimulatedGroup group = group(Mode.MULTI, 1, 1, 1);
            group.cut(0, 1);
            if (both) {
                group.cut(1, 0);
            }
            for (int i = 0; i < 120; i++) {
                group.members.forEach(member -> member.send(50));
                group.runFor(SECOND);
            }
            group.runFor(5 * SECOND);
            assertThat(group.members).allSatisfy(member -> {
                assertThat(member.views).isEqualTo(1);
                assertThat(member.isSuspended).isFalse();
                assertThat(items(member)).isEqualTo(360);
            });
        }
    }

    /** Statement 40, scenario N11: the minority is suspended before the others have a view without it, and comes back by itself. */
    @Test
    void aMinorityIsSuspendedAndReturns() {
        SimulatedGroup group = group(Mode.MULTI, 1, 1, 1);
        group.partition(Set.of(2));
        long cut = group.now;
        group.await("suspension", 7 * SECOND, () -> group.member(2).isSuspended);
        assertThat(group.now - cut).isBetween(5 * SECOND, 6 * SECOND);
        assertThat(group.member(0).views).isEqualTo(1);
        group.member(0).send(100);
        group.heal();
        group.await("a view that ends it", 10 * SECOND, () -> !group.member(2).isSuspended);
        assertThat(group.member(2).machine().mid).isEqualTo(3);
        assertThat(group.member(2).delivered).containsSubsequence("0:1", "view 1.2 [1, 2, 3]");
    }

    /** Scenario N11, for long: expelled, and back with a new mid. */
    @Test
    void whoWasExpelledComesBackAsAnother() {
        SimulatedGroup group = group(Mode.MULTI, 1, 1, 1);
        group.partition(Set.of(2));
        group.runFor(20 * SECOND);
        assertThat(group.member(0).view.members()).hasSize(2);
        group.heal();
        group.await(
                "rejoin",
                60 * SECOND,
                () -> group.member(2).isMember() && group.member(2).machine().mid == 4);
        assertThat(group.member(2).view.members()).hasSize(3);
    }

    /** Scenario N12, statement 42. */
    @Test
    void allAloneForTenMinutesAndBackInOneView() {
        SimulatedGroup group = group(Mode.MULTI, 1, 1, 1);
        group.members.forEach(member -> member.send(50));
        group.cutBoth(0, 1);
        group.cutBoth(0, 2);
        group.cutBoth(1, 2);
        group.runFor(600 * SECOND);
        assertThat(group.members)
                .allSatisfy(member -> assertThat(member.isSuspended).isTrue());
        group.heal();
        group.await(
                "end of suspension", 10 * SECOND, () -> group.members.stream().noneMatch(member -> member.isSuspended));
        group.runFor(5 * SECOND);
        assertThat(group.members).allSatisfy(member -> {
            assertThat(member.views).isEqualTo(2);
            assertThat(items(member)).isEqualTo(3);
        });
    }

    /** Scenario N32, statement 41: X delivered, X is dead, the others could not know: they deliver it, then the view. */
    @Test
    void whatOneDeliveredAndDiedWithIsDelivered() {
        SimulatedGroup group = group(Mode.SINGLE, 1, 1, 1);
        group.member(0).send(100);
        group.runFor(MILLIS + MILLIS / 2); // accepted by all, and nobody was told that it is decided
        group.cut(0, 1);
        group.cut(0, 2);
        group.cutBoth(1, 2);
        group.await("delivery", SECOND, () -> group.member(0).deliveredOwn == 1);
        group.member(0).crash();
        group.runFor(7 * SECOND);
        assertThat(List.of(group.member(1), group.member(2))).allSatisfy(member -> {
            assertThat(member.isSuspended).isTrue();
            assertThat(items(member)).isZero();
        });
        group.heal();
        group.await("a view", 60 * SECOND, () -> group.member(1).views > 1 && group.member(2).views > 1);
        assertThat(group.member(1).delivered.subList(0, 3))
                .isEqualTo(group.member(2).delivered.subList(0, 3));
        assertThat(group.member(1).delivered.get(1)).isEqualTo("0:1");
    }

    /** Statement 29, 30, 31: one change at a time; idle, it is effective at once. */
    @Test
    void ofTwoChangesAtOnceOneIsVoidOnAll() {
        SimulatedGroup group = group(Mode.MULTI, 1, 1, 1);
        group.member(0).call(core -> order(core, group, new Command.SetHorizon(100)));
        group.member(1).call(core -> order(core, group, new Command.SetHorizon(200)));
        group.runFor(8 * MILLIS);
        assertThat(group.members).allSatisfy(member -> {
            assertThat(member.machine().slots.newest().number()).isEqualTo(2);
            assertThat(member.machine().slots.newest().horizon()).isEqualTo(100);
            assertThat(member.machine().slots.isPending(member.machine().executed()))
                    .isFalse();
        });
    }

    private static void order(PaxosCore core, SimulatedGroup group, Command command) {
        core.machine().order(List.of(command));
        core.onTimer(group.now);
    }

    /** Section 15 from the very beginning, 16 to the very end, scenario N21. */
    @Test
    void aGroupGrowsFromOneAndShrinksToOne() {
        SimulatedGroup group = new SimulatedGroup(1, new Rules());
        SimulatedMember first = group.create(SETTINGS, 1);
        first.call(core -> core.bootstrap(SimulatedGroup.GROUP, Mode.AUTO, group.now));
        assertThat(first.delivered).containsExactly("view 1.1 [1]");
        for (int i = 1; i < 5; i++) {
            SimulatedMember joiner = RandomFaults.join(group, SETTINGS, 1);
            group.await("join", 5 * SECOND, joiner::isMember);
            joiner.send(100);
            first.send(100);
            group.runFor(SECOND);
        }
        assertThat(group.members)
                .allSatisfy(member -> assertThat(member.view.members()).hasSize(5));
        for (int i = 0; i < 4; i++) {
            SimulatedMember leaver = group.member(i);
            group.members.forEach(member -> member.send(100));
            leaver.call(core -> core.leave(group.now));
            group.await("leave", 25 * SECOND, leaver.core::hasLeft);
            assertThat(leaver.left).isEqualTo("null");
        }
        SimulatedMember last = group.member(4);
        group.runFor(SECOND);
        assertThat(last.view.members()).hasSize(1);
        assertThat(last.send(100)).isTrue();
        group.runFor(SECOND);
        assertThat(last.deliveredOwn).isEqualTo(last.sent);
    }

    /** Statement 38, scenario N22: another process at the address of a dead one need not wait for the expel timeout. */
    @Test
    void aRestartedProcessIsInWithinThreeSecondsUnderAnotherMid() {
        SimulatedGroup group = group(Mode.MULTI, 1, 1, 1);
        group.member(2).crash();
        SimulatedMember again = group.create(SETTINGS, 1, "node2");
        again.call(core -> core.join(group.now));
        group.connect(0, 3);
        group.connect(1, 3);
        long start = group.now;
        group.await("join", 6 * SECOND, again::isMember);
        assertThat(group.now - start).isLessThanOrEqualTo(3500 * MILLIS);
        assertThat(again.machine().mid).isEqualTo(4);
        assertThat(again.view.member(3)).isNull();
    }

    /** Statement 54, and 20.4: never before what was delivered anywhere, one round for many; not while suspended. */
    @Test
    void aCausalTokenComesAfterWhatAnybodyDelivered() {
        for (Mode mode : List.of(Mode.MULTI, Mode.SINGLE)) {
            SimulatedGroup group = group(mode, 1, 1, 1);
            group.slow(0, 2, 30 * MILLIS);
            for (int i = 0; i < 200; i++) {
                long before = i;
                group.member(0).send(50);
                group.await("delivery", SECOND, () -> group.member(0).deliveredOwn > before);
                long token = i;
                group.member(2).call(core -> core.causal(token, group.now));
                group.await("token", SECOND, () -> group.member(2).causal.containsKey(token));
                assertThat(items(group.member(2))).as("%s %d", mode, i).isGreaterThan(i);
                group.runFor(group.random.nextInt(5) * MILLIS);
            }
            group.partition(Set.of(2));
            group.member(2).call(core -> core.causal(1000, group.now));
            group.runFor(7 * SECOND);
            assertThat(group.member(2).causal).containsEntry(1000L, false);
            assertThat(group.member(2).core.causal(1001, group.now)).isEqualTo(PaxosCore.SendResult.NOT_PRIMARY);
        }
    }

    /** Statement 59, scenario N24. */
    @Test
    void oneWriterMakesTheGroupSingleAndManyMakeItMulti() {
        SimulatedGroup group = group(Mode.AUTO, 1, 1, 1);
        for (int i = 0; i < 300; i++) {
            group.member(1).send(50);
            group.runFor(100 * MILLIS);
        }
        assertThat(group.member(0).machine().slots.newest().lanes()).containsExactly(2);
        for (int i = 0; i < 400; i++) {
            group.members.forEach(member -> member.send(50));
            group.runFor(100 * MILLIS);
        }
        assertThat(group.member(0).machine().slots.newest().lanes()).containsExactly(1, 2, 3);
        group.runFor(SECOND);
        assertThat(group.members).allSatisfy(member -> {
            assertThat(member.views).isEqualTo(1);
            assertThat(member.deliveredOwn).isEqualTo(member.sent);
        });
    }

    /** Statement 50, scenario N30: what nobody holds any more cannot be caught up with. */
    @Test
    void whoFindsItsSlotsGoneEverywhereBeginsAnew() {
        PaxosSettings small = new PaxosSettings(
                SETTINGS.timing(),
                new PaxosSettings.Bounds(16, 4096, 8, 1 << 20, 4 << 20, 15, 20_000, 1 << 20, 1 << 20),
                "wsrep4j",
                32,
                3);
        SimulatedGroup group = SimulatedGroup.of(1, new Rules(), small, Mode.SINGLE, 1, 1, 1);
        group.runFor(SECOND);
        group.partition(Set.of(2));
        for (int i = 0; i < 700; i++) {
            group.member(0).send(400);
            group.runFor(10 * MILLIS);
        }
        assertThat(group.member(0).machine().log.low())
                .isGreaterThan(group.member(2).machine().executed());
        assertThat(group.member(0).machine().log.bytes()).isLessThan(60_000);
        group.heal();
        group.await(
                "rejoin",
                60 * SECOND,
                () -> group.member(2).isMember() && group.member(2).machine().mid == 4);
    }

    /** Statement 28, 14.4. */
    @Test
    void messagesThatAreTooLongOrTooManyAreRefused() {
        SimulatedGroup group = group(Mode.SINGLE, 1, 1, 1);
        PaxosCore core = group.member(0).core;
        assertThat(core.send(1, ByteBuffer.allocate((1 << 20) + 1), group.now))
                .isEqualTo(PaxosCore.SendResult.TOO_LONG);
        group.partition(Set.of(0));
        int accepted = 0;
        while (core.send(1, ByteBuffer.allocate(1 << 20), group.now) == PaxosCore.SendResult.ACCEPTED) {
            accepted++;
        }
        assertThat(accepted).isEqualTo(4);
        assertThat(core.send(1, ByteBuffer.allocate(1 << 20), group.now)).isEqualTo(PaxosCore.SendResult.TRY_AGAIN);
    }

    /** Statements 3, 4, 5. */
    @Test
    void anAcceptorKeepsItsPromises() {
        SimulatedGroup group = group(Mode.SINGLE, 1, 1, 1);
        Acceptor acceptor = group.member(1).machine().acceptor;
        var low = io.wsrep4j.gcomm.paxos.message.Value.NOOP;
        assertThat(acceptor.accept(5, new Ballot(3, 3), low)).isTrue();
        assertThat(acceptor.promised(5)).isEqualTo(new Ballot(3, 3));
        assertThat(acceptor.accept(5, new Ballot(2, 1), low)).isFalse();
        assertThat(acceptor.acceptedBallot(5)).isEqualTo(new Ballot(3, 3));
        var range = io.wsrep4j.gcomm.paxos.message.SlotRange.of(5, 6);
        var promise = acceptor.promise(new Ballot(4, 1), range);
        assertThat(promise.accepted()).hasSize(1);
        assertThat(acceptor.promise(new Ballot(4, 1), range)).isEqualTo(promise);
        assertThat(acceptor.promise(new Ballot(3, 2), range).refused()).hasSize(1);
        assertThat(acceptor.mayVote(group.member(1).machine().horizon())).isFalse();
    }
}
