package io.wsrep4j.provider.certification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IndexHoldTest {

    private static final long MAX = 4 << 20;

    private final List<Boolean> told = new ArrayList<>();
    private final CertificationOptions options = new CertificationOptions();
    private long now = TimeUnit.DAYS.toNanos(-3);
    private final IndexHold hold = new IndexHold(options, told::add, () -> now);

    IndexHoldTest() {
        options.setMaxIndexSize(MAX);
    }

    private void seconds(int count, long bytes) {
        for (int i = 0; i < count; i++) {
            now += TimeUnit.SECONDS.toNanos(1);
            hold.tick(bytes);
        }
    }

    @Test
    void theGroupIsHeldFromThreeQuartersOfTheBoundDownToAHalf() {
        hold.size(MAX / 4 * 3);
        assertThat(told).isEmpty();
        hold.size(MAX / 4 * 3 + 1);
        assertThat(told).containsExactly(true);
        assertThat(hold.isNear()).isTrue();
        hold.size(MAX);
        hold.size(MAX / 2 + 1);
        assertThat(told).containsExactly(true);
        hold.size(MAX / 2);
        assertThat(told).containsExactly(true, false);
        assertThat(hold.isNear()).isFalse();
        hold.size(MAX / 4 * 3);
        assertThat(told).hasSize(2);
    }

    @Test
    void aBoundThatIsRaisedEndsTheHold() {
        hold.size(MAX);
        options.setMaxIndexSize(2 * MAX);
        seconds(1, MAX);
        assertThat(told).containsExactly(true, false);
    }

    @Test
    void aHoldThatBringsNothingOpensForAMomentEveryHalfMinute() {
        hold.size(MAX);
        seconds(29, MAX);
        assertThat(told).containsExactly(true);
        seconds(1, MAX);
        assertThat(told).containsExactly(true, false);
        assertThat(hold.isNear()).isTrue();
        seconds(2, MAX + 100);
        assertThat(told).containsExactly(true, false, true);
        seconds(30, MAX + 100);
        assertThat(told).containsExactly(true, false, true, false);
    }

    @Test
    void aHoldThatBringsSomethingStaysClosed() {
        hold.size(MAX);
        for (int i = 1; i < 20; i++) {
            seconds(20, MAX - i);
        }
        assertThat(told).containsExactly(true);
    }

    @Test
    void aPurgeDuringTheOpeningEndsTheHold() {
        hold.size(MAX);
        seconds(30, MAX);
        hold.size(MAX / 2);
        assertThat(told).endsWith(false);
        assertThat(hold.isNear()).isFalse();
        seconds(60, MAX / 2);
        // the group goes on already
        assertThat(told).containsExactly(true, false);
    }

    /** What tells the group may have to wait for a thread that is on its way here with the group's lock. */
    @Test
    void whoTellsTheGroupHoldsNobodyUpWhoComesHere() throws Exception {
        List<Boolean> last = new ArrayList<>();
        IndexHold[] itself = new IndexHold[1];
        itself[0] = new IndexHold(
                options,
                on -> {
                    last.add(on);
                    if (on) {
                        Thread other = new Thread(() -> itself[0].size(MAX / 2));
                        other.start();
                        try {
                            other.join(TimeUnit.SECONDS.toMillis(20));
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                        assertThat(other.isAlive())
                                .as("it waits for who tells the group")
                                .isFalse();
                    }
                },
                () -> now);
        itself[0].size(MAX);
        assertThat(last).as("what was meant last is told last").containsExactly(true, false);
    }
}
