package io.wsrep4j.gcomm.simulation;

import org.junit.jupiter.api.Test;

/**
 * A member that lies, among honest ones: 60 lives of 50 lies each, and 6 of 300, every second one with links that break, every fourth with guests
 * that come and go; a million lies in the long profile; or the seed in -Dwsrep4j.seed.
 */
class PcHostileMemberTest {

    private static final int SHORT_LIVES = Seeds.isLong() ? 8_000 : 60;
    private static final int LONG_LIVES = Seeds.isLong() ? 2_000 : 6;
    private static final int FEW = 50;
    private static final int MANY = 300;

    @Test
    void theHonestAgreeAndAreOneComponentAgainWhateverAMemberSends() {
        if (Seeds.only() != null) {
            lie(Seeds.only());
            return;
        }
        Seeds.live(2, 2, SHORT_LIVES, PcHostileMemberTest::lie);
        Seeds.live(3, 2, LONG_LIVES, PcHostileMemberTest::lie);
    }

    /** Lies to the one that has to propose the next view, which the others then gave up for being silent. */
    @Test
    void theHonestDoNotGiveUpOneThatWasToldSomethingElse() {
        new PcHostileSchedule(15, MANY).run();
        new PcHostileSchedule(199, MANY).run();
    }

    /** Even seeds are short lives, so that the seed alone tells which. */
    private static long lie(long seed) {
        int lies = seed % 2 == 0 ? FEW : MANY;
        new PcHostileSchedule(seed, lies).run();
        return lies;
    }
}
