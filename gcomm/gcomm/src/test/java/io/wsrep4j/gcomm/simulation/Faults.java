package io.wsrep4j.gcomm.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What breaks in a cluster, by chance: crashes, returns, goodbyes, partitions and processes that stand still. */
final class Faults {

    /** Who knows what a node is made of. Nodes are named by their numbers. */
    interface Victims {
        void crash(int number);

        void restart(int number);

        void leave(int number);
    }

    private static final int LONGEST_FREEZE_SECONDS = 9;
    private static final int LONGEST_PARTITION_SECONDS = 14;

    private final SimulatedCluster cluster;
    private final Random random;
    private final int nodes;
    private final Victims victims;
    private final List<String> log = new ArrayList<>();

    /** @param nodes their numbers are 1 to this */
    Faults(SimulatedCluster cluster, Random random, int nodes, Victims victims) {
        this.cluster = cluster;
        this.random = random;
        this.nodes = nodes;
        this.victims = victims;
    }

    void note(String what) {
        log.add(String.format("%9.3f s  %s", cluster.time().now() / 1e9, what));
    }

    /** The story so far, for messages about failures. */
    String story() {
        return String.join("\n", log) + "\n" + cluster.describe();
    }

    /** One of them happens now. */
    void strike() {
        int number = 1 + random.nextInt(nodes);
        switch (random.nextInt(9)) {
            case 0 -> victims.crash(number);
            case 1, 2 -> victims.restart(number);
            case 3, 4, 5 -> partition();
            case 6 -> mendLinks();
            case 7 -> freeze(cluster.node(number));
            default -> victims.leave(number);
        }
    }

    private void freeze(SimulatedNode node) {
        if (!node.isDead()) {
            note("freeze " + node.number());
            node.freeze();
            later(LONGEST_FREEZE_SECONDS, () -> {
                if (!node.isDead()) {
                    node.thaw();
                }
            });
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
        later(LONGEST_PARTITION_SECONDS, this::mendLinks);
    }

    private void later(int maximumSeconds, Runnable action) {
        cluster.time().after((long) (random.nextDouble() * maximumSeconds * SimulatedTime.SECOND), action);
    }

    private void mendLinks() {
        note("all links mended");
        cluster.network().mendAll();
    }

    /** From now on nothing is broken but what is dead. */
    void mendAll() {
        note("everything is mended");
        cluster.network().mendAll();
        for (SimulatedNode node : cluster.running()) {
            node.thaw();
        }
    }
}
