package io.wsrep4j.gcomm.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.paxos.message.Command;
import io.wsrep4j.gcomm.paxos.message.Mode;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Slots and configurations (docs/spec/paxos.md 3, 11). */
final class SlotMapTest {

    private static PaxosConfiguration configuration(long start, int horizon, int lanes, int... weights) {
        List<PaxosMember> members = new ArrayList<>();
        List<Integer> owners = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            members.add(new PaxosMember(i + 1, new Uuid(1, i + 1), "n" + i, 0, weights[i], false, 1, 2));
            if (i < lanes) {
                owners.add(i + 1);
            }
        }
        return new PaxosConfiguration(1, 1, start, horizon, Mode.MULTI, true, 1, 0, members, owners);
    }

    private static PaxosConfiguration of(long start, int lanes) {
        int[] weights = new int[lanes];
        java.util.Arrays.fill(weights, 1);
        return configuration(start, 64, lanes, weights);
    }

    /** Statement 1. */
    @Test
    void everySlotHasTheOwnerThatEnumerationGives() {
        Random random = new Random(1);
        for (int lanes = 1; lanes <= 9; lanes++) {
            SlotMap slots = new SlotMap();
            long start = 1 + random.nextInt(1000);
            slots.add(of(start, lanes));
            long slot = start;
            for (int i = 0; i < 20_000; i++, slot++) {
                assertThat(slots.at(slot).owner(slot)).isEqualTo(1 + i % lanes);
                assertThat(slots.nextOwned(1 + i % lanes, slot)).isEqualTo(slot);
                assertThat(slots.nextOwned(1 + (i + 1) % lanes, slot)).isEqualTo(lanes == 1 ? slot : slot + 1);
            }
        }
    }

    /** Statement 2. */
    @Test
    void aChangeStartsAtARoundBoundaryAHorizonLaterAndLeavesEarlierSlotsAlone() {
        for (int lanes = 1; lanes <= 9; lanes++) {
            PaxosConfiguration current = of(17, lanes);
            for (long slot = 17; slot < 200; slot++) {
                long start = Reconfiguration.startAfter(slot, current);
                assertThat((start - 17) % lanes).isZero();
                assertThat(start).isBetween(slot + 1 + 64, slot + 64 + lanes);
            }
        }
        SlotMap slots = new SlotMap();
        slots.add(of(1, 3));
        int before = slots.at(99).owner(99);
        slots.add(of(100, 2));
        assertThat(slots.at(99).owner(99)).isEqualTo(before);
        assertThat(slots.nextOwned(3, 99)).isEqualTo(99);
        assertThat(slots.nextOwned(3, 100)).isEqualTo(SlotMap.NONE);
        assertThat(slots.nextOwned(2, 98 + 1)).isEqualTo(101);
    }

    @Test
    void theHorizonStopsAtAPendingStartUntilItIsNear() {
        SlotMap slots = new SlotMap();
        slots.add(of(1, 3));
        assertThat(slots.horizon(1)).isEqualTo(65);
        slots.add(configuration(100, 32, 2, 1, 1));
        assertThat(slots.horizon(30)).isEqualTo(94);
        assertThat(slots.horizon(40)).isEqualTo(100);
        assertThat(slots.horizon(90)).isEqualTo(122);
        assertThat(slots.horizon(100)).isEqualTo(132);
    }

    /** Statement 34. */
    @Test
    void lanesAreExclusiveOnlyIfEveryMajorityHasAnOwner() {
        assertThat(configuration(1, 64, 3, 1, 1, 1).isExclusive()).isTrue();
        assertThat(configuration(1, 64, 2, 1, 1, 1, 1).isExclusive()).isTrue();
        assertThat(configuration(1, 64, 2, 1, 1, 1, 1, 1).isExclusive()).isFalse();
        assertThat(configuration(1, 64, 2, 1, 1, 3).isExclusive()).isFalse();
        assertThat(configuration(1, 64, 1, 1).isExclusive()).isFalse();
    }

    /** Statement 35, and other void commands. */
    @Test
    void commandsThatWouldBreakAGroupAreVoidAndSayWhy() {
        Reconfiguration.Draft draft = new Reconfiguration.Draft(of(1, 3), 3, 4);
        assertThat(draft.apply(new Command.SetHorizon(31))).contains("31").contains("32 to 8192");
        assertThat(new Reconfiguration.Draft(of(1, 20), 20, 30).apply(new Command.SetHorizon(36)))
                .contains("36", "40");
        assertThat(draft.apply(new Command.SetLanes(List.of(9), Mode.SINGLE, 0)))
                .contains("9 is no member");
        assertThat(draft.apply(new Command.Remove(List.of(7)))).isNotNull();
        assertThat(draft.apply(new Command.Remove(List.of(1, 2, 3)))).contains("nobody");
        assertThat(draft.apply(new Command.SetProtocol(3))).contains("does not speak protocol 3");
        PaxosMember known = new PaxosMember(0, new Uuid(9, 9), "n1", 0, 1, false, 1, 2);
        assertThat(draft.apply(new Command.Add(known))).contains("belongs to member 2");
        assertThat(draft.apply(new Command.Add(new PaxosMember(0, new Uuid(9, 9), "n8", 0, 1, false, 2, 2))))
                .contains("2 to 2")
                .contains("is 1");
        assertThat(draft.apply(new Command.Add(new PaxosMember(0, new Uuid(9, 9), "n8", 0, 1, false, 1, 2))))
                .isNull();
        assertThat(draft.at(100).member(new Uuid(9, 9)).mid()).isEqualTo(4);
        assertThat(draft.apply(new Command.Add(new PaxosMember(0, new Uuid(9, 8), "n9", 0, 1, false, 1, 2))))
                .contains("4 members");
    }
}
