package io.wsrep4j.gcomm.simulation;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.EvsOrder;
import io.wsrep4j.gcomm.evs.EvsView;
import io.wsrep4j.gcomm.evs.ViewId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All that one incarnation of a node sent and was told, in order. */
public final class NodeHistory {

    /** Something that the node was told. */
    public sealed interface Event {}

    /** A view. */
    public record Viewed(EvsView view, long at) implements Event {}

    /** A message. */
    public record Received(Uuid source, ViewId view, EvsOrder order, long seq, long id) implements Event {}

    /** An own causal message, with the number of ordered messages that had to be delivered before it. */
    public record Causal(long id) implements Event {}

    /** A message that was accepted, and the view it was accepted in. */
    public record Sent(long id, EvsOrder order, ViewId view) {}

    /** A causal message that was accepted: how much had been delivered anywhere in its view. */
    public record Asked(ViewId view, int deliveredAnywhere) {}

    final int number;
    final Uuid uuid;
    final List<Event> events = new ArrayList<>();
    final List<Sent> sent = new ArrayList<>();
    final Map<Long, Asked> asked = new HashMap<>();

    /** It died, or was cut short: it owes nothing any more. */
    boolean crashed;

    private EvsView lastView;

    NodeHistory(int number, Uuid uuid) {
        this.number = number;
        this.uuid = uuid;
    }

    void viewed(EvsView view, long at) {
        events.add(new Viewed(view, at));
        lastView = view;
    }

    EvsView lastView() {
        return lastView;
    }

    /** All tokens that it asked for have come. */
    boolean hasAllTokens() {
        Set<Long> missing = new HashSet<>(asked.keySet());
        events.forEach(event -> {
            if (event instanceof Causal causal) {
                missing.remove(causal.id());
            }
        });
        return missing.isEmpty();
    }

    boolean isClosed() {
        return lastView != null && lastView.isEmpty();
    }
}
