package io.wsrep4j.gcomm.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UnfinishedLimitTest {

    private record Caller(int number, String host, boolean silent) {}

    private static final String MEMBER = "10.0.0.1";

    private final List<Caller> unfinished = new ArrayList<>();

    /** The number of who had to go, or 0. */
    private int comes(int number, String host, boolean silent) {
        unfinished.add(new Caller(number, host, silent));
        Caller victim = UnfinishedLimit.victim(
                unfinished, Caller::host, Set.of(MEMBER)::contains, caller -> caller.silent() ? 0 : 300);
        if (victim == null) {
            return 0;
        }
        unfinished.remove(victim);
        return victim.number;
    }

    @Test
    void theOldestSilentOneOfAnUnknownHostGoes() {
        comes(1, "192.0.2.7", false);
        int number = 1;
        while (unfinished.size() < UnfinishedLimit.MAX_OF_UNKNOWN_HOST) {
            assertThat(comes(++number, "192.0.2.7", true)).isZero();
        }
        assertThat(comes(++number, "192.0.2.7", true)).isEqualTo(2);
        assertThat(comes(++number, "192.0.2.8", true)).as("another host").isZero();
    }

    @Test
    void theHandshakeOfAMemberOutlivesAnyNumberOfStrangers() {
        comes(1, MEMBER, true);
        for (int i = 2; i < 2000; i++) {
            comes(i, "192.0." + i / 40 + ".1", i % 2 == 0);
        }
        assertThat(unfinished)
                .hasSize(UnfinishedLimit.MAX_CONNECTIONS)
                .extracting(Caller::number)
                .contains(1);
    }

    @Test
    void strangersAtTheHostOfAMemberGoBeforeAPeerThatSpoke() {
        comes(1, MEMBER, false);
        for (int i = 2; i < 2000; i++) {
            comes(i, MEMBER, true);
        }
        assertThat(unfinished)
                .hasSize(UnfinishedLimit.MAX_CONNECTIONS)
                .extracting(Caller::number)
                .contains(1, 1999);
    }

    @Test
    void amongKnownHostsTheNewestStrangerGoesAtOnce() {
        for (int i = 1; i <= UnfinishedLimit.MAX_CONNECTIONS; i++) {
            assertThat(comes(i, MEMBER, true)).isZero();
        }
        assertThat(comes(1000, "192.0.2.7", true)).isEqualTo(1000);
    }
}
