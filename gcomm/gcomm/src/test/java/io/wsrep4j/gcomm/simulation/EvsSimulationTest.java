package io.wsrep4j.gcomm.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Random schedules of faults (docs/spec/gcomm-evs.md 20 and 21): 300 seeds, 10,000 in the long profile, or the one in -Dwsrep4j.seed. */
class EvsSimulationTest {

    private static final int CI_SEEDS = 300;
    private static final int LONG_SEEDS = 10_000;
    private static final int FAILURES_SHOWN = 5;

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
        for (long seed = first; seed < first + seeds && failures.size() < FAILURES_SHOWN; seed++) {
            try {
                new FaultSchedule(seed, UpperLayer.NONE).run();
            } catch (AssertionError e) {
                failures.add(e.getMessage() + "\n" + stackTrace(e.getCause()));
            }
        }
        assertThat(failures).isEmpty();
    }

    private static String stackTrace(Throwable cause) {
        StringWriter text = new StringWriter();
        cause.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
