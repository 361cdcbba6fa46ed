package io.wsrep4j.gcomm.simulation;

import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.pc.PcView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What must hold of the views and messages that primary components deliver (sheet gcs, 22.2, B9, B13, B14; gcomm-transport-pc, 12.8). An era is
 * the time from one forced primary component (an operator's, or the recovery after a crash of all) to the next.
 */
final class PcSafetyCheck {

    /** A primary view as one node was told of it, the primary view that this node was in before, and whether that was lost. */
    private record Told(Witness node, PcView view, ViewId before, boolean lostBetween) {}

    /** A message delivered in a primary component. */
    private record Heard(Witness node, ViewId view, long totalOrderSeq, long message) {}

    private final List<Told> told = new ArrayList<>();
    private final List<Heard> heard = new ArrayList<>();
    private final Map<ViewId, PcView> views = new TreeMap<>();
    private boolean operator;

    /** What one incarnation of a node sees. */
    final class Witness {
        private final int node;
        private PcView view;
        private ViewId lastPrimary;
        private boolean lost;

        private Witness(int node) {
            this.node = node;
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

    Witness witness(int node) {
        return new Witness(node);
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

    /** B14, and with it B13: in an era any two consecutive primary views share a member. */
    private void checkChain(Map<ViewId, ViewId> eras) {
        Map<ViewId, PcView> last = new HashMap<>();
        views.forEach((id, view) -> {
            PcView before = last.put(eras.get(id), view);
            if (before != null
                    && Collections.disjoint(
                            before.members().keySet(), view.members().keySet())) {
                throw new AssertionError("B14: " + before + " is followed by " + view);
            }
        });
    }

    /**
     * What a node alone delivered in a primary view may be unknown to those who go on. The reference has a hole here, and whoever wants to live with it has it too (sheet gcomm-evs, 19.2): when a newcomer creates the view
     * that ends a view, messages of a member that does not go along are lost to the others, though that member may have delivered them. And
     * when a lost component comes back, a process that died since counts as present in its next one (sheet gcomm-transport-pc, 13.2): what it
     * alone delivered before is not remembered here; the group layer compares histories by its own seqnos.
     */
    boolean mayBeForgotten(Witness node, ViewId view) {
        boolean wentOn = false;
        boolean forgotten = false;
        for (Told next : told) {
            if (view.equals(next.before())) {
                PcView before = views.get(view);
                wentOn |= next.node() == node;
                forgotten |= next.lostBetween()
                        || !before.members().containsKey(next.view().id().uuid());
            }
        }
        return forgotten && !wentOn;
    }

    /** A number in the total order of an era means one message, whoever delivers it, in whatever view. */
    private void checkNumbers(Map<ViewId, ViewId> eras) {
        Map<ViewId, Map<Long, Heard>> numbers = new HashMap<>();
        for (Heard one : heard) {
            if (mayBeForgotten(one.node(), one.view())) {
                continue;
            }
            Heard same = numbers.computeIfAbsent(eras.get(one.view()), era -> new HashMap<>())
                    .putIfAbsent(one.totalOrderSeq(), one);
            if (same != null && same.message() != one.message()) {
                throw new AssertionError(
                        "B13: to_seq " + one.totalOrderSeq() + " is two messages: " + same + " and " + one);
            }
        }
    }
}
