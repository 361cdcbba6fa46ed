package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What this node, when it proposes a view, must know of the views that other nodes come from: the set of messages of such a view is settled by
 * the INSTALL too, and for members of it that do not go along only the INSTALL says how far they are delivered (docs/spec/gcomm-evs.md 13.3).
 *
 * <p>The reference knows nothing of them: it lists them with no messages at all, and those who go along then discard what such a member may have
 * delivered as safe; nor does it see that two members of a foreign view have not agreed yet (docs/spec/gcomm-evs.md 19.2 and 26.2). Here a proposal
 * waits until they have agreed, and repeats what they say. Both are compatible: to wait is what any missing JOIN does, and a receiver takes the list
 * as it is. A group that a node of the reference leads still has the hole.
 */
final class ForeignViews {

    private final NodeTable nodes;
    private final CurrentView current;

    ForeignViews(NodeTable nodes, CurrentView current) {
        this.nodes = nodes;
        this.current = current;
    }

    /** True if a JOIN of another view contradicts neither its companions nor what a proposal of this node can say. */
    boolean isSettled(JoinMessage join) {
        if (join.sourceView().equals(current.id())) {
            return true;
        }
        for (Node companion : nodes.all()) {
            if (companion.operational()
                    && companion.join != null
                    && companion.join.sourceView().equals(join.sourceView())
                    && !tellTheSame(join, companion.join)) {
                return false;
            }
        }
        return canRepeat(join);
    }

    /** Both have received the same in the view that they come from, and agree on who is lost. */
    private static boolean tellTheSame(JoinMessage a, JoinMessage b) {
        Knowledge ofA = a.knowledge();
        Knowledge ofB = b.knowledge();
        return ofA.aru() == ofB.aru()
                && ofA.safeSeq() == ofB.safeSeq()
                && isCovered(a.sourceView(), ofA, ofB)
                && isCovered(a.sourceView(), ofB, ofA);
    }

    private static boolean isCovered(ViewId view, Knowledge a, Knowledge b) {
        for (Map.Entry<Uuid, NodeEntry> node : a.nodes().entrySet()) {
            NodeEntry one = node.getValue();
            if (one.view().equals(view)) {
                NodeEntry other = b.nodes().get(node.getKey());
                if (other == null
                        || !other.view().equals(view)
                        || one.operational() != other.operational()
                        || one.leaveSeq() != other.leaveSeq()
                        || one.lu() != other.lu()
                        || one.hs() != other.hs()) {
                    return false;
                }
            }
        }
        return true;
    }

    /** A lost member of ours has one entry only, which says what we have: it must not cut off what the other view has of it. */
    private boolean canRepeat(JoinMessage join) {
        for (Map.Entry<Uuid, NodeEntry> node : join.knowledge().nodes().entrySet()) {
            Node ours = nodes.get(node.getKey());
            if (isLost(join, node.getValue())
                    && ours != null
                    && ours.isMember()
                    && node.getValue().hs() > current.map().hs(ours.index)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLost(JoinMessage join, NodeEntry entry) {
        return entry.view().equals(join.sourceView()) && !entry.operational();
    }

    /**
     * Puts into the entries of an INSTALL what those who go along say of lost members of the views that they come from. It counts more than what
     * this node heard of such a member itself: that is not what those who were in one view with it have agreed on.
     */
    void describeLost(NavigableMap<Uuid, NodeEntry> entries) {
        TreeMap<Uuid, NodeEntry> lost = new TreeMap<>();
        for (Node witness : nodes.all()) {
            if (witness.operational()
                    && witness.join != null
                    && !witness.join.sourceView().equals(current.id())) {
                witness.join.knowledge().nodes().forEach((uuid, entry) -> {
                    Node ours = nodes.get(uuid);
                    boolean known = ours != null && (ours.operational() || ours.isMember());
                    if (!known && isLost(witness.join, entry)) {
                        lost.merge(uuid, entry, ForeignViews::together);
                    }
                });
            }
        }
        lost.forEach((uuid, entry) -> {
            NodeEntry own = entries.get(uuid);
            entries.put(uuid, entry.evicted(entry.evicted() || own != null && own.evicted()));
        });
    }

    /** Who has more of a node tells of it: nobody may discard what another has. Companions in one view tell the same, and the first counts. */
    private static NodeEntry together(NodeEntry a, NodeEntry b) {
        return b.hs() > a.hs() || b.hs() == a.hs() && b.leaving() && !a.leaving() ? b : a;
    }

    /**
     * True if a proposal from outside this view, that tells of all its members, says what this node has received. One that does not tell of
     * them is the reference's, and is taken as it is.
     */
    boolean describesOurs(InstallMessage install) {
        if (install.sourceView().equals(current.id())) {
            return true;
        }
        long lowestMark = Long.MAX_VALUE;
        boolean same = true;
        for (Node node : nodes.all()) {
            if (node.isMember()) {
                NodeEntry entry = install.about(node.uuid);
                if (entry == null || !entry.view().equals(current.id())) {
                    return true;
                }
                lowestMark = Math.min(lowestMark, entry.safeSeq());
                same &= entry.lu() == current.map().lu(node.index)
                        && entry.hs() == current.map().hs(node.index);
            }
        }
        return same && lowestMark == current.map().safeSeq();
    }

    /** True if an own proposal tells something else of a foreign view than a member of it tells now. */
    boolean contradicts(InstallMessage own, JoinMessage join) {
        if (join.sourceView().equals(current.id())) {
            return false;
        }
        for (Map.Entry<Uuid, NodeEntry> node : join.knowledge().nodes().entrySet()) {
            NodeEntry told = node.getValue();
            NodeEntry proposed = own.about(node.getKey());
            if (told.view().equals(join.sourceView())
                    && proposed != null
                    && proposed.view().equals(told.view())
                    && (told.hs() != proposed.hs()
                            || told.lu() != proposed.lu()
                            || told.operational() != proposed.operational())) {
                return true;
            }
        }
        return false;
    }
}
