package io.wsrep4j.gcomm.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.gcomm.paxos.message.Ballot;
import io.wsrep4j.gcomm.paxos.message.PaxosConfiguration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The simulator is worth something: it notices when a rule is broken (docs/spec/paxos.md 26). */
final class BrokenRulesTest {

    private static final int MOST_SEEDS = 400;

    @Test
    void noPromiseCheckOnAccept() {
        assertCaught(new Rules() {
            @Override
            boolean mayAccept(Ballot promised, Ballot ballot) {
                return true;
            }
        });
    }

    @Test
    void acceptedValuesInPromisesIgnored() {
        assertCaught(new Rules() {
            @Override
            boolean heedsAccepted() {
                return false;
            }
        });
    }

    @Test
    void halfIsAMajority() {
        assertCaught(new Rules() {
            @Override
            boolean isMajority(int weight, int totalWeight) {
                return 2 * weight >= totalWeight;
            }
        });
    }

    @Test
    void noHorizon() {
        assertCaught(new Rules() {
            @Override
            long horizon(long horizon) {
                return horizon + 1000;
            }
        });
    }

    @Test
    void skipInASharedLane() {
        assertCaught(new Rules() {
            @Override
            boolean maySkip(PaxosConfiguration configuration) {
                return true;
            }
        });
    }

    @Test
    void sequencesNotInTheSnapshot() {
        assertCaught(new Rules() {
            @Override
            Map<Integer, Long> snapshotOf(Map<Integer, Long> expected) {
                return new TreeMap<>();
            }
        });
    }

    private static void assertCaught(Rules broken) {
        AssertionError caught = null;
        for (long seed = 0; caught == null && seed < MOST_SEEDS; seed++) {
            try {
                SimulatorTest.run(seed, broken, seed % 2 == 1);
            } catch (AssertionError found) {
                caught = found;
            }
        }

        assertThat(caught).as("caught by %d seeds", MOST_SEEDS).isNotNull();
        assertThat(caught.getMessage())
                .as("an invariant, not the end of patience")
                .containsPattern("I\\d+:|violation|by \\d+:");
    }
}
