package io.wsrep4j.gcomm.paxos;

import org.junit.jupiter.api.Test;

/** Random worlds (docs/spec/paxos.md 26). {@code -Dpaxos.seeds=20000} for more, {@code -Dpaxos.seed=17} for one. */
final class SimulatorTest {

    private static final int SEEDS = Integer.getInteger("paxos.seeds", 300);

    @Test
    void noSeedBreaksAnInvariant() {
        long only = Long.getLong("paxos.seed", -1);
        for (long seed = only < 0 ? 0 : only; seed < (only < 0 ? SEEDS : only + 1); seed++) {
            run(seed, new Rules(), seed % 2 == 1);
        }
    }

    static void run(long seed, Rules rules, boolean changesMembers) {
        try {
            new RandomFaults(seed, rules, changesMembers).run();
        } catch (AssertionError | RuntimeException broken) {
            throw new AssertionError(
                    "seed " + seed + ", again with -Dpaxos.seed=" + seed + ": " + broken.getMessage(), broken);
        }
    }
}
