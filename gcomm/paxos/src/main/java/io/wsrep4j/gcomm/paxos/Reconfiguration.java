package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Command;
import io.wsrep4j.gcomm.paxos.message.Command.Add;
import io.wsrep4j.gcomm.paxos.message.Command.Refresh;
import io.wsrep4j.gcomm.paxos.message.Command.Remove;
import io.wsrep4j.gcomm.paxos.message.Command.SetHorizon;
import io.wsrep4j.gcomm.paxos.message.Command.SetLanes;
import io.wsrep4j.gcomm.paxos.message.Command.SetProtocol;
import io.wsrep4j.gcomm.paxos.message.Command.SetWeight;
import io.wsrep4j.gcomm.paxos.message.Mode;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What ordered commands make of a configuration, alike on all members (docs/spec/paxos.md 11). */
final class Reconfiguration {

    private final PaxosMachine machine;
    private int highestMid;

    Reconfiguration(PaxosMachine machine) {
        this.machine = machine;
    }

    /** The highest mid ever given: part of what the order makes. */
    int highestMid() {
        return highestMid;
    }

    void install(int highest) {
        highestMid = highest;
    }

    void execute(long slot, List<Command> commands, PaxosConfiguration current) {
        if (machine.slots.isPending(slot)) {
            return; // one change at a time: void on everybody
        }
        Draft draft = new Draft(current, highestMid, machine.settings.bounds().maxMembers());
        for (Command command : commands) {
            String problem = draft.apply(command);
            if (problem != null) {
                machine.listener.onNotice("void command " + command + ": " + problem);
            }
        }
        if (!draft.isChanged) {
            return;
        }
        highestMid = draft.highestMid;
        PaxosConfiguration next = draft.at(startAfter(slot, current));
        machine.slots.add(next);
        machine.raiseMaxSlot(next.start() - 1);
        machine.onConfiguration(next);
    }

    /** The first round boundary of {@code current} at or above the slot after {@code slot} and a horizon (11.2). */
    static long startAfter(long slot, PaxosConfiguration current) {
        int lanes = current.lanes().size();
        long least = slot + 1 + current.horizon() - current.start();
        return current.start() + (least + lanes - 1) / lanes * lanes;
    }

    /** A configuration in the making. */
    static final class Draft {

        private final PaxosConfiguration base;
        private final int mostMembers;
        private final List<PaxosMember> members;
        private List<Integer> lanes;
        private Mode mode;
        private int preferred;
        private int horizon;
        private int protocol;
        private int highestMid;
        private boolean changesView;
        private boolean isChanged;
        /** Whether everybody who may own a lane does. */
        private boolean isForAll;

        Draft(PaxosConfiguration base, int highestMid, int mostMembers) {
            this.base = base;
            this.highestMid = highestMid;
            this.mostMembers = mostMembers;
            members = new ArrayList<>(base.members());
            lanes = new ArrayList<>(base.lanes());
            mode = base.mode();
            preferred = base.preferredLeader();
            horizon = base.horizon();
            protocol = base.protocol();
            isForAll = mode != Mode.SINGLE && lanes.equals(allOwners());
        }

        PaxosConfiguration at(long start) {
            return new PaxosConfiguration(
                    base.number() + 1,
                    base.epoch(),
                    start,
                    horizon,
                    mode,
                    changesView,
                    protocol,
                    preferred,
                    members,
                    lanes);
        }

        private List<Integer> allOwners() {
            List<Integer> owners = new ArrayList<>();
            members.stream().filter(PaxosMember::mayOwnLane).forEach(member -> owners.add(member.mid()));
            return owners;
        }

        /** @return null, or why it is void */
        String apply(Command command) {
            String problem = command instanceof Add add
                    ? add(add.member())
                    : command instanceof Remove remove
                            ? remove(remove.mids())
                            : command instanceof SetLanes set
                                    ? setLanes(set)
                                    : command instanceof SetHorizon set
                                            ? setHorizon(set.slots())
                                            : command instanceof SetWeight set
                                                    ? setWeight(set)
                                                    : command instanceof SetProtocol set
                                                            ? setProtocol(set.version())
                                                            : refresh((Refresh) command);
            isChanged |= problem == null;
            return problem;
        }

