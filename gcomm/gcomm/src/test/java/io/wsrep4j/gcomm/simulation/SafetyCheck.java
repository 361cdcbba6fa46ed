package io.wsrep4j.gcomm.simulation;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.EvsOrder;
import io.wsrep4j.gcomm.evs.EvsView;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.evs.ViewType;
import io.wsrep4j.gcomm.simulation.NodeHistory.Causal;
import io.wsrep4j.gcomm.simulation.NodeHistory.Event;
import io.wsrep4j.gcomm.simulation.NodeHistory.Received;
import io.wsrep4j.gcomm.simulation.NodeHistory.Viewed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Compares what the nodes were told with what is promised (docs/spec/gcomm-evs.md 20); without the exceptions of 19.2 and 19.3, which nodes of this
 * kind do not need among themselves.
 */
final class SafetyCheck {

    /** One node's stay in one regular view. */
    private static final class Stay {
        final NodeHistory node;
        final EvsView view;
        final List<Received> regular = new ArrayList<>();
        final List<Received> transitional = new ArrayList<>();
        EvsView transition;
        EvsView next;
        private List<Long> regularIds;
        private List<Long> allIds;

        Stay(NodeHistory node, EvsView view) {
            this.node = node;
            this.view = view;
        }

        List<Long> regularIds() {
            regularIds = regularIds == null ? ids(regular) : regularIds;
            return regularIds;
        }

        List<Long> allIds() {
            if (allIds == null) {
                allIds = new ArrayList<>(regularIds());
                allIds.addAll(ids(transitional));
            }
            return allIds;
        }

        @Override
        public String toString() {
            return "node " + node.number + " in " + view.id();
        }
    }

    private final List<NodeHistory> histories;
    private final Map<ViewId, List<Stay>> stays = new LinkedHashMap<>();

    SafetyCheck(List<NodeHistory> histories) {
        this.histories = histories;
    }

    void run() {
        for (NodeHistory history : histories) {
            walk(history);
        }
        for (List<Stay> companions : stays.values()) {
            for (Stay p : companions) {
                for (Stay q : companions) {
                    if (p != q) {
                        compare(p, q);
                    }
                }
            }
        }
        histories.forEach(this::checkOwnMessages);
    }

    /** S1, S2, S8, S9, S12, S16, and the book of stays. */
    private void walk(NodeHistory history) {
        EvsView last = null;
        Stay stay = null;
        int lastSeq = -1;
        Set<Long> seen = new HashSet<>();
        Map<Uuid, Long> lastOf = new HashMap<>();
        Map<Long, NodeHistory.Asked> asked = new HashMap<>(history.asked);
        int safe = 0;
        for (Event event : history.events) {
            int safeBefore = safe;
            require(last == null || !last.isEmpty(), history, () -> "is told " + event + " after the last view");
            if (event instanceof Viewed viewed) {
                EvsView view = viewed.view();
                checkSuccession(history, last, view);
                if (view.isTransitional()) {
                    if (stay != null) {
                        stay.transition = view;
                    }
                } else {
                    if (stay != null) {
                        stay.next = view;
                    }
                    if (!view.isEmpty()) {
                        require(view.id().seq() > lastSeq, history, () -> "view numbers do not increase: " + view.id());
                        lastSeq = view.id().seq();
                        stay = new Stay(history, view);
                        stays.computeIfAbsent(view.id(), v -> new ArrayList<>()).add(stay);
                        safe = 0;
                    }
                }
                last = view;
            } else if (event instanceof Received received) {
                require(
                        last != null && stay != null,
                        history,
                        () -> "is told " + received + " before any regular view");
                require(received.order() != EvsOrder.DROP, history, () -> "is told a filler");
                require(seen.add(received.id()), history, () -> "is told twice of " + received);
                require(received.view().equals(stay.view.id()), history, () -> received + " belongs to another view");
                require(stay.view.members().contains(received.source()), history, () -> received + " is of no member");
                Long before = lastOf.put(received.source(), received.id());
                require(before == null || before < received.id(), history, () -> received + " overtook " + before);
                (last.isTransitional() ? stay.transitional : stay.regular).add(received);
                safe += received.order() == EvsOrder.SAFE ? 1 : 0;
            } else if (event instanceof Causal causal) {
                NodeHistory.Asked question = asked.remove(causal.id());
                require(
                        question != null,
                        history,
                        () -> "is told of causal token " + causal.id() + " twice, or did not send it");
                require(stay != null && question.view().equals(stay.view.id()), history, () -> "token of another view");
                require(
                        safe >= question.deliveredAnywhere(),
                        history,
                        () -> "token after " + safeBefore + " safe messages when " + question.deliveredAnywhere()
                                + " had been delivered before it was asked for");
            }
        }
        require(history.crashed || asked.isEmpty(), history, () -> "never gets its causal tokens " + asked);
    }

