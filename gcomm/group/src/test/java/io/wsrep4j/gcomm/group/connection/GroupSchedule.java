package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.api.Gtid;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * What one random source does, on one thread, to applications above group connections: above a transport that keeps the contract of backends and
 * nothing more, while {@link io.wsrep4j.gcomm.simulation.SimulatedCluster} has the layers of {@code gcomm://} below.
 */
final class GroupSchedule {

    private static final int NODES = 5;
    private static final int PATIENCE = 200;

    private static final org.slf4j.Logger LOG = org.slf4j.LoggerFactory.getLogger(GroupSchedule.class);

    private final Random random;
    private final SimulatedTransport transport;
    private final List<Application> running = new ArrayList<>();
    private final Map<Gtid, String> history = new HashMap<>();
    private final Set<String> contents = new HashSet<>();
    private final Map<Long, String> configurations = new HashMap<>();
    private final SimulatedApplication.World world;
    private List<SimulatedTransport.Node> lastPrimary = List.of();
    private final Set<SimulatedTransport.Node> departed = new HashSet<>();
    /** What the group layer has asked for later: here, at the next turn. */
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    private long nextId = 1;

    GroupSchedule(long seed) {
        random = new Random(seed);
        transport = new SimulatedTransport(random.nextLong());
        world = new SimulatedApplication.World(random, new StrictJournal(), () -> 0L, (task, delay) -> {
            // no time passes here, so nothing is ever overdue
            if (delay < Deadlines.EXCHANGE_LIMIT_NANOS) {
                tasks.add(task);
            }
        });
        transport.refuseActions(10);
        transport.maximumLength(1024);
        start();
        reform(List.of(List.copyOf(running)));
        settle();
    }

    int orderedWriteSets() {
        return contents.size();
    }

    private Application start() {
        Application application = new Application();
        running.add(application);
        return application;
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            int dice = random.nextInt(1000);
            Application one = running.get(random.nextInt(running.size()));
            if (dice < 350) {
                transport.deliverOne(one.node);
            } else if (dice < 550) {
                transport.orderOne(one.node);
            } else if (dice < 750) {
                one.work();
            } else if (dice < 970) {
                one.group.send();
            } else if (dice < 976 && running.size() < NODES) {
                start();
                reform(List.of(List.copyOf(running)));
            } else if (dice < 985) {
                partition();
            } else if (dice < 995) {
                reform(List.of(List.copyOf(running)));
            } else {
                end(one);
            }
            runTasks();
            running.removeIf(application -> application.group.isClosed());
            if (running.isEmpty()) {
                throw new AssertionError("all nodes have left");
            }
        }
    }

    private void end(Application application) {
        long survivors = lastPrimary.stream()
                .filter(node -> !departed.contains(node) && node != application.node && !node.isGone())
                .count();
        boolean historySurvives = running.stream()
                .anyMatch(other ->
                        other != application && other.group.isComplete() && other.group.received() == newest());
        if (running.size() < 3 || survivors * 2 <= lastPrimary.size() + 1 || !historySurvives) {
            return;
        }
        running.remove(application);
        if (random.nextBoolean()) {
            transport.crash(application.node);
        } else {
            application.group.close();
            departed.add(application.node);
        }
        reform(List.of(List.copyOf(running)));
    }

    private long newest() {
        return running.stream()
                .mapToLong(application -> application.group.received())
                .max()
                .orElse(-1);
    }

    /**
     * Only while every node has the state: members without it count in the transport's majority, and a majority of them can go on from a
     * history that ends earlier than that of the complete member they lost (docs/spec/gcs.md 8.4, steps A and B). That is so by protocol.
     */
    private void partition() {
        if (!running.stream().allMatch(application -> application.group.hasState())) {
            return;
        }
        List<Application> one = new ArrayList<>();
        List<Application> other = new ArrayList<>();
        running.forEach(application -> (random.nextBoolean() ? one : other).add(application));
        reform(List.of(one, other));
    }

    /** New components; the one that has most of the last primary one is primary. */
    private void reform(List<List<Application>> parts) {
        // who says goodbye is not missed; who crashes is
        List<SimulatedTransport.Node> before =
                lastPrimary.stream().filter(node -> !departed.contains(node)).toList();
        for (List<Application> part : parts) {
            List<SimulatedTransport.Node> nodes =
                    part.stream().map(application -> application.node).toList();
            long kept = nodes.stream().filter(before::contains).count();
            boolean primary = lastPrimary.isEmpty() || kept * 2 > before.size();
            if (nodes.isEmpty()) {
                continue;
            }
            transport.component(primary, false, nodes);
            LOG.debug(
                    "component {} {}",
                    primary ? "primary" : "not primary",
                    nodes.stream().map(node -> node.id.mostSignificant()).toList());
            if (primary) {
                lastPrimary = nodes;
                departed.clear();
            }
        }
    }

    private void settle() {
        for (int round = 0; round < 400; round++) {
            transport.settle();
            running.forEach(Application::work);
            running.forEach(application -> application.group.send());
            runTasks();
            running.removeIf(application -> application.group.isClosed());
        }
    }

    private void runTasks() {
        for (int i = tasks.size(); i > 0; i--) {
            tasks.poll().run();
        }
    }

    /** After all faults: everybody in one component, everybody synced at the same position. */
    void heal() {
        world.heal();
        for (int attempt = 0; attempt < 20; attempt++) {
            while (running.size() < 3) {
                start();
            }
            reform(List.of(List.copyOf(running)));
            settle();
            running.forEach(node -> check(node.node.evicted.isEmpty(), "a sound member is to be shut out"));
            if (running.size() >= 3 && isHealed()) {
                checkNothingIsLost(running.get(0).group.position());
                return;
            }
        }
        throw new AssertionError("not healed: " + running);
    }

    private void checkNothingIsLost(Gtid end) {
        history.forEach((at, content) -> check(
                at.uuid().equals(end.uuid()) && at.seqno() <= end.seqno(),
                content + " was delivered at " + at + ", but the history ends at " + end));
    }

    private boolean isHealed() {
        Gtid position = running.get(0).group.position();
        return running.stream()
                .allMatch(application ->
                        application.group.position().equals(position) && application.group.isSettled(running.size()));
    }

    private void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what + "; " + running);
        }
    }

    /** A node: the application and its process. */
    private final class Application {
        final SimulatedTransport.Node node = transport.newNode(nextId++, random.nextInt(2));
        final SimulatedApplication group =
                new SimulatedApplication(world, "n" + node.id.mostSignificant(), node.id, Gtid.UNDEFINED, PATIENCE);

        Application() {
            group.open(node);
        }

        void work() {
            group.work();
            if (group.isClosed()) {
                departed.add(node);
            }
        }

        @Override
        public String toString() {
            return group.toString();
        }
    }

    /** Whatever contradicts what another node was given is wrong. */
    private final class StrictJournal implements ActionJournal {

        @Override
        public void ordered(SimulatedApplication node, Gtid at, String content) {
            String known = history.putIfAbsent(at, content);
            check(
                    known == null || known.equals(content),
                    at + " is " + content + " for " + node + ", but " + known + " elsewhere");
            if (known == null && !content.startsWith("configuration")) {
                check(contents.add(content), content + " was ordered twice");
            }
        }

        @Override
        public void configured(SimulatedApplication node, long configurationId, String members) {
            String known = configurations.putIfAbsent(configurationId, members);
            check(
                    known == null || known.equals(members),
                    "two primary components: configuration " + configurationId + " is " + members + " and " + known);
        }

        @Override
        public void inconsistent(SimulatedApplication node, Gtid at, String reason) {
            // a joiner may have seen configurations that no complete member has; it joins anew
            check(node.position().uuid().isUndefined(), reason);
        }
    }
}
