package io.wsrep4j.gcomm.simulation;

import org.junit.jupiter.api.Test;

/** Random schedules of faults (docs/spec/gcomm-evs.md 20 and 21): 300 seeds, or as {@link Seeds} says. */
class EvsSimulationTest {

    @Test
    void nobody_delivers_differently_and_a_mended_group_comes_together() {
        Seeds.live(300, seed -> {
            new FaultSchedule(seed, UpperLayer.NONE).run();
            return 0;
        });
    }
}
