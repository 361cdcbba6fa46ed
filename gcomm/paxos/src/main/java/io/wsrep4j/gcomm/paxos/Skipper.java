package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Ballot;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Skip;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.SlotRange;
import io.wsrep4j.gcomm.paxos.message.Value;
import java.util.ArrayList;
import java.util.List;

/** Leaves own slots unused, so that the order goes on behind them (docs/spec/paxos.md 6). */
final class Skipper {

    private static final int DIRECT_UP_TO = 3;

    private final PaxosMachine machine;
    private long skipped;

    Skipper(PaxosMachine machine) {
        this.machine = machine;
    }

    long skipped() {
        return skipped;
    }

    boolean isRelaying() {
        return machine.slots.newest().members().size() > DIRECT_UP_TO;
    }

    /**
     * S1, S4: all own unused slots up to the highest used one. In shared lanes the owner proposes a no-op in them, which needs votes.
     *
     * @return whether anything was decided
     */
    boolean run() {
        if (machine.slots.isEmpty() || machine.isFrozen() || !machine.executor.isInstalled()) {
            return false;
        }
        long end = Math.min(machine.maxSlot + 1, machine.horizon());
        long slot = machine.slots.nextOwned(machine.mid, Math.max(machine.lane.floor(), machine.executed()));
        List<Long> exclusive = new ArrayList<>();
        List<Long> shared = new ArrayList<>();
        while (slot < end) {
            machine.lane.passTo(slot + 1);
            if (!machine.learner.isDecided(slot)) {
                if (machine.rules.maySkip(machine.slots.at(slot))) {
                    exclusive.add(slot);
                } else if (new Ballot(0, machine.mid).isAtLeast(machine.acceptor.promised(slot))) {
                    shared.add(slot);
                }
            }
            slot = machine.slots.nextOwned(machine.mid, slot + 1);
        }
        skip(exclusive, isRelaying());
        noops(shared);
        return !exclusive.isEmpty() || !shared.isEmpty();
    }

    private void noops(List<Long> slots) {
        List<Long> ofOne = new ArrayList<>();
        PaxosConfiguration configuration = null;
        for (long slot : slots) {
            PaxosConfiguration here = machine.slots.at(slot);
            if (here != configuration) {
                machine.lane.proposeNoops(ofOne, new Ballot(0, machine.mid));
                ofOne.clear();
            }
            configuration = here;
            ofOne.add(slot);
        }
        machine.lane.proposeNoops(ofOne, new Ballot(0, machine.mid));
    }

    private void skip(List<Long> slots, boolean relay) {
        if (slots.isEmpty()) {
            return;
        }
        skipped += slots.size();
        Skip skip = new Skip(machine.mid, SlotRange.covering(slots));
        slots.forEach(slot -> machine.learner.decide(slot, Value.NOOP));
        int cause = relay ? machine.maxSlotProposer : 0;
        for (int mid : machine.peers()) {
            if (relay && mid != cause) {
                machine.out.defer(mid, skip, machine.settings.timing().skipDelay());
            } else {
                machine.out.send(mid, skip);
            }
        }
    }

    /** 7.4: somebody would take over own slots; those that are unused and nobody else's to use are skipped instead. */
    void skipPrepared(SlotRange range) {
        PaxosConfiguration configuration = machine.slots.at(range.first());
        boolean isMine = configuration != null
                && range.stride() == configuration.lanes().size()
                && configuration.owner(range.first()) == machine.mid
                && machine.rules.maySkip(configuration)
                && machine.executor.isInstalled()
                && !machine.isFrozen();
        if (!isMine) {
            return;
        }
        List<Long> unused = new ArrayList<>();
        long end = Math.min(range.last() + 1, Math.min(machine.horizon(), machine.slots.end(configuration)));
        long from = Math.max(Math.max(machine.lane.floor(), machine.executed()), configuration.start());
        for (long slot = machine.slots.nextOwned(machine.mid, from);
                slot < end;
                slot = machine.slots.nextOwned(machine.mid, slot + 1)) {
            if (!machine.learner.isDecided(slot)) {
                unused.add(slot);
            }
        }
        if (!unused.isEmpty()) {
            machine.lane.passTo(unused.get(unused.size() - 1) + 1);
            skip(unused, false);
        }
    }
}
