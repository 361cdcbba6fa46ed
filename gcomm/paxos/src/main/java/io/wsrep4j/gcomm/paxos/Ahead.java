package io.wsrep4j.gcomm.paxos;

import io.wsrep4j.gcomm.paxos.message.Section;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What came too early: about slots beyond the horizon. Bounded for each peer; what does not fit is dropped, and repeated or read later (docs/spec/paxos.md 14.4). */
final class Ahead {

    private static final int OVERHEAD = 128;

    private record Early(int from, long slot, Section section, long bytes) {}

    private final PaxosMachine machine;
    private List<Early> held = new ArrayList<>();
    private final Map<Integer, Long> bytesOf = new HashMap<>();
    private long lowest = Long.MAX_VALUE;

    Ahead(PaxosMachine machine) {
        this.machine = machine;
    }

    void clear() {
        held = new ArrayList<>();
        bytesOf.clear();
        lowest = Long.MAX_VALUE;
    }

    void hold(int from, long slot, Section section, int size) {
        long bytes = size + OVERHEAD;
        long all = bytesOf.getOrDefault(from, 0L) + bytes;
        if (all <= machine.settings.bounds().aheadBytes()) {
            bytesOf.put(from, all);
            held.add(new Early(from, slot, section, bytes));
            lowest = Math.min(lowest, slot);
        }
    }

    /** Handles what is no longer too early. */
    boolean retry() {
        long horizon = machine.horizon();
        if (lowest >= horizon) {
            return false;
        }
        List<Early> all = held;
        clear();
        for (Early early : all) {
            if (early.slot < horizon) {
                machine.dispatch(early.from, early.section);
            } else {
                held.add(early);
                bytesOf.merge(early.from, early.bytes, Long::sum);
                lowest = Math.min(lowest, early.slot);
            }
        }
        return true;
    }
}
