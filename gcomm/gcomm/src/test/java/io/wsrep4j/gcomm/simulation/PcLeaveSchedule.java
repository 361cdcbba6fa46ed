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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Nodes of one component leave in good order, close upon each other, while others join, and some of these die before, while or after they
 * become members. Whoever stays must be primary all the time, and nobody may wait long for his leave.
 *
 * <p>Of the joiners fewer die than members stay: those who died might else have the majority, and nobody may go on without them.
 */
final class PcLeaveSchedule {

    private static final long PROGRAMME = 2 * SimulatedTime.SECOND;
    private static final long END = 40 * SimulatedTime.SECOND;
    private static final long LONGEST_LEAVE = 2 * SimulatedTime.SECOND;

    /** A silent node is waited for until it is suspected, and then others must hear of that. */
    private static final long LONGEST_LEAVE_BESIDE_DEATHS = 9 * SimulatedTime.SECOND;

    private static final long STEP = 10 * SimulatedTime.MILLI;
    private static final int LONGEST_SPACING_MILLIS = 50;

    private final long seed;
    private final Random random;
    private final SimulatedCluster cluster;
    private final PcSafetyCheck safety = new PcSafetyCheck();
    private final Map<Integer, PcMember> members = new TreeMap<>();
    private final Map<Integer, PcStart> starts = new TreeMap<>();
    private final TreeSet<Integer> staying = new TreeSet<>();
    private final Map<Integer, Long> leftAt = new TreeMap<>();
    private final Map<Integer, Long> closedAt = new TreeMap<>();
    private final List<String> story = new ArrayList<>();
    private String complaint;
    private int born;
    private boolean someoneDies;

    PcLeaveSchedule(long seed) {
        this.seed = seed;
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.cluster = new SimulatedCluster(seed);
        cluster.layer(this::member);
    }

    private EvsListener member(SimulatedNode node, Evs evs) {
        int number = node.number();
        PcMember member = new PcMember(
                node,
                evs,
                starts.get(number),
                1,
                safety.witness(number, node.uuid()),
                this::primaries,
                view -> viewed(number, view));
        members.put(number, member);
        return member.pc();
    }

    private List<PcView> primaries() {
        return members.values().stream()
                .filter(PcMember::isPrimary)
                .map(member -> member.pc().view())
                .toList();
    }

    private void viewed(int number, PcView view) {
        note("node " + number + " is in " + view.id() + " of "
                + view.members().keySet().stream().map(cluster::numberOf).toList());
        if (view.members().isEmpty()) {
            closedAt.put(number, cluster.time().now());
        } else if (!view.isPrimary() && staying.contains(number) && complaint == null) {
            complaint = "node " + number + " lost its primary component";
        }
    }

    private void note(String what) {
        story.add(String.format("%9.3f s  %s", cluster.time().now() / 1e9, what));
    }

    /** Runs it all; throws an AssertionError that tells how to run it again. */
    void run() {
        try {
            live();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed
                            + " fails; run it again with:\n  mvn -o -pl gcomm/gcomm -am test -Dtest=PcLeaveSimulationTest"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -Dwsrep4j.seed=" + seed + "\n"
                            + String.join("\n", story) + "\n" + cluster.describe(),
                    e);
        }
    }

    private void live() {
        int founders = 2 + random.nextInt(4);
        for (int i = 1; i <= founders; i++) {
            start(i, i == 1);
            if (!cluster.settle(20 * SimulatedTime.SECOND)) {
                throw new AssertionError("no cluster of " + i + " in the beginning");
            }
        }
        cluster.run(random.nextInt(1000) * SimulatedTime.MILLI);
        int stay = 1 + random.nextInt(founders);
        for (int i = 0; i < stay; i++) {
            staying.add(anyBut(staying, founders));
        }
        plan(founders, stay);
        long end = cluster.time().now() + PROGRAMME + END;
        while (cluster.time().now() < end) {
            cluster.run(STEP);
            if (cluster.time().now() < end - END / 2 && random.nextInt(4) == 0) {
                send(1 + random.nextInt(founders));
            }
        }
        judge();
    }

    private int anyBut(TreeSet<Integer> taken, int founders) {
        int number = 1 + random.nextInt(founders);
        while (taken.contains(number)) {
            number = number % founders + 1;
        }
        return number;
    }

    private void plan(int founders, int stay) {
        long longest = random.nextInt(4) == 0 ? PROGRAMME : LONGEST_SPACING_MILLIS * SimulatedTime.MILLI;
        long at = 0;
        for (int i = 1; i <= founders; i++) {
            if (!staying.contains(i)) {
                int number = i;
                at = random.nextInt(3) == 0 ? at : (long) (random.nextDouble() * longest);
                cluster.time().after(SimulatedTime.SECOND + at, () -> leave(number));
            }
        }
        int joiners = random.nextInt(4);
        int dying = Math.min(random.nextInt(4), stay - 1);
        for (int i = 0; i < joiners + dying; i++) {
            int number = founders + 1 + i;
            boolean dies = i >= joiners;
            someoneDies |= dies;
            cluster.time().after(within(SimulatedTime.SECOND), () -> {
                start(number, false);
                if (dies) {
                    cluster.time().after(within(3 * SimulatedTime.SECOND / 2), () -> {
                        note("node " + number + " dies");
                        members.get(number).node().crash();
                    });
                } else {
                    // it is no complaint that it is not primary at first
                    cluster.time().after(END / 2, () -> staying.add(number));
                }
            });
        }
    }

    private long within(long nanos) {
        return (long) (random.nextDouble() * nanos);
    }

    private void start(int number, boolean bootstrap) {
        born++;
        Uuid id = new Uuid(
                ((long) random.nextInt() << 32) | (long) born << 16 | 0x1000L, 0x8000_0000_0000_0000L | number);
        starts.put(number, new PcStart(id, 0, bootstrap, null));
        SimulatedNode node = cluster.add(number, new EvsStart(id, null), EvsSettings.defaults());
        note("node " + number + " starts");
        if (bootstrap) {
            node.bootstrap();
        } else {
            node.join();
        }
    }

    private void leave(int number) {
        note("node " + number + " leaves");
        leftAt.put(number, cluster.time().now());
        PcMember member = members.get(number);
        member.node().act(member.pc()::closing);
        member.node().leave();
    }

    private void send(int number) {
        PcMember member = members.get(number);
        if (!member.node().isDead()) {
            member.send(
                    cluster.nextMessageId(), random.nextInt(300), cluster.time().now());
        }
    }

    private void judge() {
        if (complaint != null) {
            throw new AssertionError(complaint);
        }
        TreeSet<String> states = new TreeSet<>();
        members.forEach((number, member) -> {
            if (!member.node().isDead() && !leftAt.containsKey(number)) {
                states.add(member.pc().state() + " " + member.pc().view().id());
                if (member.evs().state() == EvsStateName.CLOSED || member.pc().state() != PcState.PRIM) {
                    throw new AssertionError("node " + number + " is not primary");
                }
            }
        });
        if (states.size() != 1) {
            throw new AssertionError("not in one primary component: " + states);
        }
        leftAt.forEach((number, at) -> {
            long limit = someoneDies ? LONGEST_LEAVE_BESIDE_DEATHS : LONGEST_LEAVE;
            Long closed = closedAt.get(number);
            if (closed == null || closed - at > limit) {
                throw new AssertionError(
                        "node " + number + " took longer than " + limit / SimulatedTime.MILLI + " ms to leave");
            }
        });
        safety.run();
        cluster.checkGoodbyes();
        cluster.checkSafety();
    }
}
