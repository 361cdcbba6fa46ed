package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import io.wsrep4j.gcomm.paxos.message.PaxosMember;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which configuration governs which slot, and where acting must stop (docs/spec/paxos.md 3, 11). */
final class SlotMap {

    /** No such slot. */
    static final long NONE = Long.MAX_VALUE;

    private final TreeMap<Long, PaxosConfiguration> byStart = new TreeMap<>();
    private PaxosConfiguration newest;

    void clear() {
        byStart.clear();
        newest = null;
    }

    void add(PaxosConfiguration configuration) {
        byStart.put(configuration.start(), configuration);
        newest = byStart.lastEntry().getValue();
    }

    /** Whatever was to govern its slots does not. */
    void replaceFrom(PaxosConfiguration configuration) {
        byStart.tailMap(configuration.start(), true).clear();
        add(configuration);
    }

    boolean isEmpty() {
        return newest == null;
    }

    PaxosConfiguration newest() {
        return newest;
    }

    /** @return null below all that is known */
    PaxosConfiguration at(long slot) {
        if (newest != null && slot >= newest.start()) {
            return newest;
        }
        Map.Entry<Long, PaxosConfiguration> entry = byStart.floorEntry(slot);
        return entry == null ? null : entry.getValue();
    }

    /** Known ones from the one that governs a slot on, in order. */
    List<PaxosConfiguration> from(long slot) {
        Long first = byStart.floorKey(slot);
        return new ArrayList<>(
                first == null ? byStart.values() : byStart.tailMap(first).values());
    }

    /** The first slot that the configuration after this one governs, or {@link #NONE}. */
    long end(PaxosConfiguration configuration) {
        Long next = byStart.higherKey(configuration.start());
        return next == null ? NONE : next;
    }

    boolean isPending(long executed) {
        return newest.start() > executed;
    }

    /** The first slot not to be acted on by who has executed all below {@code executed}. */
    long horizon(long executed) {
        PaxosConfiguration current = at(executed);
        if (current == null) {
            return newest.start() + newest.horizon();
        }
        if (!isPending(executed) || executed + current.horizon() <= newest.start()) {
            return executed + current.horizon();
        }
        return Math.max(newest.start(), executed + newest.horizon());
    }

    /** The first slot from {@code from} on that a member owns, in what is known; {@link #NONE} if it owns none. */
    long nextOwned(int mid, long from) {
        long slot = from;
        for (PaxosConfiguration one = at(slot); one != null; one = at(slot)) {
            long end = end(one);
            int lane = one.lanes().indexOf(mid);
            if (lane >= 0) {
                int lanes = one.lanes().size();
                long behind = Math.floorMod(one.start() + lane - slot, lanes);
                if (slot + behind < end) {
                    return slot + behind;
                }
            }
            if (end == NONE) {
                return NONE;
            }
            slot = end;
        }
        return NONE;
    }

    /** A member of any known configuration, as the newest of them says. */
    PaxosMember member(int mid) {
        for (PaxosConfiguration one : byStart.descendingMap().values()) {
            PaxosMember member = one.member(mid);
            if (member != null) {
                return member;
            }
        }
        return null;
    }

    PaxosMember member(Uuid uuid) {
        for (PaxosConfiguration one : byStart.descendingMap().values()) {
            PaxosMember member = one.member(uuid);
            if (member != null) {
                return member;
            }
        }
        return null;
    }

    /** Forgets configurations that govern only slots below, but for the last {@code keep}. */
    void trim(long slot, int keep) {
        while (byStart.size() > keep) {
            Long second = byStart.higherKey(byStart.firstKey());
            if (second == null || second > slot) {
                return;
            }
            byStart.pollFirstEntry();
        }
    }
}
