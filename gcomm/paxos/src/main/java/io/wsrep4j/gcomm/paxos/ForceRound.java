package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Ballot;
import io.wsrep4j.gcomm.paxos.message.ForceSection.ForceAck;
import io.wsrep4j.gcomm.paxos.message.ForceSection.ForceGo;
import io.wsrep4j.gcomm.paxos.message.ForceSection.ForceInstall;
import io.wsrep4j.gcomm.paxos.message.ForceSection.ForcePrepare;
import io.wsrep4j.gcomm.paxos.message.ForceSection.ForcePromise;
import io.wsrep4j.gcomm.paxos.message.Fork;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Learned;
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
import java.util.TreeMap;

/** One attempt to force a membership, at the member where the operator asked for it: ask all, gather the history, have it stored, go (docs/spec/paxos.md 17.4). */
final class ForceRound {

    private static final int CHUNK = 512 << 10;

    /** What a slot is to hold, and who has it. */
    private record Wanted(ValueId id, int holder) {}

    private final PaxosMachine machine;
    private final int epoch;
    private final List<Integer> mids;
    private final long groupId;
    private final Map<Integer, ForcePromise> promises = new HashMap<>();
    private final TreeMap<Long, Wanted> wanted = new TreeMap<>();
    private final TreeMap<Long, Value> values = new TreeMap<>();
    private final Set<Integer> stored = new HashSet<>();
    private ForceInstall install;
    private long end;
    private boolean isGathering;

    ForceRound(PaxosMachine machine, int epoch, List<Integer> mids, long groupId) {
        this.machine = machine;
        this.epoch = epoch;
        this.mids = mids;
        this.groupId = groupId;
    }

    ForceInstall install() {
        return install;
    }

    Map<Long, Value> values() {
        return values;
    }

    void begin(ForcePromise own) {
        toOthers(new ForcePrepare(epoch, mids));
        onPromise(machine.mid, own);
    }

    private void toOthers(io.wsrep4j.gcomm.paxos.message.Section section) {
        for (int mid : mids) {
            if (mid != machine.mid) {
                machine.out.send(mid, section);
            }
        }
    }

    void onPromise(int from, ForcePromise promise) {
        if (promise.epoch() == epoch && mids.contains(from) && !isGathering) {
            promises.put(from, promise);
            if (promises.keySet().containsAll(mids)) {
                isGathering = true;
                choose();
                gather();
            }
        }
    }

    /** For each slot what is decided; else what was accepted at the highest ballot; else a no-op. */
    private void choose() {
        long lowest = promises.values().stream()
                .mapToLong(ForcePromise::executed)
                .min()
                .orElseThrow();
        end = promises.values().stream()
                .mapToLong(one -> one.executed() - 1)
                .max()
                .orElseThrow();
        Map<Long, Ballot> ballots = new HashMap<>();
        promises.forEach((mid, promise) -> {
            for (Learned one : promise.accepted()) {
                end = Math.max(end, one.slot());
                Ballot best = ballots.get(one.slot());
                if (best == null || one.ballot().isAbove(best)) {
                    ballots.put(one.slot(), one.ballot());
                    wanted.put(one.slot(), new Wanted(one.id(), mid));
                }
            }
        });
        promises.forEach((mid, promise) -> {
            for (Learned one : promise.decided()) {
                end = Math.max(end, one.slot());
                wanted.put(one.slot(), new Wanted(one.id(), mid));
            }
            for (long slot = lowest; slot < promise.executed(); slot++) {
                wanted.put(slot, new Wanted(null, mid));
            }
        });
        wanted.headMap(lowest).clear();
        for (long slot = lowest; slot <= end; slot++) {
            wanted.putIfAbsent(slot, new Wanted(ValueId.NOOP, machine.mid));
        }
    }

    private void gather() {
        Map<Integer, List<Long>> missing = new HashMap<>();
        wanted.forEach((slot, one) -> {
            Value value = values.get(slot);
            if (value == null && one.id != null && one.id.mid() == 0) {
                values.put(slot, Value.NOOP);
            } else if (value == null
                    && !take(slot, one, machine.log.get(slot))
                    && !take(slot, one, machine.acceptor.acceptedValue(slot))) {
                missing.computeIfAbsent(one.holder, any -> new ArrayList<>()).add(slot);
            }
        });
        missing.forEach((holder, slots) -> SlotRange.covering(slots)
                .forEach(range -> machine.out.send(holder, new Read(range, true, false, false))));
        if (missing.isEmpty() && install == null) {
            propose();
        }
    }

    private boolean take(long slot, Wanted one, Value value) {
        boolean isIt = value != null && (one.id == null ? machine.learner.isDecided(slot) : one.id.equals(value.id()));
        if (isIt) {
            values.put(slot, value);
        }
        return isIt;
    }

    void onHeld(Held held) {
        Wanted one = wanted.get(held.slot());
        if (one == null || values.containsKey(held.slot())) {
            return;
        }
        if (one.id == null ? held.decided() : one.id.equals(held.value().id())) {
            values.put(held.slot(), held.value());
            if (isGathering && values.size() == wanted.size()) {
                gather();
            }
        }
    }

    private void propose() {
        PaxosConfiguration base = machine.slots.at(machine.executed());
        List<PaxosMember> members = new ArrayList<>();
        List<Integer> lanes = new ArrayList<>();
        for (PaxosMember member : base.members()) {
            if (mids.contains(member.mid())) {
                members.add(member);
                if (member.mayOwnLane()) {
                    lanes.add(member.mid());
                }
            }
        }
        boolean isOne = base.lanes().size() == 1;
        PaxosConfiguration forced = new PaxosConfiguration(
                machine.slots.newest().number() + 1,
                epoch,
                end + 1,
                Math.max(base.horizon(), 2 * lanes.size()),
                base.mode(),
                true,
                base.protocol(),
                0,
                members,
                isOne ? lanes.subList(0, 1) : lanes);
        install = new ForceInstall(epoch, groupId, forced, new Fork(machine.groupId, machine.epoch, end), List.of());
        stored.add(machine.mid);
        sendInstall();
    }

    private void sendInstall() {
        List<Held> chunk = new ArrayList<>();
        int bytes = 0;
        for (Map.Entry<Long, Value> one : values.entrySet()) {
            chunk.add(new Held(one.getKey(), true, Ballot.NONE, one.getValue()));
            bytes += one.getValue().size();
            if (bytes >= CHUNK) {
                sendChunk(chunk);
                chunk = new ArrayList<>();
                bytes = 0;
            }
        }
        sendChunk(chunk);
    }

    private void sendChunk(List<Held> chunk) {
        toOthers(new ForceInstall(epoch, groupId, install.configuration(), install.fork(), List.copyOf(chunk)));
    }

    void onAck(int from, ForceAck ack) {
        if (install != null && ack.epoch() == epoch && ack.groupId() == groupId && mids.contains(from)) {
            stored.add(from);
        }
    }

    boolean isStored() {
        return install != null && stored.containsAll(mids);
    }

    void go() {
        toOthers(new ForceGo(epoch, groupId));
    }

    void repeat() {
        if (!isGathering) {
            toOthers(new ForcePrepare(epoch, mids));
        } else if (install == null) {
            gather();
        } else {
            sendInstall();
        }
    }
}
