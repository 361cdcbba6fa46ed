package io.wsrep4j.gcomm.simulation;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A member that lies, among honest ones: 60 lives of 50 lies each, and 6 of 300, every second one with links that break, every fourth with guests
 * that come and go; a million lies in the long profile; or the seed in -Dwsrep4j.seed.
 */
class PcHostileMemberTest {

    private static final boolean LONG = "long".equals(System.getProperty("wsrep4j.effort"));
    private static final int SHORT_LIVES = LONG ? 8_000 : 60;
    private static final int LONG_LIVES = LONG ? 2_000 : 6;
    private static final int FEW = 50;
    private static final int MANY = 300;
    private static final int ENOUGH_FAILURES = 5;

    private final List<AssertionError> failures = new ArrayList<>();

    @Test
    void theHonestAgreeAndAreOneComponentAgainWhateverAMemberSends() {
        Long only = Long.getLong("wsrep4j.seed");
        if (only != null) {
            new PcHostileSchedule(only, only % 2 == 0 ? FEW : MANY).run();
            return;
        }
        // even seeds are short lives, so that the seed alone tells which
        live(SHORT_LIVES, 0, FEW);
        live(LONG_LIVES, 1, MANY);
        if (!failures.isEmpty()) {
            AssertionError all = new AssertionError(failures.size() + " seeds fail; the first: "
                    + failures.get(0).getMessage() + failures.get(0).getCause());
            failures.forEach(all::addSuppressed);
            throw all;
        }
    }

    /** Lies to the one that has to propose the next view, which the others then gave up for being silent. */
    @Test
    void theHonestDoNotGiveUpOneThatWasToldSomethingElse() {
        new PcHostileSchedule(15, MANY).run();
        new PcHostileSchedule(199, MANY).run();
    }

    private void live(int lives, int parity, int lies) {
        for (int i = 1; i <= lives && failures.size() < ENOUGH_FAILURES; i++) {
            try {
                new PcHostileSchedule(2L * i + parity, lies).run();
            } catch (AssertionError e) {
                failures.add(e);
            }
        }
    }
}
