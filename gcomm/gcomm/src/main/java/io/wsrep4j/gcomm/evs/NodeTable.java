package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LineKind;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;

/** All nodes that are known, this one included, in ascending uuid order (docs/spec/gcomm-evs.md 8). */
final class NodeTable {

    /** More nodes than this are not met: far above any group, and a bound for what a broken peer can make us remember. */
    private static final int MOST_NODES = 1024;

    private static final LineKind GIVING_UP = LineKind.ofNode("nodes given up");

    private final Environment env;
    private final TreeMap<Uuid, Node> nodes = new TreeMap<>();
    private final Node self;

    // iterated on every check and on every message of a membership change; rebuilt when the table changes
    private List<Node> snapshot = List.of();

    NodeTable(Environment env) {
        this.env = env;
        this.self = new Node(env.self, 0);
        this.self.index = 0;
        put(this.self);
    }

    Node self() {
        return self;
    }

    /** The record of a node, or null. */
    Node get(Uuid uuid) {
        return nodes.get(uuid);
    }

    /** All nodes; safe to iterate while nodes are added or removed. */
    List<Node> all() {
        return snapshot;
    }

    int size() {
        return snapshot.size();
    }

    boolean isFull() {
        return snapshot.size() >= MOST_NODES;
    }

    Node add(Uuid uuid) {
        Node node = new Node(uuid, env.now());
        put(node);
        return node;
    }

    private void put(Node node) {
        nodes.put(node.uuid, node);
        snapshot = List.copyOf(nodes.values());
    }

    /** Removes nodes other than this one; true if any was removed. */
    boolean removeIf(Predicate<Node> unwanted) {
        boolean removed = nodes.values().removeIf(node -> node != self && unwanted.test(node));
        if (removed) {
            snapshot = List.copyOf(nodes.values());
        }
        return removed;
    }

    /** SET_INACTIVE of docs/spec/gcomm-evs.md 8: the node goes along no more. */
    void giveUp(Node node, String reason) {
        if (node == self) {
            return;
        }
        if (node.operational()) {
            env.log.info(
                    GIVING_UP,
                    node.uuid,
                    "giving up node {} at {}: {}",
                    node,
                    env.transport.address(node.uuid),
                    reason);
        }
        node.giveUp();
    }

    /** True if another incarnation of a node is known. */
    boolean knowsOtherIncarnation(Uuid uuid) {
        for (Node node : snapshot) {
            if (!node.uuid.equals(uuid) && ShortUuid.sameNode(node.uuid, uuid)) {
                return true;
            }
        }
        return false;
    }

    /** Gives the members of a new view their places; all others lose theirs. */
    void index(Collection<Uuid> members) {
        for (Node node : snapshot) {
            node.index = Node.NO_INDEX;
            node.askedFor.clear();
        }
        int index = 0;
        for (Uuid member : members) {
            Node node = nodes.get(member);
            node = node == null ? add(member) : node;
            node.index = index++;
            node.completeAt = env.now();
        }
    }

    /**
     * Forgets the LEAVEs of members that name another view than the current one: these members are lost to this view, as if they had died. In
     * JOINs they would be listed with the other view, and then those who are left here never agree on what they received from them.
     */
    void forgetForeignLeaves(ViewId current) {
        for (Node node : snapshot) {
            if (node.isMember()
                    && node.leave != null
                    && !node.leave.sourceView().equals(current)) {
                node.leave = null;
            }
        }
    }

    /** True if every operational node has a JOIN, and it lists the node as suspected. */
    boolean allSuspect(Uuid uuid) {
        for (Node node : snapshot) {
            if (node.operational()) {
                NodeEntry entry = node.join == null ? null : node.join.about(uuid);
                if (entry == null || !entry.suspected()) {
                    return false;
                }
            }
        }
        return true;
    }
}
