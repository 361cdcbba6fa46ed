package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.paxos.message.Ballot;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Ack;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Learn;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Learned;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Skip;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Gone;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Held;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Read;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Values;
import io.wsrep4j.gcomm.paxos.message.SlotRange;
import io.wsrep4j.gcomm.paxos.message.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which slots are decided, and what in: by counting votes, by being told, by reading (docs/spec/paxos.md 8). */
final class Learner {

    private static final int MOST_VALUES = 256;
    private static final int MOST_BYTES = 1 << 20;
    /** Ballots of one slot that votes are counted for; more are nobody's who keeps the rules. */
    private static final int MOST_BALLOTS = 64;

    private final PaxosMachine machine;
    private final Map<Long, Map<Ballot, Set<Integer>>> votes = new HashMap<>();
    /** Who asked to be sent what is decided. */
    private final Set<Integer> followers = new HashSet<>();
    /** Skips heard from their owners since the last LEARN; they go out before it. */
    private final List<Skip> relayed = new ArrayList<>();
    /** The lowest own slot that is announced and not urged. */
    private long announced = SlotMap.NONE;

    Learner(PaxosMachine machine) {
        this.machine = machine;
    }

    void clear() {
        votes.clear();
        followers.clear();
        relayed.clear();
        announced = SlotMap.NONE;
    }

    boolean isDecided(long slot) {
        return slot < machine.executed() || machine.log.get(slot) != null;
    }

    void onAck(int from, Ack ack) {
        for (SlotRange range : ack.slots()) {
            range.forEach(slot -> count(slot, ack.ballot(), from));
        }
    }

    /** A voter has accepted a slot's value at a ballot. */
    void count(long slot, Ballot ballot, int voter) {
        if (slot >= machine.horizon() || isDecided(slot)) {
            return;
        }
        Map<Ballot, Set<Integer>> ofSlot = votes.computeIfAbsent(slot, any -> new HashMap<>());
        if (ofSlot.size() < MOST_BALLOTS || ofSlot.containsKey(ballot)) {
            ofSlot.computeIfAbsent(ballot, any -> new HashSet<>()).add(voter);
            recount(slot, ballot);
        }
    }

    Set<Integer> votersOf(long slot, Ballot ballot) {
        return votes.getOrDefault(slot, Map.of()).getOrDefault(ballot, Set.of());
    }

    /** Decides if a majority has accepted, and the value is here. */
    void recount(long slot, Ballot ballot) {
        PaxosConfiguration configuration = machine.slots.at(slot);
        if (configuration == null || isDecided(slot)) {
            return;
        }
        int weight = 0;
        for (int voter : votersOf(slot, ballot)) {
            weight += configuration.weight(voter);
        }
        Value value = machine.rules.isMajority(weight, configuration.totalWeight()) ? valueAt(slot, ballot) : null;
        if (value != null) {
            boolean isMine = machine.lane.isProposing(slot, ballot);
            decide(slot, value);
            if (isMine) {
                machine.statistics.decided(ballot.isFast());
                announce(new Learned(slot, ballot, value.id()));
            }
        }
    }

    private Value valueAt(long slot, Ballot ballot) {
        return ballot.equals(machine.acceptor.acceptedBallot(slot))
                ? machine.acceptor.acceptedValue(slot)
                : machine.lane.proposed(slot, ballot);
    }

    private void announce(Learned learned) {
        relayed.forEach(machine.out::broadcast);
        relayed.clear();
        machine.out.deferLearn(learned, machine.settings.timing().learnDelay());
        announced = Math.min(announced, learned.slot());
    }

    /** Slots below are executed: what was announced of them need not wait. */
    void executedTo(long executed) {
        if (announced < executed) {
            machine.out.urge();
            announced = SlotMap.NONE;
        }
    }

    /** For good. Contradictions are somebody's wrong history. */
    void decide(long slot, Value value) {
        Value known = machine.log.get(slot);
        if (known != null) {
            if (!known.id().equals(value.id())) {
                machine.violation(0, "slot " + slot + " is decided as " + known.id() + " and as " + value.id());
            }
            return;
        }
        if (slot < machine.executed()) {
            return;
        }
        machine.log.put(slot, value);
        machine.onDecided(slot, value);
        votes.remove(slot);
        machine.acceptor.settle(slot);
        machine.lane.decided(slot, value);
        if (!value.isNoop()) {
            machine.seen(slot, 0);
            machine.gaps.onSignOf(value.id().mid());
        }
        for (int follower : followers) {
            machine.out.send(follower, new Values(List.of(new Held(slot, true, Ballot.NONE, value))));
        }
    }

    void onLearn(int from, Learn learn) {
        List<Long> missing = new ArrayList<>();
        List<Learned> early = new ArrayList<>();
        for (Learned learned : learn.slots()) {
            long slot = learned.slot();
            if (slot >= machine.horizon()) {
                early.add(learned);
                continue;
            }
            if (slot < machine.executed() || machine.slots.at(slot) == null) {
                continue;
            }
            Value value = learned.id().mid() == 0 ? Value.NOOP : find(slot, learned);
            if (value != null) {
                decide(slot, value);
            } else {
                missing.add(slot);
                machine.seen(slot, from);
            }
        }
        SlotRange.covering(missing).forEach(range -> machine.out.send(from, new Read(range, false, false, false)));
        if (!early.isEmpty()) {
            machine.ahead.hold(from, early.get(0).slot(), new Learn(early), early.size() * 32);
        }
    }

