package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.ReadSection.Index;
import io.wsrep4j.gcomm.paxos.message.ReadSection.ReadIndex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Causal tokens: what was delivered anywhere before is delivered here first (docs/spec/paxos.md 20.4). One round is out at a time; later calls share the next. */
final class ReadIndexRounds {

    private record Waiting(long token, long above) {}

    private final PaxosMachine machine;
    private List<Long> waiting = new ArrayList<>();
    private List<Long> asked = new ArrayList<>();
    private final List<Waiting> reading = new ArrayList<>();
    private final Map<Integer, Long> answers = new HashMap<>();
    private long round;
    private int newest;
    private long askedAt;

    ReadIndexRounds(PaxosMachine machine) {
        this.machine = machine;
    }

    void request(long token) {
        waiting.add(token);
    }

    /** @return 0 or more: the highest slot this member has accepted a value in, or knows decided */
    private long index() {
        return Math.max(machine.acceptor.highestAccepted(), Math.max(machine.log.highest(), machine.executed() - 1));
    }

    void onReadIndex(int from, ReadIndex ask) {
        if (!machine.isFrozen()) {
            machine.out.send(from, new Index(ask.token(), index()));
        }
    }

    /** @param configuration the newest that the answering member knows */
    void onIndex(int from, Index index, int configuration) {
        if (index.token() != round || asked.isEmpty()) {
            return;
        }
        if (configuration > newest) {
            ask(); // those asked may be no majority any more
            return;
        }
        answers.put(from, index.slot());
    }

    long deadline() {
        return asked.isEmpty()
                ? Long.MAX_VALUE
                : askedAt + machine.settings.timing().retryPeriod();
    }

    void run() {
        if (machine.slots.isEmpty() || !machine.executor.isInstalled()) {
            return;
        }
        if (!asked.isEmpty()) {
            if (newest != machine.slots.newest().number() || machine.now >= deadline()) {
                ask();
            } else if (isAnswered()) {
                long highest =
                        answers.values().stream().mapToLong(slot -> slot).max().orElse(0);
                asked.forEach(token -> reading.add(new Waiting(token, highest)));
                asked = new ArrayList<>();
                machine.seen(Math.min(highest, machine.horizon() - 1), 0);
            }
        }
        if (asked.isEmpty() && !waiting.isEmpty()) {
            asked = waiting;
            waiting = new ArrayList<>();
            machine.statistics.readIndexRounds++;
            ask();
        }
        for (Waiting one : List.copyOf(reading)) {
            if (machine.executed() > one.above) {
                reading.remove(one);
                machine.listener.onCausal(one.token, true);
            }
        }
    }

    private void ask() {
        round++;
        newest = machine.slots.newest().number();
        askedAt = machine.now;
        answers.clear();
        answers.put(machine.mid, index());
        machine.out.broadcast(new ReadIndex(round));
    }

    private boolean isAnswered() {
        for (PaxosConfiguration one : machine.slots.from(machine.executed())) {
            int weight = 0;
            for (int mid : answers.keySet()) {
                weight += one.weight(mid);
            }
            if (!machine.rules.isMajority(weight, one.totalWeight())) {
                return false;
            }
        }
        return true;
    }

    /** A configuration came while executing towards the index: its voters were not asked. */
    void onConfiguration() {
        reading.forEach(one -> waiting.add(one.token));
        reading.clear();
    }

    /** The majority is out of reach, or this member out of the group. */
    void fail() {
        List<Long> all = new ArrayList<>(waiting);
        all.addAll(asked);
        reading.forEach(one -> all.add(one.token));
        waiting = new ArrayList<>();
        asked = new ArrayList<>();
        reading.clear();
        all.forEach(token -> machine.listener.onCausal(token, false));
    }
}
