package io.wsrep4j.gcomm.simulation;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.evs.Evs;
import io.wsrep4j.gcomm.evs.EvsSettings;
import io.wsrep4j.gcomm.evs.EvsStart;
import io.wsrep4j.gcomm.pc.PcStart;
import io.wsrep4j.gcomm.pc.PcState;
import io.wsrep4j.gcomm.pc.PcView;
import io.wsrep4j.gcomm.pc.SavedView;
import io.wsrep4j.gcomm.simulation.ChannelWitness.Offered;
import io.wsrep4j.gcomm.simulation.ChannelWitness.Viewed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * One random life of channels: partitions, crashes, processes that stand still, goodbyes, returns, transports that break; then everything is
 * mended, all must be able to send, and at last one dies or stands still for good. {@link BackendCheck} judges what the channels told.
 */
final class ChannelFaultSchedule implements Faults.Victims {

    private static final long CHAOS = 25 * SimulatedTime.SECOND;
    private static final long STEP = 10 * SimulatedTime.MILLI;
    private static final long REPLY = 30 * SimulatedTime.SECOND;
    /** Suspicion and inactivity, agreement, and once more for what was under way (docs/spec/gcomm-evs.md 21). */
    private static final long NOTICED = 60 * SimulatedTime.SECOND;

    private final Random random;
    private final SimulatedCluster cluster;
    private final Faults faults;
    private final int nodes;
    private final double trafficPerStep;
    private final double faultsPerStep;
    private final PcSafetyCheck safety = new PcSafetyCheck();
    private final ChannelWitness.Board board = new ChannelWitness.Board();
    private final Map<Integer, Member> members = new TreeMap<>();
    private final List<ChannelWitness> witnesses = new ArrayList<>();
    private final BackendCheck check;
    private PcStart starting;
    private int born;

    ChannelFaultSchedule(long seed) {
        random = new Random(seed * 0x9E3779B97F4A7C15L);
        cluster = new SimulatedCluster(seed);
        cluster.layer((node, evs) -> {
            Member member = new Member(node, evs);
            members.put(node.number(), member);
            return member.channel.aboveEvs();
        });
        nodes = 2 + random.nextInt(4);
        faults = new Faults(cluster, random, nodes, this);
        trafficPerStep = random.nextInt(3) == 0 ? 0.05 : 0.4;
        faultsPerStep = random.nextInt(3) == 0 ? 0.001 : 0.004;
        check = new BackendCheck(witnesses);
    }

    private final class Member {
        private final SimulatedNode node;
        private final SimulatedChannel channel;
        private final ChannelWitness witness;

        Member(SimulatedNode node, Evs evs) {
            this.node = node;
            witness = new ChannelWitness(
                    node.number(), node.uuid(), starting.segment(), starting.bootstrap(), board, cluster.time()::now);
            witnesses.add(witness);
            PcSafetyCheck.Witness judge = safety.witness(node.number(), node.uuid());
            channel = new SimulatedChannel(node, evs, cluster.time(), starting, view -> {
                witness.viewing(view);
                judge.viewed(view, primaries());
            });
            channel.join("simulated", starting.bootstrap(), witness);
        }

        boolean isUp() {
            return node.isRunning() && !channel.hasLeft();
        }
    }

    private List<PcView> primaries() {
        return members.values().stream()
                .filter(member -> !member.node.isDead() && member.channel.isPrimary())
                .map(member -> member.channel.pc().view())
                .toList();
    }

    /** Runs it all. @return what does not hold; the story is in {@link #story} */
    Map<BackendPromise, String> run() {
        for (int number = 1; number <= nodes; number++) {
            start(number, freshId(number), number == 1, null);
            cluster.run(random.nextInt(2500) * SimulatedTime.MILLI);
        }
        try {
            while (cluster.time().now() < CHAOS) {
                cluster.run(STEP);
                if (random.nextDouble() < trafficPerStep) {
                    traffic(members.get(1 + random.nextInt(nodes)));
                }
                if (random.nextDouble() < faultsPerStep) {
                    misfortune();
                }
            }
            faults.mendAll();
            end();
            safety.run();
        } catch (AssertionError e) {
            check.accept(e);
        }
        Map<BackendPromise, String> broken = check.broken();
        cluster.checkNodes();
        return broken;
    }

    String story() {
        return faults.story();
    }

    private Uuid freshId(int number) {
        born++;
        return new Uuid(((long) random.nextInt() << 32) | 0x1000L | born, 0x8000_0000_0000_0000L | number);
    }

    private void start(int number, Uuid id, boolean bootstrap, SavedView restored) {
        check.mayRecover(restored != null);
        starting = new PcStart(id, random.nextInt(256), bootstrap, restored);
        EvsStart start = new EvsStart(id, restored == null ? null : restored.id());
        SimulatedNode node = cluster.add(number, start, EvsSettings.defaults());
        if (bootstrap) {
            node.bootstrap();
        } else {
            node.join();
        }
    }

