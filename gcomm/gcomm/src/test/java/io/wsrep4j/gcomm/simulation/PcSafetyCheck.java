package io.wsrep4j.gcomm.simulation;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.pc.PcView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What must hold of the views and messages that primary components deliver (docs/spec/gcs.md 22.2, B9, B13, B14; docs/spec/gcomm-transport-pc.md
 * 12.8). An era is the time from one forced primary component (an operator's, or the recovery after a crash of all) to the next.
 */
final class PcSafetyCheck {

    /** A primary view as one node was told of it, the primary view that this node was in before, and whether that was lost. */
    private record Told(Witness node, PcView view, ViewId before, boolean lostBetween) {}

    /** A message delivered in a primary component. */
    private record Heard(Witness node, ViewId view, long totalOrderSeq, long message) {}

    private final List<Told> told = new ArrayList<>();
    private final List<Heard> heard = new ArrayList<>();
    private final NavigableMap<ViewId, PcView> views = new TreeMap<>();
    private boolean operator;

    /** What one incarnation of a node sees. */
    final class Witness {
        private final int node;
        private final Uuid id;
        private PcView view;
        private ViewId lastPrimary;
        private boolean lost;

        private Witness(int node, Uuid id) {
            this.node = node;
            this.id = id;
        }

        @Override
        public String toString() {
            return "node " + node;
        }

        void viewed(PcView next, List<PcView> primaries) {
            view = next;
            if (!next.isPrimary()) {
                lost = true;
                return;
            }
            if (next.bootstrap() && !operator) {
                for (PcView other : primaries) {
                    if (!other.id().equals(next.id())) {
                        throw new AssertionError("B13: node " + node + " recovers " + next.id() + " while " + other.id()
                                + " is primary");
                    }
                }
            }
            told.add(new Told(this, next, lastPrimary, lost));
            lastPrimary = next.id();
            lost = false;
        }

        void received(int senderIndex, long totalOrderSeq, long message) {
            if (senderIndex >= view.members().size()) {
                throw new AssertionError("B12: sender " + senderIndex + " in " + view);
            }
            if (totalOrderSeq >= 0) {
                heard.add(new Heard(this, lastPrimary, totalOrderSeq, message));
            }
        }
    }

    Witness witness(int node, Uuid id) {
        return new Witness(node, id);
    }

    /** From now on a forced component is what was asked for. */
    void operatorDecides() {
        operator = true;
    }

    void run() {
        for (Told one : told) {
            PcView same = views.putIfAbsent(one.view().id(), one.view());
            if (same != null
                    && (!same.members().equals(one.view().members())
                            || same.bootstrap() != one.view().bootstrap())) {
                throw new AssertionError("B9: two views " + same + " and " + one.view());
            }
        }
        Map<ViewId, ViewId> eras = eras();
        checkChain(eras);
        checkNumbers(eras);
    }

    /** Each view's era, by the forced view that it descends from. */
    Map<ViewId, ViewId> eras() {
        Map<ViewId, ViewId> latestBefore = new HashMap<>();
        for (Told one : told) {
            if (one.before() != null) {
                latestBefore.merge(one.view().id(), one.before(), (a, b) -> a.compareTo(b) > 0 ? a : b);
            }
        }
        Map<ViewId, ViewId> eras = new HashMap<>();
        views.forEach((id, view) -> {
            ViewId before = latestBefore.get(id);
            eras.put(id, view.bootstrap() || before == null ? id : eras.getOrDefault(before, before));
        });
        return eras;
    }

    /**
     * B14, and with it B13: in an era any two consecutive primary views share a member. A process that was restarted counts as the node that it
     * was: so the protocol has it when a component that was lost comes back (docs/spec/gcomm-transport-pc.md 13.2).
     */
    private void checkChain(Map<ViewId, ViewId> eras) {
        Map<ViewId, PcView> last = new HashMap<>();
        views.forEach((id, view) -> {
            PcView before = last.put(eras.get(id), view);
            if (before != null && Collections.disjoint(nodes(before), nodes(view))) {
                throw new AssertionError("B14: " + before + " is followed by " + view);
            }
        });
    }

    private static Set<Uuid> nodes(PcView view) {
        return view.members().keySet().stream()
                .map(PcSafetyCheck::withoutIncarnation)
                .collect(Collectors.toSet());
    }

    /**
     * True if what a node delivered in a primary view may be unknown to the component later: the process died, and then the component came
     * back without it.
     */
    boolean mayBeForgotten(Witness node, ViewId view) {
        return forgottenIn(node, view) != null;
    }

    /**
     * The component that came back and remembers nothing of what a process that died delivered in a view, or null. The process that took its
     * place counts as the same node (docs/spec/gcomm-transport-pc.md 13.2), all others had lost the component before, and so they go on from their
     * own numbers. They cannot do better: the numbers are in memory only, and the saved view has no place for them. The layer above can: its
     * own count is on disk, and by that the returned node is ahead of the others (docs/spec/gcs.md 8.3).
     */
    private ViewId forgottenIn(Witness node, ViewId view) {
        for (PcView returned : views.tailMap(view, false).values()) {
            boolean replaced =
                    !returned.members().containsKey(node.id) && nodes(returned).contains(withoutIncarnation(node.id));
            if (replaced && !returned.bootstrap() && isOutsideOfWhatReturns(view, returned)) {
                return returned.id();
            }
        }
        return null;
    }

    /** True if all members of the component that came back had lost it, and the view was its last one or came after that. */
    private boolean isOutsideOfWhatReturns(ViewId view, PcView returned) {
        ViewId last = null;
        for (Told teller : told) {
            if (teller.view().id().equals(returned.id()) && teller.before() != null) {
                if (!teller.lostBetween()) {
                    return false;
                }
                last = last == null || teller.before().compareTo(last) > 0 ? teller.before() : last;
            }
        }
        return last != null && view.compareTo(last) >= 0;
    }

    private boolean isForgotten(Heard one, Heard later) {
        ViewId returned = forgottenIn(one.node(), one.view());
        return returned != null && later.view().compareTo(returned) >= 0;
    }

    /** What the ids of all processes of a node share (docs/spec/gcomm-evs.md 2). */
    private static Uuid withoutIncarnation(Uuid id) {
        return new Uuid(id.mostSignificant(), id.leastSignificant() & 0x0000_FFFF_FFFF_FFFFL);
    }

    /** A number in the total order of an era means one message, whoever delivers it, in whatever view. */
    private void checkNumbers(Map<ViewId, ViewId> eras) {
        Map<ViewId, Map<Long, List<Heard>>> numbers = new HashMap<>();
        for (Heard one : heard) {
            List<Heard> others = numbers.computeIfAbsent(eras.get(one.view()), era -> new HashMap<>())
                    .computeIfAbsent(one.totalOrderSeq(), number -> new ArrayList<>());
            for (Heard other : others) {
                if (other.message() != one.message() && !isForgotten(other, one) && !isForgotten(one, other)) {
                    throw new AssertionError(
                            "B13: to_seq " + one.totalOrderSeq() + " is two messages: " + other + " and " + one);
                }
            }
            others.add(one);
        }
    }
}
