package io.wsrep4j.gcomm.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Group layers above primary components under random faults: 300 seeds, or as {@link Seeds} says. */
class GroupSimulationTest {

    @Test
    void everyPrimaryComponentHasTheSameActionsWithTheSameSeqnosAndAMendedClusterIsSynced() {
        double actions = Seeds.live(300, seed -> new GroupFaultSchedule(seed).run());

        if (Seeds.only() == null) {
            assertThat(actions).as("the clusters did something").isGreaterThan(10);
        }
    }
}
