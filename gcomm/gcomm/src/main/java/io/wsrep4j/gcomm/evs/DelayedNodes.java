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

    private final Environment env;
    private final NodeTable nodes;
    private final CurrentView current;
    private final Evictions evictions;
    private final Retransmission retransmission;
    private final Announcer announcer;
    private final Transitions transitions;
    private final TreeMap<Uuid, Delay> delays = new TreeMap<>();

    private static final class Delay {
        int count = 1;
        boolean late = true;
        long at;
    }

    DelayedNodes(
            Environment env,
            NodeTable nodes,
            CurrentView current,
            Evictions evictions,
            Retransmission retransmission,
            Announcer announcer,
            Transitions transitions) {
        this.env = env;
        this.nodes = nodes;
        this.current = current;
        this.evictions = evictions;
        this.retransmission = retransmission;
        this.announcer = announcer;
        this.transitions = transitions;
    }

    /** Part of the inactivity check. */
    void check() {
        EvsSettings settings = env.settings();
        if (settings.autoEvict() == 0) {
            return;
        }
        long now = env.now();
        boolean announce = false;
        for (Node node : nodes.all()) {
            if (node == nodes.self()) {
                continue;
            }
            boolean late = node.seenAt + settings.keepalivePeriod() + settings.delayMargin() <= now;
            announce |= late ? isLate(node, now) : isInTime(node, now, settings.delayedKeepPeriod());
            if (node.delayedList != null && node.delayedListAt + settings.delayedKeepPeriod() < now) {
                node.delayedList = null;
            }
        }
        delays.entrySet().removeIf(e -> e.getValue().count == 0 && !e.getValue().late || isGone(e.getKey()));
        if (announce && current.view().version() > 0) {
            handle(nodes.self(), announcer.delayedList(counts()));
        }
    }

    private boolean isLate(Node node, long now) {
        Delay delay = delays.get(node.uuid);
        if (delay == null) {
            delay = new Delay();
            delays.put(node.uuid, delay);
            env.log.info(LATE, node.uuid, "node {} at {} answers late", node, env.transport.address(node.uuid));
        } else if (!delay.late && delay.count < DelayedListMessage.MAXIMUM_COUNT) {
            delay.count++;
        }
        delay.late = true;
        delay.at = now;
        long lastSent = current.lastSent();
        if (node.isMember() && current.map().lu(node.index) <= lastSent) {
            retransmission.request(node, node, current.map().lu(node.index), lastSent);
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
        return evictions.contains(uuid) && !current.hasMember(uuid);
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
        long limit = env.settings().autoEvict();
        if (limit == 0) {
            return;
        }
        source.delayedList = list;
        source.delayedListAt = env.now();
        TreeMap<Uuid, Integer> total = new TreeMap<>();
        TreeMap<Uuid, Integer> over = new TreeMap<>();
        tally(limit, total, over);
        boolean evicted = false;
        for (Uuid uuid : over.keySet()) {
            int complaints = total.getOrDefault(uuid, 0);
            boolean byMembers = current.hasMember(uuid) && complaints > current.memberCount() / 2;
            boolean byKnown = complaints > nodes.size() / 2;
            if (!evictions.contains(uuid) && !uuid.equals(env.self) && (byMembers || byKnown)) {
                evictions.evict(uuid);
                evicted = true;
                if (nodes.get(uuid) != null) {
                    nodes.giveUp(nodes.get(uuid), "it was evicted");
                }
            }
        }
        if (evicted && transitions.is(EvsStateName.OPERATIONAL)) {
            transitions.gatherAndJoin();
        }
    }

    private void tally(long limit, Map<Uuid, Integer> total, Map<Uuid, Integer> over) {
        long oldest = env.now() - env.settings().delayedKeepPeriod();
        for (Node node : nodes.all()) {
            DelayedListMessage list = node.delayedList;
            if (list == null || node.delayedListAt < oldest || list.counts().containsKey(env.self)) {
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
                        .append(env.transport.address(uuid))
                        .append(':')
                        .append(delay.count);
            }
        });
        return text.toString();
    }
}