    private void traffic(Member member) {
        if (!member.isUp()) {
            return;
        }
        if (random.nextInt(20) == 0) {
            member.node.act(() -> member.witness.ask(member.channel));
            return;
        }
        int burst = random.nextInt(8) == 0 ? 20 : 1;
        for (int i = 0; i < burst; i++) {
            int longest = member.channel.maximumLength();
            int length = random.nextInt(100) == 0 ? longest + random.nextInt(2) : Long.BYTES + random.nextInt(300);
            int type = random.nextInt(255);
            member.node.act(() -> member.witness.offer(member.channel, type, length));
        }
    }

    // ---- what goes wrong

    private void misfortune() {
        if (random.nextInt(25) == 0) {
            Member member = members.get(1 + random.nextInt(nodes));
            faults.note("the transport of " + member.node.number() + " breaks");
            member.node.act(() -> {
                boolean before = member.channel.hasLeft();
                member.channel.breakDown();
                member.witness.broken |= !before && member.channel.hasLeft();
            });
        } else {
            faults.strike();
        }
    }

    @Override
    public void crash(int number) {
        Member member = members.get(number);
        if (!member.node.isDead()) {
            faults.note("crash " + number);
            member.witness.crashed = true;
            member.node.crash();
        }
    }

    @Override
    public void leave(int number) {
        Member member = members.get(number);
        if (member.isUp()) {
            faults.note("leave " + number);
            member.witness.leaving = true;
            member.node.act(member.channel::leave);
        }
    }

    @Override
    public void restart(int number) {
        Member before = members.get(number);
        if (before.isUp()) {
            crash(number);
        }
        before.witness.crashed = true;
        before.node.crash();
        SavedView saved = random.nextInt(3) == 0 ? null : before.channel.saved();
        SavedView restored = saved == null ? null : saved.restarted();
        faults.note("restart " + number + (restored == null ? "" : " with its saved view"));
        start(number, restored == null ? freshId(number) : restored.self(), false, restored);
    }

    // ---- the end

    private void end() {
        if (!cluster.settle(FaultSchedule.CONVERGENCE)) {
            throw new AssertionError("B20: no common view after all was mended");
        }
        cluster.run(5 * SimulatedTime.SECOND);
        List<Member> up = members.values().stream().filter(Member::isUp).toList();
        if (up.isEmpty()) {
            return;
        }
        if (up.stream().allMatch(member -> member.channel.pc().state() == PcState.NON_PRIM)) {
            faults.note("the operator makes it primary");
            safety.operatorDecides();
            check.mayRecover(true);
            forcePrimary(up.get(0));
            cluster.run(10 * SimulatedTime.SECOND);
        }
        everybodySends(up);
        oneIsLost(up);
    }

    /** It is refused while the membership is changing, as one is just now that was cut off or left before all was mended. */
    private void forcePrimary(Member chosen) {
        long end = cluster.time().now() + REPLY;
        boolean[] taken = new boolean[1];
        do {
            chosen.node.act(() ->
                    taken[0] = chosen.channel.pc().forcePrimary(cluster.time().now()));
            cluster.run(SimulatedTime.SECOND);
        } while (!taken[0] && cluster.time().now() < end);
    }

    private void everybodySends(List<Member> up) {
        for (Member member : up) {
            long end = cluster.time().now() + REPLY;
            Offered last;
            do {
                cluster.run(STEP);
                member.node.act(() -> member.witness.offer(member.channel, 1, 100));
                last = member.witness.offered.get(member.witness.offered.size() - 1);
            } while (last.result() != SendResult.ACCEPTED && cluster.time().now() < end);
            if (last.result() != SendResult.ACCEPTED) {
                throw new AssertionError(
                        "B17: " + member.witness + " cannot send in a mended cluster: " + last.result());
            }
            member.node.act(() -> member.witness.ask(member.channel));
        }
        cluster.run(5 * SimulatedTime.SECOND);
        for (Member member : up) {
            if (!member.witness.hasAllTokens()) {
                throw new AssertionError("B21: " + member.witness + " waits for a causal token in a mended cluster");
            }
        }
    }

    private void oneIsLost(List<Member> up) {
        if (up.size() < 2) {
            return;
        }
        Member lost = up.get(random.nextInt(up.size()));
        if (random.nextBoolean()) {
            crash(lost.node.number());
        } else {
            faults.note(lost.node.number() + " stands still for good");
            lost.node.freeze();
            lost.witness.crashed = true;
        }
        cluster.run(NOTICED);
        for (Member member : up) {
            Viewed view = member.witness.current();
            if (member != lost
                    && view.view().members().stream().anyMatch(one -> one.id().equals(lost.node.uuid()))) {
                throw new AssertionError("B20: " + member.witness + " still has " + lost.witness + " in " + view);
            }
        }
    }
}
