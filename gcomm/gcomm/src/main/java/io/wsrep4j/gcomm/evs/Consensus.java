package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** Decides whether the nodes that go along know the same, and who speaks for them (docs/spec/gcomm-evs.md 12.2 to 12.6). Reads only. */
final class Consensus {

    private final NodeTable nodes;
    private final CurrentView current;
    private final ForeignViews foreign;

    Consensus(NodeTable nodes, CurrentView current, ForeignViews foreign) {
        this.nodes = nodes;
        this.current = current;
        this.foreign = foreign;
    }

    /** True if the next view can be installed: every operational node has spoken, and all say the same. */
    boolean isReached() {
        JoinMessage own = nodes.self().join;
        if (own == null || !sameView(own.knowledge())) {
            return false;
        }
        for (Node node : nodes.all()) {
            if (node.operational() && (node.join == null || !isConsistent(node.join))) {
                return false;
            }
        }
        return true;
    }

    /** The first operational node; it proposes the view. */
    Uuid representative() {
        for (Node node : nodes.all()) {
            if (node.operational() && !node.inactive) {
                return node.uuid;
            }
        }
        return nodes.self().uuid;
    }

    boolean isRepresentative() {
        return representative().equals(nodes.self().uuid);
    }

    boolean isConsistent(JoinMessage join) {
        return isConsistent(join, join.knowledge()) && foreign.isSettled(join);
    }

    boolean isConsistent(InstallMessage install) {
        return isConsistent(install, install.knowledge()) && foreign.describesOurs(install);
    }

    private boolean isConsistent(EvsMessage message, Knowledge knowledge) {
        JoinMessage own = nodes.self().join;
        if (own == null) {
            return false;
        }
        boolean same = !message.sourceView().equals(current.id()) || sameView(knowledge);
        return same && equal(message, knowledge, own, own.knowledge());
    }

    /** True if two messages describe the same agreement (docs/spec/gcomm-evs.md 12.2). */
    static boolean equal(EvsMessage a, Knowledge ofA, EvsMessage b, Knowledge ofB) {
        if (a.sourceView().equals(b.sourceView()) && (ofA.safeSeq() != ofB.safeSeq() || ofA.aru() != ofB.aru())) {
            return false;
        }
        if (a.source().equals(b.source())) {
            return equalEntries(ofA, e -> e.view().equals(a.sourceView()), ofB, e -> e.view()
                    .equals(b.sourceView()));
        }
        Predicate<NodeEntry> goesAlong = e -> e.operational() && !e.leaving();
        return equalEntries(ofA, goesAlong, ofB, goesAlong);
    }

    private static boolean equalEntries(Knowledge a, Predicate<NodeEntry> inA, Knowledge b, Predicate<NodeEntry> inB) {
        int matched = 0;
        for (Map.Entry<Uuid, NodeEntry> node : a.nodes().entrySet()) {
            if (inA.test(node.getValue())) {
                NodeEntry other = b.nodes().get(node.getKey());
                if (other == null || !inB.test(other) || !node.getValue().agreesWith(other)) {
                    return false;
                }
                matched++;
            }
        }
        return matched == b.nodes().values().stream().filter(inB).count();
    }

    /** True if a node of our view that says this has received what we have, and nothing more can become safe (docs/spec/gcomm-evs.md 12.3). */
    private boolean sameView(Knowledge said) {
        InputMap map = current.map();
        return said.aru() == map.aru()
                && said.safeSeq() == map.safeSeq()
                && isComplete(said)
                && ranges(said, e -> true).equals(localRanges(n -> true))
                && ranges(said, e -> !e.operational() && !e.leaving())
                        .equals(localRanges(n -> !n.operational() && n.leave == null))
                && ranges(said, e -> !e.operational() && e.leaving())
                        .equals(localRanges(n -> !n.operational() && leftCurrentView(n)));
    }

    private boolean isComplete(Knowledge said) {
        long highest = -1;
        long reachable = Long.MAX_VALUE;
        for (Map.Entry<Uuid, NodeEntry> node : said.nodes().entrySet()) {
            NodeEntry entry = node.getValue();
            if (!entry.view().equals(current.id())) {
                continue;
            }
            if (!entry.leaving()) {
                if (entry.operational()) {
                    highest = Math.max(highest, entry.hs());
                } else {
                    reachable = Math.min(reachable, Math.min(entry.safeSeq(), entry.lu() - 1));
                }
            } else if (!entry.operational()) {
                long bound = nodes.allSuspect(node.getKey()) ? entry.lu() - 1 : entry.leaveSeq();
                reachable = Math.min(reachable, bound);
            }
        }
        reachable = Math.min(reachable, highest);
        return highest == current.map().maxHs() && highestReachableSafeSeq() == reachable && lowestMark() == reachable;
    }

    private long lowestMark() {
        long lowest = Long.MAX_VALUE;
        for (Node node : nodes.all()) {
            boolean ignored = !node.operational() && node.leave != null && nodes.allSuspect(node.uuid);
            if (node.isMember() && !ignored) {
                lowest = Math.min(lowest, current.map().mark(node.index));
            }
        }
        return lowest;
    }

    /** The highest seq that can still become safe without the missing nodes (docs/spec/gcomm-evs.md 12.4). */
    long highestReachableSafeSeq() {
        InputMap map = current.map();
        long reachable = Long.MAX_VALUE;
        for (Node node : nodes.all()) {
            if (!node.isMember() || !belongs(node)) {
                continue;
            }
            long bound;
            if (node.leave != null) {
                // a leaver that died acknowledges nothing more, and nobody's aru can pass what was received from it:
                // docs/spec/gcomm-evs.md 12.4 leaves it out altogether, and then nodes that have sent beyond its last
                // slot never agree
                bound = nodes.allSuspect(node.uuid) ? map.lu(node.index) - 1 : node.leave.seq();
            } else if (!node.operational()) {
                bound = Math.min(map.mark(node.index), map.lu(node.index) - 1);
            } else {
                bound = map.hs(node.index);
            }
            reachable = Math.min(reachable, bound);
        }
        return reachable;
    }

    private boolean belongs(Node node) {
        return node.join == null || node.join.sourceView().equals(current.id()) || leftCurrentView(node);
    }

    private boolean leftCurrentView(Node node) {
        return node.leave != null && node.leave.sourceView().equals(current.id());
    }

    private Map<Uuid, Range> ranges(Knowledge said, Predicate<NodeEntry> wanted) {
        Map<Uuid, Range> ranges = new HashMap<>();
        said.nodes().forEach((uuid, entry) -> {
            if (entry.view().equals(current.id()) && wanted.test(entry)) {
                ranges.put(uuid, new Range(entry.lu(), entry.hs()));
            }
        });
        return ranges;
    }

    private Map<Uuid, Range> localRanges(Predicate<Node> wanted) {
        Map<Uuid, Range> ranges = new HashMap<>();
        for (Node node : nodes.all()) {
            if (node.isMember() && wanted.test(node)) {
                ranges.put(
                        node.uuid,
                        new Range(current.map().lu(node.index), current.map().hs(node.index)));
            }
        }
        return ranges;
    }

    private record Range(long lu, long hs) {}
}
