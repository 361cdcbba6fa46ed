package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Ballot;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.Value;
import io.wsrep4j.gcomm.paxos.message.ValueId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold after every event (docs/spec/paxos.md 26.2). The first that does not is an {@link AssertionError}. */
final class SafetyJournal {

    private record Vote(Place place, Ballot ballot) {}

    private record Place(long groupId, int epoch, long slot) {}

    private record Chosen(Ballot ballot, ValueId id) {}

    private final SimulatedGroup group;
    /** Whether somebody lies: nothing is promised then but that nobody falls. */
    boolean isOff;

    private final Map<Place, ValueId> decided = new HashMap<>();
    private final Map<Vote, ValueId> proposed = new HashMap<>();
    private final Map<Vote, Set<Integer>> votes = new HashMap<>();
    private final Map<Place, Chosen> chosen = new HashMap<>();
    private final Map<Place, PaxosConfiguration> configurations = new HashMap<>();
    private final Map<Place, Map<Integer, Long>> expected = new HashMap<>();
    private final Map<Place, Integer> processOfMid = new HashMap<>();
    /** The one order of each group, as whoever was first delivered it. */
    private final Map<Long, List<String>> orders = new HashMap<>();

    private final Map<String, Long> lastOf = new HashMap<>();

    SafetyJournal(SimulatedGroup group) {
        this.group = group;
    }

    void fail(SimulatedMember member, String text) {
        if (isOff) {
            return;
        }
        throw new AssertionError("member " + member.index + " at " + group.now / 1_000_000 + " ms: " + text);
    }

    private Place place(SimulatedMember member, long slot) {
        return new Place(member.machine().groupId, member.machine().epoch, slot);
    }

    /** I1. */
    void decided(SimulatedMember member, long slot, Value value) {
        ValueId before = decided.putIfAbsent(place(member, slot), value.id());
        if (before != null && !before.equals(value.id())) {
            fail(member, "I1: slot " + slot + " decided as " + value.id() + " and as " + before);
        }
    }

    /** I2, I3, I8. */
    void proposed(SimulatedMember member, long slot, Ballot ballot, Value value) {
        ValueId before = proposed.putIfAbsent(new Vote(place(member, slot), ballot), value.id());
        if (before != null && !before.equals(value.id())) {
            fail(member, "I2: slot " + slot + " ballot " + ballot + " with " + value.id() + " and " + before);
        }
        Chosen one = chosen.get(place(member, slot));
        if (one != null && ballot.isAbove(one.ballot) && !one.id.equals(value.id())) {
            fail(member, "I3: slot " + slot + " ballot " + ballot + " with " + value.id() + " after " + one);
        }
        isBelowHorizon(member, slot);
    }

    private void isBelowHorizon(SimulatedMember member, long slot) {
        PaxosMachine machine = member.machine();
        if (slot >= machine.slots.horizon(machine.executed())) {
            fail(member, "I8: acts on slot " + slot + ", beyond its horizon");
        }
    }

    /** I3, I8. */
    void accepted(SimulatedMember member, long slot, Ballot ballot, Value value) {
        isBelowHorizon(member, slot);
        PaxosConfiguration configuration = member.machine().slots.at(slot);
        if (configuration.weight(member.machine().mid) == 0) {
            fail(member, "I8: votes on slot " + slot + ", in which it has no weight");
        }
        Set<Integer> voters = votes.computeIfAbsent(new Vote(place(member, slot), ballot), any -> new HashSet<>());
        voters.add(member.machine().mid);
        int weight = voters.stream().mapToInt(configuration::weight).sum();
        if (2 * weight > configuration.totalWeight()) {
            chosen.putIfAbsent(place(member, slot), new Chosen(ballot, value.id()));
        }
    }

    /** I6, I7, I9, I10, I14: every member goes along the one order of its group. */
    void delivered(SimulatedMember member, String event, boolean isView) {
        if (isOff) {
            return;
        }
        long groupId = member.machine().groupId;
        if (member.position >= 0 && member.journalGroup != groupId) {
            enterForced(member, groupId);
        }
        member.journalGroup = groupId;
        List<String> order = orders.computeIfAbsent(groupId, any -> new ArrayList<>());
        if (member.position < 0) {
            if (!isView) {
                fail(member, "delivers " + event + " before its first view");
            }
            int known = order.indexOf(event);
            member.position = known < 0 ? order.size() : known;
        }
        if (member.position < order.size()) {
            if (!order.get(member.position).equals(event)) {
                fail(
                        member,
                        "I6: delivers " + event + " where others had " + order.get(member.position) + ", at "
                                + member.position);
            }
        } else {
            if (!isView) {
                String sender = event.substring(0, event.indexOf(':') + 1);
                Long last = lastOf.put(groupId + "/" + sender, Long.parseLong(event.substring(sender.length())));
                if (last != null && last >= Long.parseLong(event.substring(sender.length()))) {
                    fail(member, "I7: " + event + " after " + last);
                }
            }
            order.add(event);
        }
        member.position++;
    }

    /** A forced group begins with what its members had delivered, one like the other. */
    private void enterForced(SimulatedMember member, long groupId) {
        List<String> before = orders.get(member.journalGroup).subList(0, member.position);
        List<String> forced = orders.get(groupId);
        if (forced == null) {
            orders.put(groupId, new ArrayList<>(before));
        } else if (forced.size() < before.size()
                || !forced.subList(0, before.size()).equals(before)) {
            fail(member, "I14: comes with " + before + " into " + forced);
        }
    }

    /** I5, I11. */
    void check(SimulatedMember member) {
        PaxosMachine machine = member.machine();
        if (machine.slots.isEmpty() || !machine.executor.isInstalled()) {
            return;
        }
        PaxosConfiguration newest = machine.slots.newest();
        PaxosConfiguration known = configurations.putIfAbsent(place(member, newest.number()), newest);
        if (known != null && known != newest && !known.equals(newest)) {
            fail(member, "I5: configuration " + newest + " and " + known);
        }
        Map<Integer, Long> before =
                expected.putIfAbsent(place(member, machine.executed()), Map.copyOf(machine.executor.expected()));
        if (before != null && !before.equals(machine.executor.expected())) {
            fail(
                    member,
                    "I11: expects " + machine.executor.expected() + " at " + machine.executed() + ", others " + before);
        }
        Integer process = processOfMid.putIfAbsent(new Place(machine.groupId, 0, machine.mid), member.index);
        if (process != null && process != member.index) {
            fail(member, "I11: mid " + machine.mid + " was process " + process);
        }
    }
}
