package io.wsrep4j.gcomm.simulation;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.Evs;
import io.wsrep4j.gcomm.evs.EvsSettings;
import io.wsrep4j.gcomm.evs.EvsStart;
import io.wsrep4j.gcomm.group.connection.SimulatedApplication;
import io.wsrep4j.gcomm.pc.PcStart;
import io.wsrep4j.gcomm.pc.PcState;
import io.wsrep4j.gcomm.pc.PcView;
import io.wsrep4j.gcomm.pc.SavedView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * One random life of a cluster of databases: applications above the group layer above primary components above EVS, through partitions,
 * freezes, crashes, goodbyes and returns with and without what they had on disk. Then everything is mended, an operator does what is left to
 * operators, and all must be synced at one seqno. {@link GroupJournal} judges what the group layers delivered.
 */
final class GroupFaultSchedule implements Faults.Victims {

    private static final long CHAOS = 30 * SimulatedTime.SECOND;
    private static final long STEP = 10 * SimulatedTime.MILLI;
    /** Turns of {@link #STEP} that a joiner waits for its donor. */
    private static final int PATIENCE = 1500;

    private final long seed;
    private final Random random;
    private final SimulatedCluster cluster;
    private final int nodes;
    private final double trafficPerTurn;
    private final double faultsPerStep;
    private final PcSafetyCheck safety = new PcSafetyCheck();
    private final GroupJournal journal = new GroupJournal(this::placeOf);
    private final Map<Integer, Member> members = new TreeMap<>();
    private final Map<Uuid, Member> byId = new HashMap<>();
    private final SimulatedApplication.World world;
    private final Faults faults;
    private PcStart starting;
    private Gtid startingAt;
    private Member running;
    private int born;

    GroupFaultSchedule(long seed) {
        this.seed = seed;
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.cluster = new SimulatedCluster(seed);
        cluster.layer((node, evs) -> new Member(node, evs).channel.aboveEvs());
        this.nodes = 2 + random.nextInt(4);
        this.faults = new Faults(cluster, random, nodes, this);
        this.trafficPerTurn = random.nextInt(3) == 0 ? 0.2 : 0.04;
        this.faultsPerStep = random.nextInt(3) == 0 ? 0.001 : 0.004;
        this.world = new SimulatedApplication.World(
                random, journal, () -> cluster.time().now(), (task, delay) -> {
                    Member member = running;
                    cluster.time().after(delay, () -> member.act(task));
                });
    }

    /** One incarnation of a node: its channel and its application. */
    private final class Member {
        private final SimulatedNode node;
        private final SimulatedChannel channel;
        private final SimulatedApplication application;
        private final PcSafetyCheck.Witness witness;

        Member(SimulatedNode node, Evs evs) {
            this.node = node;
            this.witness = safety.witness(node.number(), node.uuid());
            this.application = new SimulatedApplication(world, "n" + node.number(), node.uuid(), startingAt, PATIENCE);
            this.channel = new SimulatedChannel(node, evs, cluster.time(), starting, this::viewed);
            members.put(node.number(), this);
            byId.put(node.uuid(), this);
        }

        private void viewed(PcView view) {
            witness.viewed(view, primaries());
        }

        /** Whatever the node does, it does by itself: what it puts off comes back to it. */
        private void act(Runnable task) {
            node.act(() -> {
                running = this;
                task.run();
            });
        }

        private void turn() {
            act(() -> {
                application.work();
                if (random.nextDouble() < trafficPerTurn) {
                    application.send();
                }
            });
        }

        private boolean isUp() {
            return node.isRunning() && !application.isClosed();
        }
    }

    private GroupJournal.Place placeOf(SimulatedApplication application) {
        Member member = byId.get(application.id());
        return new GroupJournal.Place(
                member.witness, member.channel.lastPrimary().id());
    }

    private List<PcView> primaries() {
        List<PcView> views = new ArrayList<>();
        for (Member member : members.values()) {
            if (!member.node.isDead() && member.channel.isPrimary()) {
                views.add(member.channel.pc().view());
            }
        }
        return views;
    }

