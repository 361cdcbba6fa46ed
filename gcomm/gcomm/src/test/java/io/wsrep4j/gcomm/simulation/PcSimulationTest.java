package io.wsrep4j.gcomm.simulation;

import org.junit.jupiter.api.Test;

/** Primary components under random faults: 300 seeds, or as {@link Seeds} says. */
class PcSimulationTest {

    @Test
    void thereIsOnePrimaryComponentAndAMendedGroupIsInIt() {
        Seeds.live(300, seed -> {
            new PcFaultSchedule(seed).run();
            return 0;
        });
    }
}
