package io.wsrep4j.gcomm.simulation;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.gcomm.GroupView.GroupMember;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.pc.PrimaryComponent;
import io.wsrep4j.gcomm.simulation.ChannelWitness.Asked;
import io.wsrep4j.gcomm.simulation.ChannelWitness.Event;
import io.wsrep4j.gcomm.simulation.ChannelWitness.Left;
import io.wsrep4j.gcomm.simulation.ChannelWitness.Offered;
import io.wsrep4j.gcomm.simulation.ChannelWitness.Received;
import io.wsrep4j.gcomm.simulation.ChannelWitness.Token;
import io.wsrep4j.gcomm.simulation.ChannelWitness.Viewed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Compares what the channels of one cluster told with each {@link BackendPromise}. */
final class BackendCheck {

    /** One node's stay in one view. */
    private static final class Stay {
        final ChannelWitness node;
        final Viewed view;
        final Stay before;
        final Set<Long> messages = new LinkedHashSet<>();
        Stay next;

        Stay(ChannelWitness node, Viewed view, Stay before) {
            this.node = node;
            this.view = view;
            this.before = before;
        }

        boolean isPrimary() {
            return view.view().primary();
        }

        /** Both go from one primary view at once to the same next one. */
        boolean goesOnWith(Stay other) {
            return isPrimary()
                    && next != null
                    && other.next != null
                    && next.isPrimary()
                    && next.view.id().equals(other.next.view.id());
        }

        @Override
        public String toString() {
            return node + " in " + view.id();
        }
    }

    /** Longest time from a causal question, or from the change of membership that came in between, to the token. */
    private static final long ANSWER = 10 * SimulatedTime.SECOND;

    private final List<ChannelWitness> witnesses;
    private final Map<BackendPromise, String> broken = new EnumMap<>(BackendPromise.class);
    private final Map<ViewId, List<Stay>> stays = new HashMap<>();
    private boolean mayRecover;

    BackendCheck(List<ChannelWitness> witnesses) {
        this.witnesses = witnesses;
    }

    /** From now on a component may be forced to be primary: by an operator, or since members of a lost one came back. */
    void mayRecover(boolean may) {
        mayRecover |= may;
    }

    /** Takes what was found while the cluster lived: a text that begins with the promise's name. */
    void accept(AssertionError found) {
        String text = String.valueOf(found.getMessage());
        for (BackendPromise promise : BackendPromise.values()) {
            if (text.startsWith(promise.name() + ":")) {
                broken.putIfAbsent(promise, text);
                return;
            }
        }
        throw found;
    }

    private void require(boolean holds, BackendPromise promise, Supplier<String> what) {
        if (!holds && !broken.containsKey(promise)) {
            broken.put(promise, what.get());
        }
    }

    /** What does not hold, with the first example. */
    Map<BackendPromise, String> broken() {
        Set<Uuid> ids = new HashSet<>();
        for (ChannelWitness witness : witnesses) {
            require(ids.add(witness.id), BackendPromise.B11, () -> witness + " is a second one");
            walk(witness);
            checkOffers(witness);
            checkTokens(witness);
        }
        for (int i = 0; i < witnesses.size(); i++) {
            for (int j = i + 1; j < witnesses.size(); j++) {
                checkOrder(witnesses.get(i), witnesses.get(j));
            }
        }
        stays.values().forEach(this::compare);
        return broken;
    }

    // ---- one witness

    private void walk(ChannelWitness node) {
        Stay stay = null;
        Set<Long> seen = new HashSet<>();
        Map<Uuid, Long> lastOf = new HashMap<>();
        for (int i = 0; i < node.events.size(); i++) {
            Event event = node.events.get(i);
            boolean isLast = i == node.events.size() - 1;
            if (event instanceof Viewed viewed) {
                checkView(node, stay, viewed);
                stay = enter(node, stay, viewed);
            } else if (event instanceof Received message) {
                require(message.flaw() == null, BackendPromise.B4, () -> node + ": " + message);
                require(seen.add(message.id()), BackendPromise.B4, () -> node + " is told twice of " + message);
                require(
                        !message.sender().isUndefined(),
                        BackendPromise.B12,
                        () -> node + ": " + message + " has no sender in the view");
                Long before = lastOf.put(message.sender(), message.id());
                require(
                        before == null || before < message.id(),
                        BackendPromise.B3,
                        () -> node + ": " + message + " after " + before);
                stay.messages.add(message.id());
            } else if (event instanceof Left left) {
                require(isLast, BackendPromise.B18, () -> node + " goes on after " + left);
                require(node.leaving || node.broken, BackendPromise.B18, () -> node + " was not asked to leave");
                require(
                        node.broken == (left.error() != null),
                        BackendPromise.B19,
                        () -> node + ", its transport broken: " + node.broken + ", is told " + left);
            }
        }
        require(!node.leaving || node.crashed || node.hasLeft(), BackendPromise.B18, () -> node + " never left");
        require(!node.broken || node.hasLeft(), BackendPromise.B19, () -> node + " is not told that it broke");
    }

