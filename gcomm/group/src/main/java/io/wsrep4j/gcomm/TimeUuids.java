package io.wsrep4j.gcomm;

import io.wsrep4j.api.Uuid;
import java.time.Clock;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * Makes time-based UUIDs (RFC 4122, version 1) for nodes, connections and the group's messages, with random bits in place of the network
 * card's address (docs/spec/gcomm-transport-pc.md 2.1). Thread-safe.
 */
public final class TimeUuids {

    /** From 1582-10-15 to 1970-01-01, in ticks. */
    private static final long GREGORIAN_OFFSET = 0x01B21DD213814000L;

    private static final long TICKS_PER_SECOND = 10_000_000L;
    private static final int NANOS_PER_TICK = 100;
    private static final long VERSION_1 = 0x1000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final long SEQUENCE = 0x3FFF_0000_0000_0000L;
    private static final long NODE = 0x0000_FFFF_FFFF_FFFFL;
    /** Says that the node part is of no network card of this vendor's. */
    private static final long LOCALLY_ADMINISTERED = 0x0000_0200_0000_0000L;

    private final Clock clock;
    private final RandomGenerator random;
    private long lastTicks;

    /** With a clock, which may go back, and a source of the random bits, used by one thread at a time. */
    public TimeUuids(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** A fresh one; no two have the same time. */
    public synchronized Uuid next() {
        Instant now = clock.instant();
        long ticks = now.getEpochSecond() * TICKS_PER_SECOND + now.getNano() / NANOS_PER_TICK + GREGORIAN_OFFSET;
        lastTicks = Math.max(ticks, lastTicks + 1);
        long low = lastTicks & 0xFFFF_FFFFL;
        long middle = lastTicks >>> 32 & 0xFFFF;
        long high = lastTicks >>> 48 & 0x0FFF | VERSION_1;
        long node = random.nextLong() & (SEQUENCE | NODE) | VARIANT | LOCALLY_ADMINISTERED;
        return new Uuid(low << 32 | middle << 16 | high, node);
    }
}