    private Value find(long slot, Learned learned) {
        Value decided = machine.log.get(slot);
        if (decided != null && !decided.id().equals(learned.id())) {
            machine.violation(0, "LEARN of " + learned + " where " + decided.id() + " is decided");
        }
        Value accepted = machine.acceptor.acceptedValue(slot);
        if (decided != null || (accepted != null && accepted.id().equals(learned.id()))) {
            return decided != null ? decided : accepted;
        }
        return machine.lane.proposed(slot, learned.id());
    }

    void onSkip(int from, Skip skip) {
        boolean isNews = false;
        machine.gaps.onSignOf(skip.owner());
        for (SlotRange range : skip.slots()) {
            for (long slot = range.first(); slot <= range.last(); slot += range.stride()) {
                if (slot >= machine.horizon()) {
                    Skip rest = new Skip(skip.owner(), List.of(new SlotRange(slot, range.last(), range.stride())));
                    machine.ahead.hold(from, slot, rest, 32);
                    break;
                }
                PaxosConfiguration configuration = machine.slots.at(slot);
                if (slot < machine.executed() || configuration == null) {
                    continue;
                }
                Value accepted = machine.acceptor.acceptedValue(slot);
                boolean isSound = machine.rules.maySkip(configuration)
                        && configuration.owner(slot) == skip.owner()
                        && (accepted == null || accepted.isNoop());
                if (!isSound) {
                    machine.violation(
                            from,
                            "SKIP by " + skip.owner() + " of slot " + slot + ", which is used, shared or another's");
                    return;
                }
                isNews |= machine.log.get(slot) == null;
                decide(slot, Value.NOOP);
            }
        }
        if (isNews && from == skip.owner() && machine.skipper.isRelaying()) {
            relayed.add(skip);
        }
    }

    /** Tells what is decided in a slot, and in the next of its lane: who lost one to a taker has lost them all. */
    void answer(int to, long slot) {
        List<Long> decided = new ArrayList<>();
        PaxosConfiguration configuration = machine.slots.at(slot);
        int stride = configuration == null ? 1 : configuration.lanes().size();
        for (long next = slot;
                decided.size() < MOST_VALUES && (next == slot || machine.log.get(next) != null);
                next += stride) {
            decided.add(next);
        }
        answer(to, decided);
    }

    void answer(int to, List<Long> decided) {
        if (to == machine.mid || decided.isEmpty()) {
            return;
        }
        List<Held> values = new ArrayList<>();
        int bytes = 0;
        for (long slot : decided) {
            Value value = machine.log.get(slot);
            if (value == null) {
                machine.out.send(to, new Gone(Math.max(1, machine.log.low())));
                machine.statistics.goneSent++;
                break;
            }
            values.add(new Held(slot, true, Ballot.NONE, value));
            bytes += value.size();
            if (values.size() >= MOST_VALUES || bytes >= MOST_BYTES) {
                break;
            }
        }
        if (!values.isEmpty()) {
            machine.out.send(to, new Values(values));
        }
    }

    void onRead(int from, Read read) {
        if (read.follow()) {
            followers.add(from);
        }
        if (read.stop()) {
            followers.remove(from);
        }
        List<Long> decided = new ArrayList<>();
        List<Held> accepted = new ArrayList<>();
        read.slots().forEach(slot -> {
            if (isDecided(slot)) {
                if (decided.size() < MOST_VALUES) {
                    decided.add(slot);
                }
            } else if (read.accepted()
                    && machine.acceptor.acceptedValue(slot) != null
                    && accepted.size() < MOST_VALUES) {
                accepted.add(new Held(
                        slot, false, machine.acceptor.acceptedBallot(slot), machine.acceptor.acceptedValue(slot)));
            }
        });
        answer(from, decided);
        if (!accepted.isEmpty()) {
            machine.out.send(from, new Values(accepted));
        }
    }

    /** Of one that is no member any more, and may have what it missed. */
    void onStrangersRead(Uuid peer, Read read) {
        List<Held> values = new ArrayList<>();
        int bytes = 0;
        for (long slot = read.slots().first();
                slot <= read.slots().last();
                slot += read.slots().stride()) {
            Value value = machine.log.get(slot);
            if (value == null || values.size() >= MOST_VALUES || bytes >= MOST_BYTES) {
                break;
            }
            values.add(new Held(slot, true, Ballot.NONE, value));
            bytes += value.size();
        }
        if (!values.isEmpty()) {
            machine.out.tell(peer, new Values(values));
        }
    }

    void unfollow(int mid) {
        followers.remove(mid);
    }

    void onValues(int from, Values values) {
        for (Held held : values.values()) {
            if (machine.force.isPromised()) {
                machine.force.onHeld(held);
            } else if (!held.decided()) {
                machine.takeovers.onAccepted(held);
            } else if (held.slot() >= machine.horizon()) {
                machine.ahead.hold(
                        from,
                        held.slot(),
                        new Values(List.of(held)),
                        held.value().size());
            } else if (machine.slots.at(held.slot()) != null) {
                decide(held.slot(), held.value());
            }
        }
        machine.gaps.onValues(from);
    }
}
