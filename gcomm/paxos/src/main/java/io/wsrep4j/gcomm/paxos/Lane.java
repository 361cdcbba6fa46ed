package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Ballot;
import io.wsrep4j.gcomm.paxos.message.Command;
import io.wsrep4j.gcomm.paxos.message.Item;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Accept;
import io.wsrep4j.gcomm.paxos.message.OrderSection.AcceptNoop;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Nack;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import io.wsrep4j.gcomm.paxos.message.Section;
import io.wsrep4j.gcomm.paxos.message.SlotRange;
import io.wsrep4j.gcomm.paxos.message.Value;
import io.wsrep4j.gcomm.paxos.message.ValueId;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Own slots and what is proposed, at ballot 0 or above (docs/spec/paxos.md 5, 9.3, 10). */
final class Lane {

    private static final class Proposal {
        final Ballot ballot;
        final Value value;
        long sentAt;

        Proposal(Ballot ballot, Value value, long sentAt) {
            this.ballot = ballot;
            this.value = value;
            this.sentAt = sentAt;
        }
    }

    private final PaxosMachine machine;
    private final TreeMap<Long, Proposal> proposals = new TreeMap<>();
    /** Values with own items, by slot, until they are executed or lost: what 9.3 looks through. */
    private final TreeMap<Long, Value> carrying = new TreeMap<>();

    private final Deque<List<Command>> commands = new ArrayDeque<>();
    private long floor;
    private long valueNumber;
    private int inFlight;

    Lane(PaxosMachine machine) {
        this.machine = machine;
    }

    void start(long firstSlot) {
        proposals.clear();
        carrying.clear();
        commands.clear();
        floor = firstSlot;
        inFlight = 0;
    }

    /** The lowest own slot that is not used; all below were, or are for ever left. */
    long floor() {
        return floor;
    }

    void passTo(long slot) {
        floor = Math.max(floor, slot);
        machine.store.floor(floor);
    }

    void order(List<Command> value) {
        commands.add(value);
    }

    /** Unless the same waits already. */
    void orderOnce(List<Command> value) {
        if (!commands.contains(value)) {
            commands.addFirst(value);
        }
    }

    void dropOrders() {
        commands.clear();
    }

    boolean hasWork() {
        return !commands.isEmpty() || !machine.queue.isEmpty();
    }

    /** F1, F2: as much as pipeline and horizon let. */
    void propose() {
        while (machine.mayPropose()
                && hasWork()
                && inFlight < machine.settings.bounds().pipeline()) {
            long slot = nextUsable();
            if (slot == SlotMap.NONE) {
                return;
            }
            passTo(slot + 1);
            propose(slot, new Ballot(0, machine.mid), nextValue());
        }
    }

    private long nextUsable() {
        long slot = Math.max(floor, machine.executed());
        while (true) {
            slot = machine.slots.nextOwned(machine.mid, slot);
            if (slot >= machine.horizon()) {
                return SlotMap.NONE;
            }
            if (!machine.learner.isDecided(slot)
                    && new Ballot(0, machine.mid).isAtLeast(machine.acceptor.promised(slot))) {
                return slot;
            }
            slot++;
        }
    }

    /** Of commands if there are any, else of items; a no-op if there is neither. */
    Value nextValue() {
        List<Command> next = commands.poll();
        if (next != null) {
            return Value.ofCommands(nextId(), next);
        }
        List<Item> batch = machine.queue.batch();
        return batch.isEmpty() ? Value.NOOP : Value.ofItems(nextId(), batch);
    }

    private ValueId nextId() {
        return new ValueId(machine.mid, ++valueNumber);
    }

    void propose(long slot, Ballot ballot, Value value) {
        begin(slot, ballot, value);
        toOthers(slot, value.isNoop() ? new AcceptNoop(SlotRange.one(slot), ballot) : new Accept(slot, ballot, value));
        vote(slot, ballot, value);
    }

    /** The same no-op in many slots of one configuration. */
    void proposeNoops(Collection<Long> ascending, Ballot ballot) {
        for (SlotRange range : SlotRange.covering(ascending)) {
            range.forEach(slot -> begin(slot, ballot, Value.NOOP));
            toOthers(range.first(), new AcceptNoop(range, ballot));
            range.forEach(slot -> vote(slot, ballot, Value.NOOP));
        }
    }

