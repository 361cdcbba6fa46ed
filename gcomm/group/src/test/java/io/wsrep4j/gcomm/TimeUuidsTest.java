package io.wsrep4j.gcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Uuid;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ids of nodes and messages (docs/spec/gcomm-transport-pc.md 2.1). */
class TimeUuidsTest {

    private static final Instant NOW = Instant.parse("2023-11-14T22:13:20Z");
    private static final long TICKS_SINCE_1582 = 17_000_000_000_000_000L + 0x01B2_1DD2_1381_4000L;

    private static long time(Uuid id) {
        long most = id.mostSignificant();
        return (most & 0xFFF) << 48 | (most >>> 16 & 0xFFFF) << 32 | most >>> 32;
    }

    @Test
    void idsAreTimeBasedOfNoNetworkCardAndNeverTheSame() {
        TimeUuids ids = new TimeUuids(Clock.fixed(NOW, ZoneOffset.UTC), new Random(1));

        Uuid first = ids.next();
        Uuid second = ids.next();

        assertThat(time(first)).isEqualTo(TICKS_SINCE_1582);
        assertThat(time(second)).isEqualTo(time(first) + 1);
        assertThat(first.mostSignificant() & 0xF000).isEqualTo(0x1000);
        assertThat(first.leastSignificant() >>> 62).isEqualTo(2);
        assertThat(first.leastSignificant() & 0x0200_0000_0000L).isNotZero();
    }
}
