package io.wsrep4j.gcomm.simulation;

import io.wsrep4j.api.Uuid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Carries messages between nodes, with delay, and loses, repeats or reorders them as told. Nodes are named by their number. */
public final class SimulatedNetwork {

    /** Decides about a message on a link. */
    @FunctionalInterface
    public interface Filter {
        boolean loses(int from, int to, Uuid source, byte[] message);
    }

    /** Sees every message that a node sends. */
    @FunctionalInterface
    public interface Tap {
        void sent(int from, Uuid source, byte[] message, boolean toAll);
    }

    private record Link(int from, int to) {}

    private static final class LinkState {
        boolean cut;
        boolean holds;
        long lastArrival;
        final List<Runnable> held = new ArrayList<>();
    }

    private final SimulatedTime time;
    private final Random random;
    private final Map<Link, LinkState> links = new HashMap<>();
    private final List<Filter> filters = new ArrayList<>();
    private Tap tap = (from, source, message, toAll) -> {};

    long shortestDelay = SimulatedTime.MILLI;
    long longestDelay = 3 * SimulatedTime.MILLI;
    double loss;
    double duplication;
    double reordering;
    long reorderDelay = 50 * SimulatedTime.MILLI;

    SimulatedNetwork(SimulatedTime time, Random random) {
        this.time = time;
        this.random = random;
    }

    void tap(Tap watcher) {
        tap = watcher;
    }

    /** Adds a filter; remove it with {@link #clearFilters}. */
    public void filter(Filter filter) {
        filters.add(filter);
    }

    public void clearFilters() {
        filters.clear();
    }

    private LinkState link(int from, int to) {
        return links.computeIfAbsent(new Link(from, to), l -> new LinkState());
    }

    /**
     * Cuts a link one way.
     *
     * @param holds keeps what is sent until the link is mended, as a connection does whose packets are not answered; otherwise it is lost
     */
    public void cut(int from, int to, boolean holds) {
        LinkState link = link(from, to);
        link.cut = true;
        link.holds = holds;
    }

    /** Mends a link one way; what was held arrives. */
    public void mend(int from, int to) {
        LinkState link = link(from, to);
        link.cut = false;
        List<Runnable> held = List.copyOf(link.held);
        link.held.clear();
        for (Runnable arrival : held) {
            arriveInOrder(link, arrival);
        }
    }

    public void mendAll() {
        for (Link link : List.copyOf(links.keySet())) {
            mend(link.from(), link.to());
        }
        loss = 0;
        duplication = 0;
        reordering = 0;
        filters.clear();
    }

    void announce(int from, Uuid source, byte[] message, boolean toAll) {
        tap.sent(from, source, message, toAll);
    }

    /** Sends one message to one node. */
    void send(int from, SimulatedNode to, Uuid source, byte[] message) {
        for (Filter filter : filters) {
            if (filter.loses(from, to.number(), source, message)) {
                return;
            }
        }
        LinkState link = link(from, to.number());
        if (link.cut && !link.holds || chance(loss)) {
            return;
        }
        Runnable arrival = () -> {
            LinkState now = link(from, to.number());
            // a connection that breaks takes what was under way with it
            if (!now.cut || now.holds) {
                to.arrive(source, message);
            }
        };
        if (link.cut) {
            link.held.add(() -> to.arrive(source, message));
            return;
        }
        if (chance(reordering)) {
            time.after(delay() + (long) (random.nextDouble() * reorderDelay), arrival);
        } else {
            arriveInOrder(link, arrival);
        }
        if (chance(duplication)) {
            time.after(delay() + (long) (random.nextDouble() * reorderDelay), arrival);
        }
    }

    private void arriveInOrder(LinkState link, Runnable arrival) {
        link.lastArrival = Math.max(link.lastArrival, time.now() + delay());
        time.at(link.lastArrival, arrival);
    }

    private long delay() {
        return shortestDelay + (long) (random.nextDouble() * (longestDelay - shortestDelay));
    }

    private boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }
}
