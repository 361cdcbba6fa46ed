package io.wsrep4j.gcomm.group.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Many seeded clusters through partitions, merges, crashes and state transfers: the same write sets with the same seqnos in every primary
 * component, none twice, none lost, and at most one primary component. A failing seed replays exactly: {@code
 * -Dwsrep4j.group.seed=<seed>}.
 */
final class SimulationTest {

    private static final int STEPS = 3_000;

    @TestFactory
    Stream<DynamicTest> everySeedKeepsTheOrder() {
        String single = System.getProperty("wsrep4j.group.seed");
        long count = System.getProperty("wsrep4j.effort", "ci").equals("long") ? 10_000 : 150;
        LongStream seeds = single == null ? LongStream.range(0, count) : LongStream.of(Long.parseLong(single));
        return seeds.mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> {
            GroupSchedule cluster = new GroupSchedule(seed);
            cluster.run(STEPS);
            cluster.heal();
            assertThat(cluster.orderedWriteSets())
                    .as("seed " + seed + " did something")
                    .isPositive();
        }));
    }
}