    /** Runs it all; throws an AssertionError that tells how to run it again. @return number of actions that were ordered */
    int run() {
        try {
            live();
            return journal.size();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed
                            + " fails; run it again with:\n  mvn -o -pl gcomm/gcomm -am test -Dtest=GroupSimulationTest"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -Dwsrep4j.seed=" + seed + "\n"
                            + faults.story() + describe(),
                    e);
        }
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        members.values().forEach(member -> text.append(member.channel.pc().state())
                .append(' ')
                .append(member.application)
                .append('\n'));
        return text.toString();
    }

    // ---- the life

    private void live() {
        for (int i = 1; i <= nodes; i++) {
            start(i, freshId(i), i == 1, null, Gtid.UNDEFINED);
            run(random.nextInt(2500) * SimulatedTime.MILLI);
        }
        while (cluster.time().now() < CHAOS) {
            run(STEP);
            if (random.nextDouble() < faultsPerStep) {
                faults.strike();
            }
        }
        mend();
        comeTogether();
        safety.run();
        journal.check(safety, members.get(1).application);
        cluster.checkNodes();
    }

    /** Time passes, and everybody works. */
    private void run(long nanos) {
        long end = cluster.time().now() + nanos;
        while (cluster.time().now() < end) {
            cluster.run(Math.min(STEP, end - cluster.time().now()));
            members.values().forEach(Member::turn);
        }
    }

    private Uuid freshId(int number) {
        born++;
        return new Uuid(((long) random.nextInt() << 32) | 0x1000L | born, 0x8000_0000_0000_0000L | number);
    }

    private void start(int number, Uuid id, boolean bootstrap, SavedView restored, Gtid position) {
        starting = new PcStart(id, 0, bootstrap, restored);
        startingAt = position;
        EvsStart start = new EvsStart(id, restored == null ? null : restored.id());
        SimulatedNode node = cluster.add(number, start, EvsSettings.defaults());
        Member member = members.get(number);
        member.act(() -> member.application.open(member.channel));
        if (bootstrap) {
            node.bootstrap();
        } else {
            node.join();
        }
    }

    private void note(String what) {
        faults.note(what);
    }

    @Override
    public void crash(int number) {
        Member member = members.get(number);
        if (!member.node.isDead()) {
            note("crash " + number + " at " + member.application.position());
            member.node.crash();
        }
    }

    @Override
    public void leave(int number) {
        Member member = members.get(number);
        if (member.isUp()) {
            note("leave " + number);
            member.act(() -> {
                member.application.leaving();
                member.channel.leave();
            });
        }
    }

    @Override
    public void restart(int number) {
        Member before = members.get(number);
        if (before.isUp()) {
            crash(number);
        }
        before.node.crash();
        boolean keepsData = random.nextInt(4) != 0 && !before.application.isAhead();
        SavedView saved = keepsData ? before.channel.saved() : null;
        Gtid position = keepsData ? before.application.position() : Gtid.UNDEFINED;
        SavedView restored = saved == null ? null : saved.restarted();
        note("restart " + number + " at " + position + (restored == null ? "" : " with its saved view"));
        start(number, restored == null ? freshId(number) : restored.self(), false, restored, position);
    }

    private void mend() {
        faults.mendAll();
        world.heal();
    }

    // ---- the end

    /** An operator looks after the cluster until it is well; nodes that gave up are started again. */
    private void comeTogether() {
        long end = cluster.time().now() + 3 * FaultSchedule.CONVERGENCE;
        long lookedAt = cluster.time().now();
        while (!isWell()) {
            if (cluster.time().now() > end) {
                throw new AssertionError("the cluster is not well after all was mended");
            }
            run(SimulatedTime.SECOND / 4);
            if (cluster.time().now() > lookedAt + 20 * SimulatedTime.SECOND) {
                lookedAt = cluster.time().now();
                operate();
            }
        }
    }

    private boolean isWell() {
        Gtid position = members.get(1).application.position();
        return members.values().stream()
                .allMatch(member -> member.isUp()
                        && member.application.position().equals(position)
                        && member.application.isSettled(nodes));
    }

    private void operate() {
        List<Integer> down = new ArrayList<>();
        members.forEach((number, member) -> {
            if (!member.isUp()) {
                down.add(number);
            }
        });
        if (!down.isEmpty()) {
            down.forEach(this::restart);
            return;
        }
        Member newest = members.get(1);
        for (Member member : members.values()) {
            if (member.application.position().seqno()
                    > newest.application.position().seqno()) {
                newest = member;
            }
        }
        if (members.values().stream().allMatch(member -> member.channel.pc().state() == PcState.NON_PRIM)) {
            Member chosen = newest;
            note("the operator makes " + chosen.node.number() + "'s component primary");
            safety.operatorDecides();
            chosen.act(() -> chosen.channel.pc().forcePrimary(cluster.time().now()));
        } else if (members.values().stream().noneMatch(member -> member.application.isPrimary())) {
            startAnew(newest);
        }
    }

    /** Processes that died and returned make their component primary again, but not one of them has its history any more (docs/spec/gcs.md 8.4). */
    private void startAnew(Member newest) {
        note("the operator starts the cluster anew with " + newest.node.number());
        safety.operatorDecides();
        members.values().forEach(member -> member.node.crash());
        int first = newest.node.number();
        start(first, freshId(first), true, null, newest.application.position());
        for (int number = 1; number <= nodes; number++) {
            if (number != first) {
                Gtid position = members.get(number).application.position();
                start(number, freshId(number), false, null, position);
            }
        }
    }
}
