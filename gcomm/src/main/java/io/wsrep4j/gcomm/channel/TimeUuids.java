package io.wsrep4j.gcomm.channel;

import io.wsrep4j.api.Uuid;
import java.time.Clock;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** Makes time-based UUIDs for nodes and connections (sheet gcomm-transport-pc, 2.1). Not thread-safe: owned by the channel's lock. */
final class TimeUuids {

    private static final long GREGORIAN_OFFSET = 0x01B21DD213814000L;
    private static final long TICKS_PER_SECOND = 10_000_000L;
    private static final int NANOS_PER_TICK = 100;

    private final Clock clock;
    private final RandomGenerator random;
    private long lastTicks;

    TimeUuids(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** A fresh one; no two have the same time. */
    Uuid next() {
        Instant now = clock.instant();
        long ticks = now.getEpochSecond() * TICKS_PER_SECOND + now.getNano() / NANOS_PER_TICK + GREGORIAN_OFFSET;
        lastTicks = Math.max(ticks, lastTicks + 1);
        long low = lastTicks & 0xFFFF_FFFFL;
        long middle = lastTicks >>> 32 & 0xFFFF;
        long high = lastTicks >>> 48 & 0x0FFF | 0x1000;
        long incarnation = 0x8000 | random.nextInt() & 0x3FFF;
        long node = random.nextLong() & 0xFFFF_FFFF_FFFFL | 0x0200_0000_0000L;
        return new Uuid(low << 32 | middle << 16 | high, incarnation << 48 | node);
    }
}