        private String add(PaxosMember member) {
            for (PaxosMember one : members) {
                if (one.uuid().equals(member.uuid()) || one.address().equals(member.address())) {
                    return "its UUID or address belongs to member " + one.mid();
                }
            }
            if (members.size() >= mostMembers) {
                return "the group has " + mostMembers + " members already";
            }
            if (protocol < member.protocolMin() || protocol > member.protocolMax()) {
                return "it speaks protocols " + member.protocolMin() + " to " + member.protocolMax()
                        + ", the group's is " + protocol;
            }
            members.add(member.withMid(++highestMid));
            changesView = true;
            if (isForAll) {
                lanes = allOwners();
            }
            if (horizon < 2 * lanes.size()) {
                horizon = Math.min(PaxosConfiguration.MAX_HORIZON, 4 * lanes.size());
            }
            return null;
        }

        private String remove(List<Integer> mids) {
            List<PaxosMember> rest = new ArrayList<>(members);
            rest.removeIf(member -> mids.contains(member.mid()));
            if (rest.size() == members.size()) {
                return "none of them is a member";
            }
            if (rest.stream().noneMatch(PaxosMember::mayOwnLane)) {
                return "nobody would be left to propose";
            }
            members.clear();
            members.addAll(rest);
            lanes.removeAll(mids);
            changesView = true;
            ensureLane();
            return null;
        }

        private void ensureLane() {
            if (lanes.isEmpty()) {
                lanes.add(allOwners().get(0));
            }
        }

        private String setLanes(SetLanes set) {
            List<Integer> wanted = set.mids().isEmpty() ? allOwners() : set.mids();
            for (int mid : wanted) {
                if (!allOwners().contains(mid)) {
                    return mid + " is no member that may own a lane";
                }
            }
            if (wanted.stream().distinct().count() != wanted.size()) {
                return "a lane twice for one member: " + wanted;
            }
            if (horizon < 2 * wanted.size()) {
                return "the horizon of " + horizon + " is below twice the " + wanted.size() + " lanes";
            }
            lanes = new ArrayList<>(wanted);
            mode = set.mode();
            preferred = set.preferredLeader();
            isForAll = mode != Mode.SINGLE && lanes.equals(allOwners());
            return null;
        }

        private String setHorizon(int slots) {
            if (slots < PaxosConfiguration.MIN_HORIZON
                    || slots > PaxosConfiguration.MAX_HORIZON
                    || slots < 2 * lanes.size()) {
                return "a horizon of " + slots + " with " + lanes.size() + " lanes, allowed are "
                        + Math.max(PaxosConfiguration.MIN_HORIZON, 2 * lanes.size()) + " to "
                        + PaxosConfiguration.MAX_HORIZON;
            }
            horizon = slots;
            return null;
        }

        private String setWeight(SetWeight set) {
            for (int i = 0; i < members.size(); i++) {
                if (members.get(i).mid() == set.mid()) {
                    PaxosMember before = members.set(i, members.get(i).withWeight(set.weight()));
                    if (allOwners().isEmpty()) {
                        members.set(i, before);
                        return "nobody would be left to propose";
                    }
                    lanes.removeIf(mid -> !allOwners().contains(mid));
                    ensureLane();
                    if (isForAll) {
                        lanes = allOwners();
                    }
                    return null;
                }
            }
            return set.mid() + " is no member";
        }

        private String setProtocol(int version) {
            for (PaxosMember member : members) {
                if (version < member.protocolMin() || version > member.protocolMax()) {
                    return "member " + member.mid() + " does not speak protocol " + version;
                }
            }
            protocol = version;
            return null;
        }

        private String refresh(Refresh refresh) {
            if (refresh.mid() != 0) {
                int index = -1;
                for (int i = 0; i < members.size(); i++) {
                    index = members.get(i).mid() == refresh.mid() ? i : index;
                    if (Objects.equals(members.get(i).uuid(), refresh.uuid())) {
                        return "UUID " + refresh.uuid() + " belongs to a member";
                    }
                }
                if (index < 0) {
                    return refresh.mid() + " is no member";
                }
                members.set(index, members.get(index).withUuid(refresh.uuid()));
            }
            changesView = true;
            return null;
        }
    }
}