    private void checkView(ChannelWitness node, Stay stay, Viewed viewed) {
        GroupView view = viewed.view();
        List<Uuid> ids = view.members().stream().map(GroupMember::id).toList();
        List<Uuid> sorted = new ArrayList<>(ids);
        Collections.sort(sorted);
        require(ids.equals(sorted), BackendPromise.B10, () -> node + ": " + viewed);
        require(ids.get(view.ownIndex()).equals(node.id), BackendPromise.B9, () -> node + ": " + viewed);
        for (GroupMember member : view.members()) {
            require(
                    witnesses.stream().anyMatch(one -> one.id.equals(member.id()) && one.segment == member.segment()),
                    BackendPromise.B23,
                    () -> node + ": " + viewed + " has " + member);
        }
        require(
                !view.bootstrap() || mayRecover && stay != null,
                BackendPromise.B24,
                () -> node + ": " + viewed + " was not forced by anybody");
        require(
                stay == null || viewed.id().seq() >= stay.view.id().seq() && !viewed.equals(stay.view),
                BackendPromise.B15,
                () -> node + ": " + viewed + " after " + stay);
    }

    private Stay enter(ChannelWitness node, Stay before, Viewed viewed) {
        Stay stay = new Stay(node, viewed, before);
        if (before != null) {
            before.next = stay;
        }
        if (stay.isPrimary()) {
            stays.computeIfAbsent(viewed.id(), id -> new ArrayList<>()).add(stay);
        }
        return stay;
    }

    private void checkOffers(ChannelWitness node) {
        Map<Long, Integer> delivered = places(node);
        for (Offered offer : node.offered) {
            boolean accepted = offer.result() == SendResult.ACCEPTED;
            boolean primary = offer.in() != null && offer.in().view().primary();
            require(!accepted || primary, BackendPromise.B16, () -> node + " had taken " + offer);
            Integer place = delivered.get(offer.id());
            require(accepted || place == null, BackendPromise.B4, () -> node + " is told of " + offer);
            if (accepted && place == null && !node.crashed) {
                boolean excused = node.hasLeft() || isLostBetween(node, offer.told(), node.events.size());
                require(excused, BackendPromise.B2, () -> node + " does not get back " + offer);
            }
            int length = node.lengthOf(offer.id());
            require(
                    (offer.result() == SendResult.TOO_LONG) == (primary && length > PrimaryComponent.MAXIMUM_PAYLOAD)
                            || length > PrimaryComponent.MAXIMUM_PAYLOAD && !accepted,
                    BackendPromise.B22,
                    () -> node + ": " + length + " bytes in " + offer);
        }
    }

    /** Place among the events of each message that was delivered. */
    private static Map<Long, Integer> places(ChannelWitness node) {
        Map<Long, Integer> places = new HashMap<>();
        for (int i = 0; i < node.events.size(); i++) {
            if (node.events.get(i) instanceof Received message) {
                places.putIfAbsent(message.id(), i);
            }
        }
        return places;
    }

    private void checkTokens(ChannelWitness node) {
        Map<Long, Integer> tokens = new HashMap<>();
        for (int i = 0; i < node.events.size(); i++) {
            if (node.events.get(i) instanceof Token token) {
                require(
                        tokens.put(token.token(), i) == null
                                && node.asked.stream().anyMatch(asked -> asked.token() == token.token()),
                        BackendPromise.B21,
                        () -> node + " is told " + token);
            }
        }
        Map<Long, Integer> delivered = places(node);
        for (Asked asked : node.asked) {
            Integer place = tokens.get(asked.token());
            if (place == null) {
                boolean excused = node.crashed || node.broken;
                require(excused, BackendPromise.B21, () -> node + " never gets " + asked.token());
                continue;
            }
            long latest = ANSWER + Math.max(asked.at(), timeOfViewAfter(node, asked.told()));
            require(
                    node.times.get(place) <= latest,
                    BackendPromise.B21,
                    () -> node + " gets " + asked.token() + ", asked for at " + asked.at() + " ns, only at "
                            + node.times.get(place) + " ns");
            // once told that the component is lost, whoever asked takes the token for a refusal (docs/spec/gcs.md 16)
            if (isLostBetween(node, asked.told(), place)) {
                continue;
            }
            for (long message : asked.deliveredAnywhere()) {
                Integer own = delivered.get(message);
                require(
                        own != null && own < place,
                        BackendPromise.B21,
                        () -> node + " gets " + asked.token() + " before message " + message);
            }
        }
    }

