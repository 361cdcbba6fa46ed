package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Command;
import io.wsrep4j.gcomm.paxos.message.Mode;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** One seed: a group, load and faults for a while, then quiet, and what must hold then (I13 of docs/spec/paxos.md 26.2). */
final class RandomFaults {

    private static final long MILLIS = SimulatedGroup.MILLIS;
    private static final long SECOND = SimulatedGroup.SECOND;

    private final SimulatedGroup group;
    private final PaxosSettings settings;
    private final Random random;
    private final boolean changesMembers;
    private final int most;

    RandomFaults(long seed, Rules rules, boolean changesMembers) {
        Random choices = new Random(seed * 31 + 7);
        this.changesMembers = changesMembers;
        int size = 1 + choices.nextInt(5);
        int[] weights = new int[size];
        for (int i = 0; i < size; i++) {
            weights[i] = choices.nextInt(8) == 0 && i > 0 ? choices.nextInt(3) : 1;
        }
        Mode mode = Mode.values()[choices.nextInt(3)];
        settings = settings(choices);
        group = SimulatedGroup.of(seed, rules, settings, mode, weights);
        random = group.random;
        group.delay = choices.nextInt(4) == 0 ? 20 * MILLIS : MILLIS / 2;
        group.jitter = choices.nextInt(2) == 0 ? 2 * MILLIS : MILLIS / 4;
        most = size + 3;
    }

    private static PaxosSettings settings(Random choices) {
        PaxosSettings base = PaxosSettings.DEFAULTS;
        int horizon = choices.nextInt(2) == 0 ? 32 : 64 + choices.nextInt(64);
        return new PaxosSettings(
                base.timing(),
                new PaxosSettings.Bounds(
                        1 + choices.nextInt(8),
                        4096,
                        1 + choices.nextInt(6),
                        1 << 20,
                        4 << 20,
                        15,
                        1 << 20,
                        1 << 20,
                        1 << 20),
                base.groupName(),
                horizon,
                3);
    }

    SimulatedGroup run() {
        long end = group.now + 12 * SECOND;
        while (group.now < end) {
            group.runFor(random.nextLong(40 * MILLIS));
            step();
        }
        quiet();
        return group;
    }

    private SimulatedMember any() {
        return group.member(random.nextInt(group.members.size()));
    }

    private void step() {
        int kind = random.nextInt(100);
        if (kind < 70) {
            SimulatedMember member = any();
            for (int i = random.nextInt(5); i >= 0; i--) {
                member.send(12 + random.nextInt(300));
            }
        } else if (kind < 74) {
            any().freeze(random.nextLong(3 * SECOND));
        } else if (kind < 80) {
            SimulatedMember a = any();
            SimulatedMember b = any();
            if (a != b) {
                group.breakLink(a.index, b.index);
            }
        } else if (kind < 84) {
            SimulatedMember a = any();
            SimulatedMember b = any();
            if (a != b) {
                group.cut(a.index, b.index);
                group.at(group.now + random.nextLong(4 * SECOND), group::heal);
            }
        } else if (kind < 87) {
            Set<Integer> side = new TreeSet<>();
            group.members.forEach(member -> {
                if (random.nextBoolean()) {
                    side.add(member.index);
                }
            });
            group.partition(side);
            group.at(group.now + random.nextLong(4 * SECOND), group::heal);
        } else if (kind < 88) {
            crashIfAMajorityStays();
        } else if (changesMembers) {
            change(kind);
        }
    }

    private void crashIfAMajorityStays() {
        SimulatedMember victim = any();
        if (staysWithout(victim)) {
            victim.crash();
        }
    }

    /** Whether no change of members is under way, and those who live without one are a majority of everybody's newest configuration. */
    private boolean staysWithout(SimulatedMember victim) {
        if (victim.isDown || !victim.isMember()) {
            return false;
        }
        for (SimulatedMember member : group.members) {
            if (member.isDown || member.core.hasLeft()) {
                continue;
            }
            if (!member.isMember()
                    || member.machine().slots.isPending(member.machine().executed())) {
                return false;
            }
            PaxosConfiguration newest = member.machine().slots.newest();
            int alive = 0;
            for (SimulatedMember other : group.members) {
                PaxosMember its = other == victim || other.isDown ? null : newest.member(other.self.uuid());
                alive += its != null && its.mid() == other.machine().mid && other.isMember() ? its.weight() : 0;
            }
            if (2 * alive <= newest.totalWeight()) {
                return false;
            }
        }
        return true;
    }

    private void change(int kind) {
        if (kind < 92 && group.members.size() < most) {
            join(group, settings, random.nextInt(6) == 0 ? 0 : 1);
        } else if (kind < 93
                && group.members.stream().filter(SimulatedMember::isMember).count() > 2) {
            SimulatedMember member = any();
            if (!member.isFrozen() && staysWithout(member)) {
                member.call(core -> core.leave(group.now));
            }
        } else if (kind < 97) {
            SimulatedMember member = any();
            if (member.isMember() && !member.isFrozen()) {
                Mode mode = Mode.values()[random.nextInt(3)];
                List<PaxosMember> owners = member.machine().slots.newest().members().stream()
                        .filter(PaxosMember::mayOwnLane)
                        .toList();
                int leader = owners.get(random.nextInt(owners.size())).mid();
                member.call(core -> core.setMode(mode, leader, group.now));
            }
        } else {
            SimulatedMember member = any();
            if (member.isMember() && !member.isFrozen()) {
                List<Command> commands = new ArrayList<>();
                commands.add(new Command.SetHorizon(32 + random.nextInt(64)));
                member.call(core -> {
                    core.machine().order(commands);
                    core.onTimer(group.now);
                });
            }
        }
    }

    /** A new process that dials everybody. */
    static SimulatedMember join(SimulatedGroup group, PaxosSettings settings, int weight) {
        SimulatedMember joiner = group.create(settings, weight);
        joiner.call(core -> core.join(group.now));
        for (SimulatedMember other : group.members) {
            if (other != joiner) {
                group.connect(other.index, joiner.index);
            }
        }
        return joiner;
    }

    /** I13. */
    private void quiet() {
        group.heal();
        group.runFor(5 * SECOND);
        group.heal();
        group.await("quiet end", 240 * SECOND, this::isQuiet);
        group.runFor(5 * SECOND);
        group.await("still quiet", 10 * SECOND, this::isQuiet);
    }

    private boolean isQuiet() {
        long executed = -1;
        for (SimulatedMember member : group.members) {
            if (member.isDown || member.core.hasLeft()) {
                continue;
            }
            PaxosMachine machine = member.machine();
            boolean isAtRest = member.isMember()
                    && !member.isSuspended
                    && !machine.slots.isPending(machine.executed())
                    && machine.executed() > machine.maxSlot
                    && member.deliveredOwn == member.sent
                    && (executed < 0 || executed == machine.executed());
            if (!isAtRest) {
                return false;
            }
            executed = machine.executed();
            for (PaxosMember other : machine.slots.newest().members()) {
                if (group.members.stream()
                        .anyMatch(one -> one.isDown && one.self.uuid().equals(other.uuid()))) {
                    return false;
                }
            }
        }
        return true;
    }
}
