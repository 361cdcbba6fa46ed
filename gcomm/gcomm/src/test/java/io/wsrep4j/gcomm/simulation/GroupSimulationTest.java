package io.wsrep4j.gcomm.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Group layers above primary components under random faults: 300 seeds, 10,000 in the long profile, or the one in -Dwsrep4j.seed. */
class GroupSimulationTest {

    private static final int CI_SEEDS = 300;
    private static final int LONG_SEEDS = 10_000;
    private static final int ENOUGH_FAILURES = 5;

    @Test
    void everyPrimaryComponentHasTheSameActionsWithTheSameSeqnosAndAMendedClusterIsSynced() {
        Long only = Long.getLong("wsrep4j.seed");
        if (only != null) {
            new GroupFaultSchedule(only).run();
            return;
        }
        long first = Long.getLong("wsrep4j.firstSeed", 1);
        int seeds = "long".equals(System.getProperty("wsrep4j.effort")) ? LONG_SEEDS : CI_SEEDS;
        List<AssertionError> failures = new ArrayList<>();
        long actions = 0;
        for (long seed = first; seed < first + seeds && failures.size() < ENOUGH_FAILURES; seed++) {
            try {
                actions += new GroupFaultSchedule(seed).run();
            } catch (AssertionError e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            AssertionError all = new AssertionError(failures.size() + " seeds fail; the first: "
                    + failures.get(0).getMessage() + failures.get(0).getCause());
            failures.forEach(all::addSuppressed);
            throw all;
        }
        assertThat(actions).as("the clusters did something").isGreaterThan(10L * seeds);
    }
}
