package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Ballot;
import io.wsrep4j.gcomm.paxos.message.OrderSection.Learned;
import io.wsrep4j.gcomm.paxos.message.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Decided values, for who has to read them yet (docs/spec/paxos.md 14.4). Bounded in bytes; what is not executed here stays. */
final class LogCache {

    private final Map<Long, Value> values = new HashMap<>();
    private long low = 1;
    private long highest;
    private long bytes;

    void clear(long first) {
        values.clear();
        low = first;
        highest = first - 1;
        bytes = 0;
    }

    /** @return null if it is not held */
    Value get(long slot) {
        return values.get(slot);
    }

    void put(long slot, Value value) {
        if (values.put(slot, value) == null) {
            bytes += value.size();
            highest = Math.max(highest, slot);
        }
    }

    /** What is held from a slot on. */
    List<Learned> decidedFrom(long slot) {
        List<Learned> all = new ArrayList<>();
        for (long one = slot; one <= highest; one++) {
            Value value = values.get(one);
            if (value != null) {
                all.add(new Learned(one, Ballot.NONE, value.id()));
            }
        }
        return all;
    }

    /** The lowest slot held, if all from there on were. */
    long low() {
        return low;
    }

    /** The highest slot ever put. */
    long highest() {
        return highest;
    }

    long bytes() {
        return bytes;
    }

    int size() {
        return values.size();
    }

    /**
     * Evicts the lowest while there are more bytes than {@code bound}.
     *
     * @param spare slots from here on stay
     */
    void evict(long bound, long spare) {
        while (bytes > bound && low < spare) {
            Value gone = values.remove(low);
            bytes -= gone == null ? 0 : gone.size();
            low++;
        }
    }
}
