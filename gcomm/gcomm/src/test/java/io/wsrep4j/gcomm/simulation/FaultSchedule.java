package io.wsrep4j.gcomm.simulation;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.EvsOrder;
import io.wsrep4j.gcomm.evs.EvsSettings;
import io.wsrep4j.gcomm.evs.EvsStart;
import io.wsrep4j.gcomm.evs.EvsStateName;
import io.wsrep4j.gcomm.evs.ViewId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** One random life of a group: who starts, what breaks, what is sent; then everything is mended and the group must come together. */
final class FaultSchedule {

    /** Longest time in which a mended group must have one view (docs/spec/gcomm-evs.md 21, L1: 50 s were seen). */
    static final long CONVERGENCE = 90 * SimulatedTime.SECOND;

    private static final long CALM = 8 * SimulatedTime.SECOND;
    private static final long CHAOS = 30 * SimulatedTime.SECOND;
    private static final long STEP = 10 * SimulatedTime.MILLI;

    private final long seed;
    private final Random random;
    private final SimulatedCluster cluster;
    private final int nodes;
    private final double trafficPerStep;
    private final double faultsPerStep;
    private final EvsSettings settings;
    private final List<String> log = new ArrayList<>();
    private int born;
    private int frozen;

    FaultSchedule(long seed, UpperLayer layer) {
        this.seed = seed;
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.cluster = new SimulatedCluster(seed);
        cluster.layer(layer);
        this.nodes = 2 + random.nextInt(4);
        this.trafficPerStep = random.nextInt(3) == 0 ? 0.02 : 0.3;
        this.faultsPerStep = random.nextInt(3) == 0 ? 0.001 : 0.005;
        this.settings = settings();
    }

    private EvsSettings settings() {
        int window = random.nextInt(4) == 0 ? 1 : 1 + random.nextInt(8);
        return EvsSettings.read(Map.of(
                "evs.send_window",
                "" + (window + random.nextInt(8)),
                "evs.user_send_window",
                "" + window,
                "evs.use_aggregate",
                "" + random.nextBoolean()));
    }

    SimulatedCluster cluster() {
        return cluster;
    }

