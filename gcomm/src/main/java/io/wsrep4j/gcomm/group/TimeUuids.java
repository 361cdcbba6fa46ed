package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Uuid;
import java.security.SecureRandom;
import java.time.Instant;

/** Time-based identifiers (RFC 4122, version 1) with a random node part, as the group's messages carry them. Thread-safe. */
final class TimeUuids implements UuidSource {

    /** From 1582-10-15 to 1970-01-01, in units of 100 ns. */
    private static final long GREGORIAN_OFFSET = 0x01B21DD213814000L;

    private static final long UNITS_PER_SECOND = 10_000_000L;
    private static final long VERSION_1 = 0x1000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final long NODE_AND_SEQUENCE = 0x3fff_ffff_ffff_ffffL;

    private final long node = new SecureRandom().nextLong() & NODE_AND_SEQUENCE | VARIANT;
    private long last;

    @Override
    public synchronized Uuid next() {
        Instant now = Instant.now();
        long time =
                Math.max(last + 1, now.getEpochSecond() * UNITS_PER_SECOND + now.getNano() / 100 + GREGORIAN_OFFSET);
        last = time;
        long most = (time & 0xffff_ffffL) << 32 | (time >>> 32 & 0xffffL) << 16 | VERSION_1 | time >>> 48 & 0xfffL;
        return new Uuid(most, node);
    }
}
