package io.wsrep4j.gcomm.simulation;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Random schedules of faults (sheet gcomm-evs, 20 and 21): 300 seeds, 10,000 in the long profile, or the one in -Dwsrep4j.seed. */
class EvsSimulationTest {

    private static final int CI_SEEDS = 300;
    private static final int LONG_SEEDS = 10_000;

    @Test
    void nobody_delivers_differently_and_a_mended_group_comes_together() {
        Long only = Long.getLong("wsrep4j.seed");
        if (only != null) {
            new FaultSchedule(only, UpperLayer.NONE).run();
            return;
        }
        int seeds = "long".equals(System.getProperty("wsrep4j.effort")) ? LONG_SEEDS : CI_SEEDS;
        long first = Long.getLong("wsrep4j.firstSeed", 1);
        List<String> failures = new ArrayList<>();
        for (long seed = first; seed < first + seeds && failures.size() < 5; seed++) {
            try {
                new FaultSchedule(seed, UpperLayer.NONE).run();
            } catch (AssertionError e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                Throwable root = cause;
                while (root.getCause() != null) {
                    root = root.getCause();
                }
                java.io.StringWriter trace = new java.io.StringWriter();
                root.printStackTrace(new java.io.PrintWriter(trace));
                failures.add(e.getMessage() + cause + "\n" + trace);
            }
        }
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.size() + " seeds fail\n" + String.join("\n----\n", failures));
        }
    }
}
