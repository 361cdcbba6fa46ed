package io.wsrep4j.gcomm.evs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What of an agreement on a view is left for the next one (docs/spec/gcomm-evs.md 9 to 12). */
class RoundTest {

    @Test
    void anAttemptThatWasPutOffAndThenReachedItsViewLeavesTheNextOneItsWholeTime() {
        EvsSettings settings = EvsSettings.defaults();
        Round round = new Round();
        round.postponements = 1;
        assertThat(round.installPeriod(settings)).isEqualTo(Round.GRACE);

        round.finished();

        assertThat(round.installPeriod(settings)).isEqualTo(settings.installTimeout());
    }
}
