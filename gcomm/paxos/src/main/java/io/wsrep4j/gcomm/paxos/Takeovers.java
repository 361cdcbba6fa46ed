package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Ballot;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Nack;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Promise;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Held;
import io.wsrep4j.gcomm.paxos.message.SlotRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The ranges that this member fills for others, at most one of each lane at a time (docs/spec/paxos.md 7). */
final class Takeovers {

    private final PaxosMachine machine;
    private final Map<Integer, Takeover> byOwner = new HashMap<>();
    private int highestCount;
    private long begun;

    Takeovers(PaxosMachine machine) {
        this.machine = machine;
    }

    void clear() {
        byOwner.clear();
    }

    long begun() {
        return begun;
    }

    int highestCount() {
        return highestCount;
    }

    void noteBallot(Ballot ballot) {
        highestCount = Math.max(highestCount, ballot.count());
    }

    /** @return null if none is running */
    Takeover of(int owner) {
        Takeover running = byOwner.get(owner);
        if (running != null && running.isDone()) {
            byOwner.remove(owner);
            return null;
        }
        return running;
    }

    /** Takes over what is undecided of a lane from {@code from} to below {@code end}, in the first configuration that has such slots. */
    void start(int owner, long from, long end) {
        long first = nextUndecided(owner, from, end);
        if (first >= end || highestCount >= Ballot.MAX_COUNT) {
            return;
        }
        PaxosConfiguration configuration = machine.slots.at(first);
        long limit = Math.min(end, machine.slots.end(configuration));
        long last = first;
        for (long slot = first; slot < limit; slot = nextUndecided(owner, slot + 1, limit)) {
            last = slot;
        }
        Ballot ballot = new Ballot(++highestCount, machine.mid);
        Takeover takeover = new Takeover(
                machine,
                ballot,
                new SlotRange(first, last, configuration.lanes().size()),
                configuration);
        byOwner.put(owner, takeover);
        begun++;
        takeover.begin();
    }

    private long nextUndecided(int owner, long from, long end) {
        long slot = machine.slots.nextOwned(owner, from);
        while (slot < end && machine.learner.isDecided(slot)) {
            slot = machine.slots.nextOwned(owner, slot + 1);
        }
        return slot;
    }

    void onPromise(int from, Promise promise) {
        for (Takeover takeover : new ArrayList<>(byOwner.values())) {
            if (takeover.ballot().equals(promise.ballot())) {
                takeover.onPromise(from, promise);
            }
        }
    }

    void onNack(Nack nack) {
        for (Takeover takeover : byOwner.values()) {
            if (takeover.ballot().equals(nack.told())) {
                takeover.refused();
            }
        }
    }

    void onAccepted(Held held) {
        List<Takeover> all = new ArrayList<>(byOwner.values());
        all.forEach(takeover -> takeover.onAccepted(held));
    }
}