    private void begin(long slot, Ballot ballot, Value value) {
        Proposal before = proposals.put(slot, new Proposal(ballot, value, machine.now));
        inFlight -= before != null && before.ballot.isFast() ? 1 : 0;
        inFlight += ballot.isFast() ? 1 : 0;
        if (!value.items().isEmpty()) {
            carrying.put(slot, value);
        }
        if (!value.isNoop()) {
            machine.seen(slot, 0);
        }
        machine.onProposed(slot, ballot, value);
    }

    private void vote(long slot, Ballot ballot, Value value) {
        if (!machine.learner.isDecided(slot) && !machine.acceptor.accept(slot, ballot, value)) {
            machine.learner.recount(slot, ballot);
        }
    }

    private void toOthers(long slot, Section section) {
        for (PaxosMember member : machine.slots.at(slot).members()) {
            if (member.mid() != machine.mid) {
                machine.out.send(member.mid(), section);
            }
        }
    }

    boolean isProposing(long slot, Ballot ballot) {
        Proposal proposal = proposals.get(slot);
        return proposal != null && proposal.ballot.equals(ballot);
    }

    /** @return null if it is not what is being proposed */
    Value proposed(long slot, Ballot ballot) {
        Proposal proposal = proposals.get(slot);
        return proposal != null && proposal.ballot.equals(ballot) ? proposal.value : null;
    }

    Value proposed(long slot, ValueId id) {
        Proposal proposal = proposals.get(slot);
        return proposal != null && proposal.value.id().equals(id) ? proposal.value : null;
    }

    void decided(long slot, Value value) {
        drop(slot);
        Value carried = carrying.get(slot);
        if (carried != null && !carried.id().equals(value.id())) {
            carrying.remove(slot);
        } else if (carried == null && value.items().stream().anyMatch(item -> item.sender() == machine.mid)) {
            carrying.put(slot, value);
        }
    }

    private void drop(long slot) {
        Proposal proposal = proposals.remove(slot);
        inFlight -= proposal != null && proposal.ballot.isFast() ? 1 : 0;
    }

    /** F5. */
    void onNack(Nack nack) {
        machine.takeovers.noteBallot(nack.promised());
        machine.statistics.nacks++;
        if (isProposing(nack.slot(), nack.told())) {
            drop(nack.slot());
        }
        machine.takeovers.onNack(nack);
    }

    /** All below are executed. */
    void executedTo(long slot) {
        carrying.headMap(slot).clear();
        while (!proposals.isEmpty() && proposals.firstKey() < slot) {
            drop(proposals.firstKey());
        }
    }

    /** 9.3: items that are in nothing that may be decided are proposed again, from the first missing one on. */
    void goBack() {
        long expected = machine.executor.expected(machine.mid);
        if (machine.queue.next() <= expected || machine.forwarder.carries(expected)) {
            return;
        }
        for (Value value : carrying.values()) {
            for (Item item : value.items()) {
                if (item.sender() == machine.mid && item.sequence() == expected) {
                    return;
                }
            }
        }
        machine.queue.goBack(expected);
    }

    /** F6: repeats what was not answered. */
    void retry() {
        long before = machine.now - machine.settings.timing().retryPeriod();
        for (Map.Entry<Long, Proposal> entry : proposals.entrySet()) {
            Proposal proposal = entry.getValue();
            if (proposal.sentAt <= before) {
                proposal.sentAt = machine.now;
                resend(entry.getKey(), proposal, 0);
            }
        }
    }

    /** What another may have missed while its link was broken. */
    void repeatTo(int mid) {
        proposals.forEach((slot, proposal) -> resend(slot, proposal, mid));
    }

    private void resend(long slot, Proposal proposal, int only) {
        Section section = proposal.value.isNoop()
                ? new AcceptNoop(SlotRange.one(slot), proposal.ballot)
                : new Accept(slot, proposal.ballot, proposal.value);
        Set<Integer> answered = machine.learner.votersOf(slot, proposal.ballot);
        PaxosConfiguration configuration = machine.slots.at(slot);
        for (PaxosMember member : configuration.members()) {
            int mid = member.mid();
            if (mid != machine.mid && !answered.contains(mid) && (only == 0 || only == mid)) {
                machine.out.send(mid, section);
            }
        }
    }
}