    private static void checkSuccession(NodeHistory history, EvsView last, EvsView view) {
        if (view.isTransitional()) {
            boolean first = last == null && view.members().size() == 1;
            boolean ends = last != null
                    && last.id().type() == ViewType.REG
                    && last.id().uuid().equals(view.id().uuid())
                    && last.id().seq() == view.id().seq();
            require(first || ends, history, () -> view + " follows " + last);
        } else {
            require(last != null && last.isTransitional(), history, () -> view + " follows " + last);
        }
        if (!view.isEmpty()) {
            require(view.members().contains(history.uuid), history, () -> view + " does not have it");
            require(
                    view.isTransitional() || view.members().contains(view.id().uuid()),
                    history,
                    () -> view + " is made by a stranger");
        }
    }

    private void compare(Stay p, Stay q) {
        require(p.view.members().equals(q.view.members()) && p.view.version() == q.view.version(), p, q, () -> "S3");
        List<Long> regularP = p.regularIds();
        List<Long> regularQ = q.regularIds();
        List<Long> shorter = regularP.size() < regularQ.size() ? regularP : regularQ;
        List<Long> longer = shorter == regularP ? regularQ : regularP;
        require(
                longer.subList(0, shorter.size()).equals(shorter),
                p,
                q,
                () -> "S4: one delivers " + regularP + ", the other " + regularQ);
        if (q.transition != null) {
            Set<Long> allOfQ = new HashSet<>(q.allIds());
            for (Received m : p.regular) {
                require(
                        m.order() != EvsOrder.SAFE || allOfQ.contains(m.id()),
                        p,
                        q,
                        () -> "S5: safe message " + m + " is never delivered by the second");
            }
        }
        boolean together = p.next != null
                && q.next != null
                && !p.next.isEmpty()
                && p.next.id().equals(q.next.id());
        if (together) {
            require(regularP.equals(regularQ), p, q, () -> "S6: regular part " + regularP + " against " + regularQ);
            require(p.allIds().equals(q.allIds()), p, q, () -> "S6: " + p.allIds() + " against " + q.allIds());
            require(
                    p.transition.members().equals(q.transition.members())
                            && p.transition.left().equals(q.transition.left())
                            && p.transition.partitioned().equals(q.transition.partitioned()),
                    p,
                    q,
                    () -> "S6: transitional views " + p.transition + " against " + q.transition);
        }
    }

    /** S7. */
    private void checkOwnMessages(NodeHistory history) {
        if (history.crashed) {
            return;
        }
        Map<Long, ViewId> own = new HashMap<>();
        for (Event event : history.events) {
            if (event instanceof Received received && received.source().equals(history.uuid)) {
                own.put(received.id(), received.view());
            }
        }
        for (NodeHistory.Sent sent : history.sent) {
            require(
                    sent.view().equals(own.get(sent.id())),
                    history,
                    () -> "does not get its own message " + sent + " back, but " + own.get(sent.id()));
        }
    }

    private static boolean isOrdered(Received message) {
        return message.order() == EvsOrder.SAFE || message.order() == EvsOrder.AGREED;
    }

    private static List<Long> ids(List<Received> messages) {
        return messages.stream()
                .filter(SafetyCheck::isOrdered)
                .map(Received::id)
                .toList();
    }

    private static void require(boolean condition, NodeHistory node, Supplier<String> what) {
        if (!condition) {
            throw new AssertionError("node " + node.number + " (" + node.uuid + ") " + what.get());
        }
    }

    private static void require(boolean condition, Stay p, Stay q, Supplier<String> what) {
        if (!condition) {
            throw new AssertionError(p + " and " + q + " differ: " + what.get());
        }
    }
}