    /** When the first view from an event on came; 0 if none did. */
    private static long timeOfViewAfter(ChannelWitness node, int from) {
        for (int i = from; i < node.events.size(); i++) {
            if (node.events.get(i) instanceof Viewed) {
                return node.times.get(i);
            }
        }
        return 0;
    }

    private static boolean isLostBetween(ChannelWitness node, int from, int to) {
        return node.events.subList(from, to).stream()
                .anyMatch(event ->
                        event instanceof Viewed viewed && !viewed.view().primary());
    }

    // ---- several

    /** What two witnesses both were told has one order: messages, and primary views. */
    private void checkOrder(ChannelWitness one, ChannelWitness other) {
        List<Object> ofOne = story(one);
        List<Object> ofOther = story(other);
        List<Object> common = new ArrayList<>(ofOne);
        common.retainAll(new HashSet<>(ofOther));
        ofOther.retainAll(new HashSet<>(ofOne));
        require(
                common.equals(ofOther),
                BackendPromise.B1,
                () -> one + " and " + other + ": " + common + ", " + ofOther);
    }

    private static List<Object> story(ChannelWitness node) {
        List<Object> story = new ArrayList<>();
        for (Event event : node.events) {
            if (event instanceof Received message) {
                story.add(message.id());
            } else if (event instanceof Viewed viewed && viewed.view().primary()) {
                story.add(viewed.id());
            }
        }
        return story;
    }

    private void compare(List<Stay> companions) {
        for (Stay p : companions) {
            for (Stay q : companions) {
                if (p != q) {
                    compareViews(p, q);
                    compareMessages(p, q);
                    compareSuccessors(p, q);
                }
            }
        }
    }

    private void compareViews(Stay p, Stay q) {
        require(
                p.view.view().members().equals(q.view.view().members())
                        && p.view.view().bootstrap() == q.view.view().bootstrap(),
                BackendPromise.B9,
                () -> p + " and " + q + ": " + p.view + ", " + q.view);
    }

    private void compareMessages(Stay p, Stay q) {
        if (q.isPrimary() && q.next != null && q.next.isPrimary()) {
            require(
                    q.messages.containsAll(p.messages),
                    BackendPromise.B5,
                    () -> p + " delivers " + without(p.messages, q.messages) + ", " + q + " goes on and does not");
        }
        if (!p.goesOnWith(q)) {
            return;
        }
        require(
                List.copyOf(p.messages).equals(List.copyOf(q.messages)),
                BackendPromise.B6,
                () -> p + " and " + q + ": " + p.messages + ", " + q.messages);
        Set<Long> sentEarlier = new HashSet<>();
        Set<Long> lost = new HashSet<>();
        for (ChannelWitness sender : witnesses) {
            for (Offered offer : sender.offered) {
                if (offer.in() != null && !offer.in().id().equals(p.view.id())) {
                    sentEarlier.add(offer.id());
                } else if (offer.result() == SendResult.ACCEPTED && !sender.delivered(offer.id())) {
                    lost.add(offer.id());
                }
            }
        }
        require(same(p, q, sentEarlier), BackendPromise.B7, () -> p + " and " + q);
        require(same(p, q, lost), BackendPromise.B8, () -> p + " and " + q);
    }

    private static boolean same(Stay p, Stay q, Set<Long> some) {
        return with(p.messages, some).equals(with(q.messages, some));
    }

    private static Set<Long> with(Set<Long> messages, Set<Long> some) {
        Set<Long> common = new HashSet<>(messages);
        common.retainAll(some);
        return common;
    }

    private static Set<Long> without(Set<Long> messages, Set<Long> others) {
        Set<Long> rest = new LinkedHashSet<>(messages);
        rest.removeAll(others);
        return rest;
    }

    /** B13: a primary view has no two successors that have nobody in common. B15: nobody sleeps through one that it is a member of. */
    private void compareSuccessors(Stay p, Stay q) {
        if (p.next == null || q.next == null || !p.next.isPrimary() || !q.next.isPrimary()) {
            return;
        }
        List<GroupMember> after = p.next.view.view().members();
        require(
                p.next.view.view().bootstrap()
                        || q.next.view.view().bootstrap()
                        || !Collections.disjoint(after, q.next.view.view().members()),
                BackendPromise.B13,
                () -> p.next + " and " + q.next + " follow " + p.view);
        boolean skipped = q.next.view.id().seq() > p.next.view.id().seq()
                && after.stream().anyMatch(member -> member.id().equals(q.node.id));
        require(
                !skipped,
                BackendPromise.B15,
                () -> q.node + " goes from " + q.view + " to " + q.next.view + ", but is in " + p.next.view);
    }
}
