package io.wsrep4j.gcomm.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each promise of a backend as a property of random lives of channels (docs/spec/gcs.md 22.2, checklist 61): 150 seeds, 10,000 in the long profile,
 * or the one in -Dwsrep4j.seed. A message is one call of a listener here and not a buffer to fill, so a life has no zero-length ones (B4): a channel
 * refuses them, see GroupChannelContract.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackendPromisesTest {

    private static final int CI_SEEDS = 150;
    private static final int LONG_SEEDS = 10_000;
    private static final int ENOUGH_FAILURES = 5;

    private final Map<BackendPromise, List<String>> failures = new EnumMap<>(BackendPromise.class);

    @BeforeAll
    void live() {
        Long only = Long.getLong("wsrep4j.seed");
        long first = only != null ? only : Long.getLong("wsrep4j.firstSeed", 1);
        long seeds = only != null ? 1 : "long".equals(System.getProperty("wsrep4j.effort")) ? LONG_SEEDS : CI_SEEDS;
        for (long seed = first; seed < first + seeds; seed++) {
            ChannelFaultSchedule life = new ChannelFaultSchedule(seed);
            for (Map.Entry<BackendPromise, String> broken : run(life, seed).entrySet()) {
                List<String> examples = failures.computeIfAbsent(broken.getKey(), promise -> new ArrayList<>());
                if (examples.size() < ENOUGH_FAILURES) {
                    examples.add("-Dtest=BackendPromisesTest -Dwsrep4j.seed=" + seed + ": " + broken.getValue()
                            + (examples.isEmpty() ? "\n" + life.story() : ""));
                }
            }
        }
    }

    private static Map<BackendPromise, String> run(ChannelFaultSchedule life, long seed) {
        try {
            return life.run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("-Dtest=BackendPromisesTest -Dwsrep4j.seed=" + seed + "\n" + life.story(), e);
        }
    }

    @ParameterizedTest
    @EnumSource(BackendPromise.class)
    void isKept(BackendPromise promise) {
        assertThat(failures.getOrDefault(promise, List.of())).isEmpty();
    }
}
