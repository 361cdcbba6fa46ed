package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import java.util.Map;
import java.util.TreeMap;

/** What JOINs tell of the members of our view: who has received what (docs/spec/gcomm-evs.md 11.4). */
final class CompanionReports {

    private final NodeTable nodes;
    private final CurrentView current;
    private final Emitter emitter;

    CompanionReports(NodeTable nodes, CurrentView current, Emitter emitter) {
        this.nodes = nodes;
        this.current = current;
        this.emitter = emitter;
    }

    /** The entries of those who come from our view. */
    Map<Uuid, NodeEntry> in(JoinMessage join) {
        Map<Uuid, NodeEntry> entries = new TreeMap<>();
        join.knowledge().nodes().forEach((uuid, entry) -> {
            if (entry.view().equals(current.id())) {
                entries.put(uuid, entry);
            }
        });
        return entries;
    }

    /**
     * Learns safe marks from a companion, and fills own slots as far as it has seen any. The own JOIN makes this node fill up to what it has
     * seen itself: a last message that promised more (MSG_MORE) of a sender that died would otherwise never be completed by a lone survivor.
     */
    void takeOver(Node source, Map<Uuid, NodeEntry> reports) {
        if (source == nodes.self()) {
            emitter.completeAll();
            return;
        }
        raiseMarks(source, reports);
        long highest = -1;
        for (NodeEntry entry : reports.values()) {
            highest = Math.max(highest, entry.hs());
        }
        if (current.lastSent() < highest) {
            emitter.complete(highest);
        }
    }

    /**
     * True if a mark was raised to just what the list says. Of its own, which is its aru, a node learns nothing from others, and of those who go along
     * only from themselves: what somebody else says of them may be wrong, and marks never go back.
     */
    boolean raiseMarks(Node source, Map<Uuid, NodeEntry> reports) {
        boolean raised = false;
        for (Map.Entry<Uuid, NodeEntry> entry : reports.entrySet()) {
            Node node = nodes.get(entry.getKey());
            boolean speaksForItself = node != null && node.operational() && node != source;
            if (node != null && node != nodes.self() && node.isMember() && !speaksForItself) {
                raised |= current.acknowledged(node.index, entry.getValue().safeSeq());
            }
        }
        return raised;
    }
}
