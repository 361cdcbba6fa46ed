package io.wsrep4j.gcomm.simulation;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.Evs;
import io.wsrep4j.gcomm.evs.EvsListener;
import io.wsrep4j.gcomm.evs.EvsSettings;
import io.wsrep4j.gcomm.evs.EvsStart;
import io.wsrep4j.gcomm.evs.EvsStateName;
import io.wsrep4j.gcomm.pc.PcStart;
import io.wsrep4j.gcomm.pc.PcState;
import io.wsrep4j.gcomm.pc.PcView;
import io.wsrep4j.gcomm.pc.SavedView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;

/**
 * One random life of primary components above EVS: partitions, losses, crashes and returns; then everything is mended and all must be in one
 * component. {@link PcSafetyCheck} judges what they delivered.
 */
final class PcFaultSchedule implements Faults.Victims {

    private static final long CHAOS = 30 * SimulatedTime.SECOND;
    private static final long STEP = 10 * SimulatedTime.MILLI;
    private static final int CONTROL = 0xff;

    private final long seed;
    private final Random random;
    private final SimulatedCluster cluster;
    private final int nodes;
    private final double trafficPerStep;
    private final double faultsPerStep;
    private final PcSafetyCheck safety = new PcSafetyCheck();
    private final Map<Integer, PcMember> members = new HashMap<>();
    private final Map<Integer, PcStart> starts = new HashMap<>();
    private final Faults faults;
    private int born;

    PcFaultSchedule(long seed) {
        this.seed = seed;
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.cluster = new SimulatedCluster(seed);
        cluster.layer(this::member);
        this.nodes = 2 + random.nextInt(4);
        this.faults = new Faults(cluster, random, nodes, this);
        this.trafficPerStep = random.nextInt(3) == 0 ? 0.05 : 0.4;
        this.faultsPerStep = random.nextInt(3) == 0 ? 0.001 : 0.004;
    }

    private EvsListener member(SimulatedNode node, Evs evs) {
        int weight = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 1;
        PcMember member = new PcMember(
                node,
                evs,
                starts.get(node.number()),
                weight,
                safety.witness(node.number(), node.uuid()),
                this::primaries,
                view -> note("node " + node.number() + " is in " + view.id() + " of " + numbers(view)));
        members.put(node.number(), member);
        return member.pc();
    }

    private List<Integer> numbers(PcView view) {
        return view.members().keySet().stream().map(cluster::numberOf).toList();
    }

    /** Views of the nodes that are primary now. */
    private List<PcView> primaries() {
        List<PcView> views = new ArrayList<>();
        for (PcMember member : members.values()) {
            if (!member.node().isDead() && member.pc().state() == PcState.PRIM) {
                views.add(member.pc().view());
            }
        }
        return views;
    }

    /** Runs it all; throws an AssertionError that tells how to run it again. */
    void run() {
        try {
            live();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed
                            + " fails; run it again with:\n  mvn -o -pl gcomm/gcomm -am test -Dtest=PcSimulationTest"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -Dwsrep4j.seed=" + seed + "\n"
                            + faults.story() + describe(),
                    e);
        }
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        members.forEach((number, member) -> text.append("node ")
                .append(number)
                .append(' ')
                .append(member.pc().state())
                .append(' ')
                .append(member.pc().view())
                .append('\n'));
        return text.toString();
    }

    private void live() {
        for (int i = 1; i <= nodes; i++) {
            start(i, freshId(i), i == 1, null);
            cluster.run(random.nextInt(2500) * SimulatedTime.MILLI);
        }
        while (cluster.time().now() < CHAOS) {
            cluster.run(STEP);
            if (random.nextDouble() < trafficPerStep) {
                send(1 + random.nextInt(nodes));
            }
            if (random.nextDouble() < faultsPerStep) {
                faults.strike();
            }
        }
        faults.mendAll();
        if (!cluster.settle(FaultSchedule.CONVERGENCE)) {
            throw new AssertionError("no common view after all was mended");
        }
        cluster.run(5 * SimulatedTime.SECOND);
        requireOneComponent();
        safety.run();
        cluster.checkGoodbyes();
        cluster.checkNodes();
    }

    private Uuid freshId(int number) {
        born++;
        return new Uuid(((long) random.nextInt() << 32) | 0x1000L | born, 0x8000_0000_0000_0000L | number);
    }

    private void start(int number, Uuid id, boolean bootstrap, SavedView restored) {
        starts.put(number, new PcStart(id, 0, bootstrap, restored));
        EvsStart start = new EvsStart(id, restored == null ? null : restored.id());
        SimulatedNode node = cluster.add(number, start, EvsSettings.defaults());
        if (bootstrap) {
            node.bootstrap();
        } else {
            node.join();
        }
    }

    private void send(int number) {
        PcMember member = members.get(number);
        if (member.node().isDead()) {
            return;
        }
        int burst = random.nextInt(8) == 0 ? 20 : 1;
        for (int i = 0; i < burst; i++) {
            ByteBuffer body = ByteBuffer.allocate(Long.BYTES + random.nextInt(300));
            body.putLong(0, cluster.nextMessageId());
            member.node().act(() -> member.pc()
                    .send(CONTROL, ByteBuffer.allocate(0), body, cluster.time().now()));
        }
    }

    private void note(String what) {
        faults.note(what);
    }

    @Override
    public void crash(int number) {
        SimulatedNode node = cluster.node(number);
        if (!node.isDead()) {
            note("crash " + number);
            node.crash();
        }
    }

    @Override
    public void leave(int number) {
        PcMember member = members.get(number);
        if (member.node().isRunning()) {
            note("leave " + number);
            member.node().act(member.pc()::closing);
            member.node().leave();
            member.forgetView();
        }
    }

    @Override
    public void restart(int number) {
        PcMember before = members.get(number);
        if (!before.node().isDead() && before.evs().state() != EvsStateName.CLOSED) {
            before.node().crash();
        }
        boolean recover = before.saved() != null && random.nextInt(3) != 0;
        note("restart " + number + (recover ? " with its saved view" : " without a saved view"));
        SavedView restored = recover ? before.saved().restarted() : null;
        start(number, recover ? restored.self() : freshId(number), false, restored);
    }

    /** All are primary in one view, or none is; then an operator makes them so. */
    private void requireOneComponent() {
        List<PcMember> running = members.values().stream()
                .filter(member -> member.node().isRunning())
                .toList();
        if (running.isEmpty()) {
            return;
        }
        if (running.stream().allMatch(member -> member.pc().state() == PcState.NON_PRIM)) {
            safety.operatorDecides();
            PcMember chosen = running.get(0);
            boolean[] taken = new boolean[1];
            for (int attempt = 0; attempt < 10 && !taken[0]; attempt++) {
                chosen.node()
                        .act(() -> taken[0] =
                                chosen.pc().forcePrimary(cluster.time().now()));
                cluster.run(5 * SimulatedTime.SECOND);
            }
        }
        TreeSet<String> states = new TreeSet<>();
        running.forEach(member ->
                states.add(member.pc().state() + " " + member.pc().view().id()));
        if (states.size() != 1 || !states.first().startsWith("PRIM ")) {
            throw new AssertionError("not in one primary component: " + states);
        }
    }
}
