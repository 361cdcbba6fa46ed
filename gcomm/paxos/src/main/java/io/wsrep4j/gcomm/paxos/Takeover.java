package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Ballot;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Learned;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Prepare;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Promise;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Refused;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Held;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Read;
import io.wsrep4j.gcomm.paxos.message.SlotRange;
import io.wsrep4j.gcomm.paxos.message.Value;
import io.wsrep4j.gcomm.paxos.message.ValueId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Full Paxos on one range of one lane: a ballot, its promises, and what follows from them (docs/spec/paxos.md 7.3). */
final class Takeover {

    /** A promise, for look-ups by slot. */
    private static final class Given {
        final Promise promise;
        final Map<Long, Learned> accepted = new HashMap<>();
        final Set<Long> refused = new HashSet<>();

        Given(Promise promise) {
            this.promise = promise;
            promise.accepted().forEach(one -> accepted.put(one.slot(), one));
            for (Refused one : promise.refused()) {
                one.slots().forEach(refused::add);
            }
        }
    }

    private final PaxosMachine machine;
    private final Ballot ballot;
    private final SlotRange range;
    private final PaxosConfiguration configuration;
    private final long startedAt;
    private final Map<Integer, Given> promises = new HashMap<>();
    /** Slots that phase 2 has begun in. */
    private final Set<Long> proposed = new HashSet<>();
    /** Values that were chosen and are not here yet. */
    private final Map<Long, ValueId> awaited = new HashMap<>();

    private boolean isRefused;

    Takeover(PaxosMachine machine, Ballot ballot, SlotRange range, PaxosConfiguration configuration) {
        this.machine = machine;
        this.ballot = ballot;
        this.range = range;
        this.configuration = configuration;
        this.startedAt = machine.now;
    }

    Ballot ballot() {
        return ballot;
    }

    SlotRange range() {
        return range;
    }

    long startedAt() {
        return startedAt;
    }

    /** Somebody has promised a higher ballot: it takes another round. */
    boolean isRefused() {
        return isRefused;
    }

    void refused() {
        isRefused = true;
    }

    boolean isDone() {
        for (long slot = range.first(); slot <= range.last(); slot += range.stride()) {
            if (!machine.learner.isDecided(slot)) {
                return false;
            }
        }
        return true;
    }

    void begin() {
        Prepare prepare = new Prepare(ballot, range);
        for (PaxosMember member : configuration.members()) {
            if (member.mid() != machine.mid && member.isVoter()) {
                machine.out.send(member.mid(), prepare);
            }
        }
        if (configuration.weight(machine.mid) > 0) {
            onPromise(machine.mid, machine.acceptor.promise(ballot, range));
        }
    }

    void onPromise(int from, Promise promise) {
        if (!promise.slots().equals(range) || configuration.weight(from) == 0) {
            return;
        }
        for (Refused one : promise.refused()) {
            machine.takeovers.noteBallot(one.promised());
            isRefused |= !one.promised().equals(Ballot.NONE);
        }
        promises.put(from, new Given(promise));
        proceed();
    }

    private void proceed() {
        List<Long> noops = new ArrayList<>();
        List<Long> free = new ArrayList<>();
        range.forEach(slot -> {
            if (machine.learner.isDecided(slot) || proposed.contains(slot) || awaited.containsKey(slot)) {
                return;
            }
            int weight = 0;
            Learned best = null;
            int holder = 0;
            for (Map.Entry<Integer, Given> given : promises.entrySet()) {
                if (!given.getValue().refused.contains(slot)) {
                    weight += configuration.weight(given.getKey());
                    Learned accepted = given.getValue().accepted.get(slot);
                    if (accepted != null && (best == null || accepted.ballot().isAbove(best.ballot()))) {
                        best = accepted;
                        holder = given.getKey();
                    }
                }
            }
            if (!machine.rules.isMajority(weight, configuration.totalWeight())) {
                return;
            }
            if (best == null || !machine.rules.heedsAccepted()) {
                free.add(slot);
            } else if (best.id().mid() == 0) {
                noops.add(slot);
            } else {
                propose(slot, best.id(), holder);
            }
        });
        fill(free, noops);
    }

    private void propose(long slot, ValueId id, int holder) {
        Value value = machine.acceptor.acceptedValue(slot);
        if (value != null && value.id().equals(id)) {
            accept(slot, value);
        } else {
            awaited.put(slot, id);
            machine.out.send(holder, new Read(SlotRange.one(slot), true, false, false));
        }
    }

    private void accept(long slot, Value value) {
        if (proposed.add(slot)) {
            machine.lane.propose(slot, ballot, value);
        }
    }

    private void fill(List<Long> free, List<Long> noops) {
        List<Long> rest = new ArrayList<>(noops);
        int values = 0;
        for (long slot : free) {
            boolean mayUse = !configuration.isExclusive()
                    && machine.mayPropose()
                    && machine.lane.hasWork()
                    && values++ < machine.settings.bounds().pipeline();
            if (mayUse) {
                accept(slot, machine.lane.nextValue());
            } else {
                rest.add(slot);
            }
        }
        rest.sort(null);
        proposed.addAll(rest);
        machine.lane.proposeNoops(rest, ballot);
    }

    /** A payload that was asked for. */
    void onAccepted(Held held) {
        if (held.value().id().equals(awaited.get(held.slot()))) {
            awaited.remove(held.slot());
            if (!machine.learner.isDecided(held.slot())) {
                accept(held.slot(), held.value());
            }
        }
    }
}
