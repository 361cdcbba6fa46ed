package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Ballot;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Accept;
import io.wsrep4j.gcomm.paxos.message.OrderSection.AcceptNoop;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Ack;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Learned;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Nack;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Prepare;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Promise;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Refused;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.SlotRange;
import io.wsrep4j.gcomm.paxos.message.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Promises and accepted values: what makes decisions last (docs/spec/paxos.md 4). Holds slots that are not decided here, so at most a horizon of them. */
final class Acceptor {

    /** State of one slot. */
    private static final class Vote {
        Ballot promised = Ballot.NONE;
        Ballot accepted;
        Value value;
    }

    private final PaxosMachine machine;
    private final Map<Long, Vote> votes = new HashMap<>();
    private long highestAccepted;
    /** Slots below are not of this incarnation. */
    private long first;

    Acceptor(PaxosMachine machine) {
        this.machine = machine;
    }

    void start(long firstSlot) {
        votes.clear();
        first = firstSlot;
        highestAccepted = 0;
    }

    Ballot promised(long slot) {
        Vote vote = votes.get(slot);
        return vote == null ? Ballot.NONE : vote.promised;
    }

    /** @return null if nothing was accepted */
    Ballot acceptedBallot(long slot) {
        Vote vote = votes.get(slot);
        return vote == null ? null : vote.accepted;
    }

    Value acceptedValue(long slot) {
        Vote vote = votes.get(slot);
        return vote == null ? null : vote.value;
    }

    /** The highest slot in which anything but a no-op was accepted; 0 for none. */
    long highestAccepted() {
        return highestAccepted;
    }

    /** All that is accepted and not decided here. */
    List<Learned> accepted() {
        List<Learned> all = new ArrayList<>();
        new TreeMap<>(votes).forEach((slot, vote) -> {
            if (vote.accepted != null) {
                all.add(new Learned(slot, vote.accepted, vote.value.id()));
            }
        });
        return all;
    }

    /** The slot is decided here: never to be voted on again. */
    void settle(long slot) {
        votes.remove(slot);
    }

    boolean mayVote(long slot) {
        PaxosConfiguration configuration = machine.slots.at(slot);
        return configuration != null
                && !machine.isFrozen()
                && slot < machine.horizon()
                && machine.rules.mayVote(slot, first)
                && configuration.weight(machine.mid) > 0;
    }

    void onAccept(int from, Accept accept) {
        long slot = accept.slot();
        if (slot >= machine.horizon()) {
            machine.ahead.hold(from, slot, accept, accept.value().size());
            return;
        }
        if (machine.learner.isDecided(slot)) {
            machine.learner.answer(from, slot);
        } else if (isSound(from, slot, accept.ballot(), accept.value())) {
            if (accept(slot, accept.ballot(), accept.value())) {
                acknowledge(from, accept.ballot(), List.of(SlotRange.one(slot)));
            } else if (mayVote(slot)) {
                machine.out.send(from, new Nack(slot, accept.ballot(), promised(slot)));
            }
            if (!accept.value().isNoop()) {
                machine.seen(slot, from);
            }
        }
    }

    void onAcceptNoop(int from, AcceptNoop accept) {
        List<Long> accepted = new ArrayList<>();
        long beyond = 0;
        for (long slot = accept.slots().first();
                slot <= accept.slots().last();
                slot += accept.slots().stride()) {
            if (slot >= machine.horizon()) {
                beyond = slot;
                break;
            }
            if (machine.learner.isDecided(slot)) {
                machine.learner.answer(from, slot);
            } else if (!isSound(from, slot, accept.ballot(), Value.NOOP)) {
                return;
            } else if (accept(slot, accept.ballot(), Value.NOOP)) {
                accepted.add(slot);
            } else if (mayVote(slot)) {
                machine.out.send(from, new Nack(slot, accept.ballot(), promised(slot)));
            }
        }
        if (beyond != 0) {
            machine.ahead.hold(from, beyond, accept, 64);
        }
        if (!accepted.isEmpty()) {
            acknowledge(from, accept.ballot(), SlotRange.covering(accepted));
        }
    }

