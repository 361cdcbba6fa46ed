package io.wsrep4j.gcomm.simulation;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.EvsSettings;
import io.wsrep4j.gcomm.evs.EvsStart;
import io.wsrep4j.gcomm.evs.EvsStateName;
import io.wsrep4j.gcomm.evs.EvsView;
import io.wsrep4j.gcomm.evs.ViewId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** Nodes on one simulated network. Nodes are numbered from 1; a number outlives the incarnations that run under it. */
public final class SimulatedCluster {

    private static final long SETTLE_STEP = 50 * SimulatedTime.MILLI;

    private final SimulatedTime time = new SimulatedTime();
    private final Random random;
    private final SimulatedNetwork network;
    private final TreeMap<Integer, SimulatedNode> current = new TreeMap<>();
    private final List<SimulatedNode> all = new ArrayList<>();
    private final WireCheck wire = new WireCheck();
    private final Map<ViewId, Integer> mostDelivered = new HashMap<>();
    private final Map<ViewId, Map<Uuid, Integer>> delivered = new HashMap<>();
    private BiConsumer<SimulatedNode, EvsView> tracer = (node, view) -> {};
    private UpperLayer layer = UpperLayer.NONE;
    private long messages;

    public SimulatedCluster(long seed) {
        random = new Random(seed);
        network = new SimulatedNetwork(time, random);
        network.tap(wire::sent);
    }

    /** Puts layers above the EVS of nodes that start later. */
    public void layer(UpperLayer upper) {
        layer = upper;
    }

    public SimulatedTime time() {
        return time;
    }

    public SimulatedNetwork network() {
        return network;
    }

    Random random() {
        return random;
    }

    void tracer(BiConsumer<SimulatedNode, EvsView> watcher) {
        tracer = watcher;
    }

    void trace(SimulatedNode node, EvsView view) {
        if (view != null) {
            tracer.accept(node, view);
        }
    }

    /** Also called for every message that is sent. */
    void watch(SimulatedNetwork.Tap watcher) {
        network.tap((from, source, message, toAll) -> {
            wire.sent(from, source, message, toAll);
            watcher.sent(from, source, message, toAll);
        });
    }

    /** The node is isolating itself: what it sends does not come as far as the network. */
    void isolated(SimulatedNode node) {
        wire.isolated(node.uuid());
    }

    long nextMessageId() {
        return ++messages;
    }

    /** Adds a node that is not connected yet. */
    SimulatedNode add(int number, EvsStart start, EvsSettings settings) {
        wire.started(start.self());
        SimulatedNode node = new SimulatedNode(this, number, start, settings, layer);
        current.put(number, node);
        all.add(node);
        return node;
    }

    /** The incarnation that runs, or ran last, under a number. */
    SimulatedNode node(int number) {
        SimulatedNode node = current.get(number);
        if (node == null) {
            throw new IllegalArgumentException("there is no node " + number);
        }
        return node;
    }

    List<SimulatedNode> allEver() {
        return all;
    }

    List<NodeHistory> histories() {
        return all.stream().map(SimulatedNode::history).toList();
    }

    List<SimulatedNode> running() {
        List<SimulatedNode> running = new ArrayList<>();
        for (SimulatedNode node : current.values()) {
            if (!node.isDead()) {
                running.add(node);
            }
        }
        return running;
    }

    SimulatedNode byUuid(Uuid uuid) {
        for (SimulatedNode node : current.values()) {
            if (node.uuid().equals(uuid) && !node.isDead()) {
                return node;
            }
        }
        return null;
    }

    /** Number of the node that has or had an id, or 0. */
    int numberOf(Uuid uuid) {
        for (SimulatedNode node : all) {
            if (node.uuid().equals(uuid)) {
                return node.number();
            }
        }
        return 0;
    }

    public void run(long nanos) {
        time.runUntil(time.now() + nanos);
    }

    /** Runs until the connected nodes that run are OPERATIONAL in one view of just them; false if that takes longer than the limit. */
    boolean settle(long limit) {
        long end = time.now() + limit;
        while (time.now() < end) {
            if (isSettled()) {
                return true;
            }
            run(SETTLE_STEP);
        }
        return isSettled();
    }

    boolean isSettled() {
        TreeSet<Uuid> members = new TreeSet<>();
        ViewId view = null;
        for (SimulatedNode node : running()) {
            if (node.core().state() == EvsStateName.CLOSED) {
                continue;
            }
            if (node.core().state() != EvsStateName.OPERATIONAL) {
                return false;
            }
            members.add(node.uuid());
            ViewId its = node.core().currentView().id();
            if (view != null && !view.equals(its)) {
                return false;
            }
            view = its;
        }
        for (SimulatedNode node : running()) {
            if (node.isRunning() && !node.core().currentView().members().equals(members)) {
                return false;
            }
        }
        return true;
    }

    /** An ordered message was handed up somewhere. */
    void delivered(NodeHistory node, ViewId view) {
        int count = delivered.computeIfAbsent(view, v -> new HashMap<>()).merge(node.uuid, 1, Integer::sum);
        mostDelivered.merge(view, count, Math::max);
    }

    int deliveredAnywhere(ViewId view) {
        return mostDelivered.getOrDefault(view, 0);
    }

    /** What every node is doing, for messages about failures. */
    String describe() {
        StringBuilder text = new StringBuilder();
        for (SimulatedNode node : current.values()) {
            text.append("node ")
                    .append(node.number())
                    .append(' ')
                    .append(node.isDead() ? "dead" : node.core().state())
                    .append(' ')
                    .append(node.core().currentView())
                    .append(" evicted=[")
                    .append(node.core().status().get("evs_evict_list"))
                    .append(']')
                    .append('\n');
            if (!node.isDead() && node.core().state() != EvsStateName.OPERATIONAL) {
                text.append(node.describe());
            }
        }
        return text.toString();
    }

    /** Checks what everybody sent and was told, and {@link #checkNodes}. */
    void checkSafety() {
        checkNodes();
        new SafetyCheck(histories()).run();
    }

    /** Only those are out of the group that were told to leave. */
    void checkGoodbyes() {
        for (SimulatedNode node : all) {
            if (node.core().state() == EvsStateName.CLOSED && !node.isLeaving()) {
                throw new AssertionError(
                        "node " + node.number() + " (" + node.uuid() + ") left, and nobody asked it to");
            }
        }
    }

    /** Ends all nodes: every buffer was given back, and no message of a peer was refused. */
    void checkNodes() {
        for (SimulatedNode node : all) {
            boolean wasCrashed = node.history().crashed;
            NodeHistory history = node.history();
            int events = history.events.size();
            long leaked = node.close();
            if (leaked != 0) {
                throw new AssertionError("node " + node.number() + " leaks " + leaked + " bytes");
            }
            if (wasCrashed) {
                // what the corpse delivered at the autopsy does not count
                history.events.subList(events, history.events.size()).clear();
            }
            if (!node.malformed().isEmpty()) {
                throw new AssertionError(
                        "node " + node.number() + " refused messages of its peers: " + node.malformed());
            }
        }
    }
}
