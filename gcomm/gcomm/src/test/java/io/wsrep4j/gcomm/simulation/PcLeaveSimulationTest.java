package io.wsrep4j.gcomm.simulation;

import org.junit.jupiter.api.Test;

/** Orderly leaves in any number and spacing: 150 seeds, or as {@link Seeds} says. */
class PcLeaveSimulationTest {

    @Test
    void whoStaysIsPrimaryWhoeverLeavesAndWhoeverDiesWhileItJoins() {
        Seeds.live(150, seed -> {
            new PcLeaveSchedule(seed).run();
            return 0;
        });
    }
}
