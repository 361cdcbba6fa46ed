package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import java.util.TreeMap;

/** Describes this node's state as JOIN and INSTALL carry it (docs/spec/gcomm-evs.md 12.1). */
final class KnowledgeSource {

    private final NodeTable nodes;
    private final CurrentView current;
    private final Evictions evictions;

    KnowledgeSource(NodeTable nodes, CurrentView current, Evictions evictions) {
        this.nodes = nodes;
        this.current = current;
        this.evictions = evictions;
    }

    Knowledge describe() {
        TreeMap<Uuid, NodeEntry> entries = new TreeMap<>();
        for (Node node : nodes.all()) {
            entries.put(node.uuid, entry(node));
        }
        for (Uuid evicted : evictions.all()) {
            entries.computeIfAbsent(evicted, u -> new NodeEntry(false, false, true, 0, -1, ViewId.NIL, -1, -1, -1));
        }
        InputMap map = current.map();
        return new Knowledge(map.safeSeq(), map.aru(), entries);
    }

    private NodeEntry entry(Node node) {
        if (node == nodes.self()) {
            return local(node, true, -1);
        }
        if (node.join != null) {
            ViewId view = node.join.sourceView();
            if (view.equals(current.id()) && node.isMember()) {
                return local(node, node.operational(), -1);
            }
            NodeEntry own = node.join.about(node.uuid);
            return remote(node, -1, view, own.safeSeq(), own.lu(), own.hs());
        }
        if (node.leave != null) {
            ViewId view = node.leave.sourceView();
            return view.equals(current.id()) && node.isMember()
                    ? local(node, node.operational(), node.leave.seq())
                    : remote(node, node.leave.seq(), view, -1, -1, -1);
        }
        return node.isMember() ? local(node, node.operational(), -1) : remote(node, -1, ViewId.NIL, -1, -1, -1);
    }

    private NodeEntry local(Node node, boolean operational, long leaveSeq) {
        InputMap map = current.map();
        int i = node.index;
        return new NodeEntry(
                operational,
                node.suspected,
                evictions.contains(node.uuid),
                0,
                leaveSeq,
                current.id(),
                map.mark(i),
                map.lu(i),
                map.hs(i));
    }

    private NodeEntry remote(Node node, long leaveSeq, ViewId view, long safeSeq, long lu, long hs) {
        return new NodeEntry(
                node.operational(), node.suspected, evictions.contains(node.uuid), 0, leaveSeq, view, safeSeq, lu, hs);
    }
}