    private boolean isSound(int from, long slot, Ballot ballot, Value value) {
        PaxosConfiguration configuration = machine.slots.at(slot);
        if (configuration == null) {
            return false;
        }
        if (ballot.mid() != from || (ballot.isFast() && configuration.owner(slot) != from)) {
            machine.violation(from, "ACCEPT of slot " + slot + " at ballot " + ballot + ", which is not its");
            return false;
        }
        Vote vote = votes.get(slot);
        if (vote != null && ballot.equals(vote.accepted) && !vote.value.id().equals(value.id())) {
            machine.violation(from, "two values for slot " + slot + " at ballot " + ballot);
            return false;
        }
        return true;
    }

    /**
     * Accepts a value, of another member or an own one.
     *
     * @return whether that is a vote
     */
    boolean accept(long slot, Ballot ballot, Value value) {
        Vote vote = votes.computeIfAbsent(slot, any -> new Vote());
        if (!machine.rules.mayAccept(vote.promised, ballot)) {
            return false;
        }
        vote.promised = machine.rules.promisedAfter(vote.promised, ballot);
        vote.accepted = ballot;
        vote.value = value;
        if (!value.isNoop()) {
            highestAccepted = Math.max(highestAccepted, slot);
        }
        machine.store.accepted(slot, ballot, value);
        machine.takeovers.noteBallot(ballot);
        if (!ballot.isFast()) {
            machine.gaps.activity(slot);
        }
        boolean isVote = mayVote(slot);
        if (isVote) {
            machine.witness.accepted(machine.mid, slot, ballot, value);
            machine.learner.count(slot, ballot, machine.mid);
        } else {
            machine.learner.recount(slot, ballot);
        }
        return isVote;
    }

    private void acknowledge(int proposer, Ballot ballot, List<SlotRange> slots) {
        Ack ack = new Ack(ballot, slots);
        machine.out.send(proposer, ack);
        for (int mid : machine.peers()) {
            if (mid != proposer) {
                machine.out.ride(mid, ack);
            }
        }
    }

    void onPrepare(int from, Prepare prepare) {
        if (prepare.ballot().mid() != from || prepare.ballot().isFast()) {
            machine.violation(from, "PREPARE at ballot " + prepare.ballot() + ", which is not its");
            return;
        }
        machine.out.send(from, promise(prepare.ballot(), prepare.slots()));
        machine.takeovers.noteBallot(prepare.ballot());
        prepare.slots().forEach(slot -> {
            if (slot == machine.executed()) {
                machine.gaps.activity(slot);
            }
        });
    }

    /** Phase 1 at this member; decided slots are answered to the ballot's owner beside it. */
    Promise promise(Ballot ballot, SlotRange range) {
        List<Learned> accepted = new ArrayList<>();
        Map<Ballot, List<Long>> refused = new TreeMap<>();
        List<Long> decided = new ArrayList<>();
        machine.skipper.skipPrepared(range);
        range.forEach(slot -> {
            if (machine.learner.isDecided(slot)) {
                decided.add(slot);
                refused.computeIfAbsent(Ballot.NONE, any -> new ArrayList<>()).add(slot);
            } else if (!mayVote(slot)) {
                refused.computeIfAbsent(Ballot.NONE, any -> new ArrayList<>()).add(slot);
            } else {
                Vote vote = votes.computeIfAbsent(slot, any -> new Vote());
                if (!ballot.isAtLeast(vote.promised)) {
                    refused.computeIfAbsent(vote.promised, any -> new ArrayList<>())
                            .add(slot);
                    return;
                }
                vote.promised = ballot;
                machine.store.promised(slot, ballot);
                if (vote.accepted != null) {
                    accepted.add(new Learned(slot, vote.accepted, vote.value.id()));
                }
            }
        });
        machine.learner.answer(ballot.mid(), decided);
        List<Refused> ranges = new ArrayList<>();
        refused.forEach(
                (promised, slots) -> SlotRange.covering(slots).forEach(one -> ranges.add(new Refused(one, promised))));
        return new Promise(ballot, range, accepted, ranges);
    }
}
