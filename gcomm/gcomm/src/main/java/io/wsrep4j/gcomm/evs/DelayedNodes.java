package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LineKind;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Keeps account of nodes that answer late, and evicts those that many find late too often (docs/spec/gcomm-evs.md 15). */
final class DelayedNodes {

    private static final LineKind LATE = LineKind.ofPeer("late answers");

    /** Counts below this are nobody's business. */
    private static final int NOTEWORTHY = 2;

    private final Machine machine;
    private final TreeMap<Uuid, Delay> delays = new TreeMap<>();

    private static final class Delay {
        int count = 1;
        boolean late = true;
        long at;
    }

    DelayedNodes(Machine machine) {
        this.machine = machine;
    }

    /** Part of the inactivity check. */
    void check() {
        EvsSettings settings = machine.env().settings();
        if (settings.autoEvict() == 0) {
            return;
        }
        long now = machine.env().now();
        boolean announce = false;
        for (Node node : machine.nodes().all()) {
            if (node == machine.nodes().self()) {
                continue;
            }
            boolean late = node.seenAt + settings.keepalivePeriod() + settings.delayMargin() <= now;
            announce |= late ? isLate(node, now) : isInTime(node, now, settings.delayedKeepPeriod());
            if (node.delayedList != null && node.delayedListAt + settings.delayedKeepPeriod() < now) {
                node.delayedList = null;
            }
        }
        delays.entrySet().removeIf(e -> e.getValue().count == 0 && !e.getValue().late || isGone(e.getKey()));
        if (announce && machine.current().view().version() > 0) {
            handle(machine.nodes().self(), machine.announcer().delayedList(counts()));
        }
    }

    private boolean isLate(Node node, long now) {
        Delay delay = delays.get(node.uuid);
        if (delay == null) {
            delay = new Delay();
            delays.put(node.uuid, delay);
            machine.env()
                    .log
                    .info(
                            LATE,
                            node.uuid,
                            "node {} at {} answers late",
                            node,
                            machine.env().transport.address(node.uuid));
        } else if (!delay.late && delay.count < DelayedListMessage.MAXIMUM_COUNT) {
            delay.count++;
        }
        delay.late = true;
        delay.at = now;
        long lastSent = machine.current().lastSent();
        if (node.isMember() && machine.current().map().lu(node.index) <= lastSent) {
            machine.retransmission().request(node, node, machine.current().map().lu(node.index), lastSent);
        }
        return delay.count > 0;
    }

    private boolean isInTime(Node node, long now, long keepPeriod) {
        Delay delay = delays.get(node.uuid);
        if (delay == null) {
            return false;
        }
        if (delay.count > 0 && delay.at + keepPeriod < now) {
            delay.count--;
            delay.at = now;
        }
        delay.late = false;
        return delay.count > 0;
    }

    private boolean isGone(Uuid uuid) {
        return machine.evictions().contains(uuid) && !machine.current().hasMember(uuid);
    }

    private SortedMap<Uuid, Integer> counts() {
        TreeMap<Uuid, Integer> counts = new TreeMap<>();
        for (Map.Entry<Uuid, Delay> delay : delays.entrySet()) {
            if (counts.size() < DelayedListMessage.MAXIMUM_ENTRIES) {
                counts.put(delay.getKey(), delay.getValue().count);
            }
        }
        return counts;
    }

    /** Takes a list, and evicts whom enough nodes have found late often enough. */
    void handle(Node source, DelayedListMessage list) {
        long limit = machine.env().settings().autoEvict();
        if (limit == 0) {
            return;
        }
        source.delayedList = list;
        source.delayedListAt = machine.env().now();
        TreeMap<Uuid, Integer> total = new TreeMap<>();
        TreeMap<Uuid, Integer> over = new TreeMap<>();
        tally(limit, total, over);
        boolean evicted = false;
        for (Uuid uuid : over.keySet()) {
            int complaints = total.getOrDefault(uuid, 0);
            boolean byMembers = machine.current().hasMember(uuid)
                    && complaints > machine.current().memberCount() / 2;
            boolean byKnown = complaints > machine.nodes().size() / 2;
            if (!machine.evictions().contains(uuid) && !uuid.equals(machine.env().self) && (byMembers || byKnown)) {
                machine.evictions().evict(uuid);
                evicted = true;
                if (machine.nodes().get(uuid) != null) {
                    machine.giveUp(machine.nodes().get(uuid), "it was evicted");
                }
            }
        }
        if (evicted && machine.is(EvsStateName.OPERATIONAL)) {
            machine.gatherAndJoin();
        }
    }

    private void tally(long limit, Map<Uuid, Integer> total, Map<Uuid, Integer> over) {
        long oldest = machine.env().now() - machine.env().settings().delayedKeepPeriod();
        for (Node node : machine.nodes().all()) {
            DelayedListMessage list = node.delayedList;
            if (list == null || node.delayedListAt < oldest || list.counts().containsKey(machine.env().self)) {
                continue;
            }
            list.counts().forEach((uuid, count) -> {
                if (count >= NOTEWORTHY) {
                    total.merge(uuid, 1, Integer::sum);
                }
                if (Long.compareUnsigned(count, limit) >= 0) {
                    over.merge(uuid, 1, Integer::sum);
                }
            });
        }
    }

    /** The status variable evs_delayed: uuid:address:count, joined by commas. */
    String describe() {
        StringBuilder text = new StringBuilder();
        delays.forEach((uuid, delay) -> {
            if (!isGone(uuid)) {
                text.append(text.isEmpty() ? "" : ",")
                        .append(uuid)
                        .append(':')
                        .append(machine.env().transport.address(uuid))
                        .append(':')
                        .append(delay.count);
            }
        });
        return text.toString();
    }
}