    /** Runs it all; throws an AssertionError that tells how to run it again. */
    void run() {
        try {
            live();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed
                            + " fails; run it again with:\n  mvn -o -pl gcomm/gcomm -am test -Dtest=EvsSimulationTest"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -Dwsrep4j.seed=" + seed + "\n"
                            + String.join("\n", log) + "\n" + cluster.describe(),
                    e);
        }
    }

    private void live() {
        start();
        while (cluster.time().now() < CHAOS) {
            cluster.run(STEP);
            if (random.nextDouble() < trafficPerStep) {
                traffic();
            }
            if (random.nextDouble() < faultsPerStep) {
                fault();
            }
        }
        mend();
        if (!comesTogether()) {
            throw new AssertionError(
                    "no common view " + CONVERGENCE / SimulatedTime.SECOND + " s after all was mended");
        }
        lastWords();
        cluster.checkGoodbyes();
        cluster.checkSafety();
    }

    /** One view, and still one when the silence of those who were cut off just before has been noticed. */
    private boolean comesTogether() {
        long end = cluster.time().now() + CONVERGENCE;
        while (cluster.time().now() < end) {
            cluster.settle(end - cluster.time().now());
            long calm = cluster.time().now() + CALM;
            while (cluster.isSettled() && cluster.time().now() < calm) {
                cluster.run(SimulatedTime.SECOND / 4);
            }
            if (cluster.isSettled()) {
                return true;
            }
        }
        return false;
    }

    private void start() {
        boolean together = random.nextBoolean();
        for (int i = 1; i <= nodes; i++) {
            SimulatedNode node = cluster.add(i, EvsStart.fresh(freshId(i)), settings);
            if (i == 1 || random.nextInt(6) == 0) {
                node.bootstrap();
            } else {
                node.join();
            }
            if (!together) {
                cluster.run(random.nextInt(1500) * SimulatedTime.MILLI);
            }
        }
    }

    /** Time-based, as real ids are, but with a random part in front so that any node may be the lowest. */
    private Uuid freshId(int number) {
        born++;
        return new Uuid(((long) random.nextInt() << 32) | 0x1000L | born, 0x8000_0000_0000_0000L | number);
    }

    private SimulatedNode anyNode() {
        return cluster.node(1 + random.nextInt(nodes));
    }

    private void traffic() {
        SimulatedNode node = anyNode();
        int kind = random.nextInt(20);
        EvsOrder order = kind < 14
                ? EvsOrder.SAFE
                : kind < 16 ? EvsOrder.AGREED : kind < 18 ? EvsOrder.FIFO : EvsOrder.LOCAL_CAUSAL;
        int burst = random.nextInt(8) == 0 ? 1 + random.nextInt(30) : 1;
        int length = random.nextInt(10) == 0 ? random.nextInt(20_000) : random.nextInt(200);
        for (int i = 0; i < burst; i++) {
            if (!node.isDead()) {
                node.send(order, length);
            }
        }
    }

    private void note(String what) {
        log.add(String.format("%9.3f s  %s", cluster.time().now() / 1e9, what));
    }

    private void fault() {
        SimulatedNode node = anyNode();
        int other = 1 + random.nextInt(nodes);
        switch (random.nextInt(12)) {
            case 0 -> crash(node);
            case 1 -> restart(node);
            case 2 -> leave(node);
            case 3, 4 -> partition();
            case 5 -> cutOneWay(node.number(), other);
            case 6 -> {
                note("all links mended");
                cluster.network().mendAll();
            }
            case 7 -> freeze(node);
            case 8 -> slow(node);
            case 9 -> {
                cluster.network().loss = random.nextDouble() * 0.3;
                cluster.network().duplication = random.nextDouble() * 0.3;
                cluster.network().reordering = random.nextDouble() * 0.3;
                note("lossy network");
                later(5, () -> {
                    cluster.network().loss = 0;
                    cluster.network().duplication = 0;
                    cluster.network().reordering = 0;
                });
            }
            case 10 -> evictAndForgive(node, other);
            default -> setVersion(node);
        }
    }

    private void later(int maximumSeconds, Runnable action) {
        cluster.time().after((long) (random.nextDouble() * maximumSeconds * SimulatedTime.SECOND), action);
    }

    private void crash(SimulatedNode node) {
        if (!node.isDead()) {
            note("crash " + node.number());
            node.crash();
        }
    }

    private void restart(SimulatedNode node) {
        if (!node.isDead() && node.core().state() != EvsStateName.CLOSED) {
            node.crash();
        }
        boolean recovered = random.nextBoolean();
        ViewId last = node.core().currentView().id();
        Uuid id = recovered ? nextIncarnation(node.uuid()) : freshId(node.number());
        note("restart " + node.number() + (recovered ? " with its next incarnation" : " with a new id"));
        SimulatedNode next =
                cluster.add(node.number(), recovered ? new EvsStart(id, last) : EvsStart.fresh(id), settings);
        next.join();
    }

    private static Uuid nextIncarnation(Uuid uuid) {
        return new Uuid(uuid.mostSignificant(), uuid.leastSignificant() + (1L << 48));
    }

    private void leave(SimulatedNode node) {
        if (node.isRunning()) {
            note("leave " + node.number());
            node.leave();
        }
    }

    private void partition() {
        boolean holds = random.nextBoolean();
        int side = random.nextInt(1 << nodes);
        note("partition " + Integer.toBinaryString(side) + (holds ? ", links hold" : ""));
        for (int i = 1; i <= nodes; i++) {
            for (int j = 1; j <= nodes; j++) {
                if (i != j && (side >> i - 1 & 1) != (side >> j - 1 & 1)) {
                    cluster.network().cut(i, j, holds);
                }
            }
        }
        later(12, () -> {
            note("all links mended");
            cluster.network().mendAll();
        });
    }

    private void cutOneWay(int from, int to) {
        if (from == to) {
            return;
        }
        note("cut " + from + " > " + to);
        cluster.network().cut(from, to, random.nextBoolean());
        later(12, () -> {
            note("mended " + from + " > " + to);
            cluster.network().mend(from, to);
        });
    }

    private void freeze(SimulatedNode node) {
        if (node.isDead()) {
            return;
        }
        note("freeze " + node.number());
        node.freeze();
        frozen++;
        later(10, () -> {
            note("thaw " + node.number());
            frozen--;
            node.thaw();
        });
    }

    private void slow(SimulatedNode node) {
        note("slow " + node.number());
        node.slowness = random.nextInt(40) * SimulatedTime.MILLI;
        later(8, () -> node.slowness = 0);
    }

    private void evictAndForgive(SimulatedNode node, int other) {
        SimulatedNode victim = cluster.node(other);
        if (victim == node || !node.isRunning() || random.nextInt(3) != 0) {
            return;
        }
        note("node " + node.number() + " evicts " + other);
        node.setOption("evs.evict", victim.uuid().toString());
    }

    private void setVersion(SimulatedNode node) {
        if (node.isRunning()) {
            int version = random.nextInt(2);
            note("node " + node.number() + " speaks version " + version);
            node.setOption("evs.version", "" + version);
        }
    }

    private void mend() {
        note("everything is mended");
        cluster.network().mendAll();
        for (SimulatedNode node : cluster.running()) {
            node.slowness = 0;
            node.thaw();
        }
        forgive(20);
    }

    /** Again and again: a JOIN that is under way may carry an eviction to where it was forgiven already. */
    private void forgive(int times) {
        for (SimulatedNode node : cluster.running()) {
            if (node.isRunning()) {
                node.setOption("evs.evict", "");
            }
        }
        if (times > 0) {
            cluster.time().after(SimulatedTime.SECOND / 2, () -> forgive(times - 1));
        }
    }

    /** Everybody says something, and must hear it; and the same for causal tokens. */
    private void lastWords() {
        for (SimulatedNode node : cluster.running()) {
            if (node.isRunning() && !(node.send(EvsOrder.SAFE, 10) && node.send(EvsOrder.LOCAL_CAUSAL, 0))) {
                throw new AssertionError("node " + node.number() + " does not take a message in a settled group");
            }
        }
        cluster.run(5 * SimulatedTime.SECOND);
        for (SimulatedNode node : cluster.running()) {
            if (node.isRunning() && node.history().events.stream().noneMatch(e -> isLast(node, e))) {
                throw new AssertionError("node " + node.number() + " does not hear its last message");
            }
            if (node.isRunning() && !node.history().hasAllTokens()) {
                throw new AssertionError("node " + node.number() + " waits for a causal token in a settled group");
            }
        }
    }

    private static boolean isLast(SimulatedNode node, NodeHistory.Event event) {
        List<NodeHistory.Sent> sent = node.history().sent;
        return event instanceof NodeHistory.Received received
                && received.id() == sent.get(sent.size() - 1).id();
    }
}
