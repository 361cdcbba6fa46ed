package io.wsrep4j.gcomm.gmcast;

import io.wsrep4j.api.Uuid;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Makes ids of nodes and connections: time-based UUIDs, RFC 4122 version 1 (docs/spec/gcomm-transport-pc.md 2.1). Not thread-safe; ids of one maker
 * differ as long as its clock does not go back by more than its calls went ahead.
 */
public final class NodeIds implements Supplier<Uuid> {

    /** From 1582-10-15 to 1970-01-01, in units of 100 ns. */
    private static final long EPOCH_OFFSET = 0x01B2_1DD2_1381_4000L;

    private final LongSupplier unixTime100Nanos;
    private final RandomGenerator random;
    private long last = Long.MIN_VALUE;

    /** @param unixTime100Nanos the wall clock, in units of 100 ns since 1970 */
    public NodeIds(LongSupplier unixTime100Nanos, RandomGenerator random) {
        this.unixTime100Nanos = unixTime100Nanos;
        this.random = random;
    }

    @Override
    public Uuid get() {
        last = Math.max(last + 1, unixTime100Nanos.getAsLong() + EPOCH_OFFSET);
        long most = last << 32 | last >>> 16 & 0xFFFF_0000L | 0x1000 | last >>> 48 & 0xFFF;
        long node = random.nextLong() & 0xFFFF_FFFF_FFFFL | 0x0200_0000_0000L;
        return new Uuid(most, 0x8000_0000_0000_0000L | (random.nextLong() & 0x3FFFL) << 48 | node);
    }

    /** The id of a restarted node: the incarnation (bytes 8 and 9) is one higher, wrapping. */
    public static Uuid nextIncarnation(Uuid id) {
        long incarnation = (id.leastSignificant() >>> 48) + 1 & 0xFFFF;
        return new Uuid(id.mostSignificant(), incarnation << 48 | id.leastSignificant() & 0xFFFF_FFFF_FFFFL);
    }

    /** The time in an id, in units of 100 ns since 1582-10-15: the smaller, the older. */
    public static long time(Uuid id) {
        long most = id.mostSignificant();
        return (most & 0xFFF) << 48 | (most >>> 16 & 0xFFFF) << 32 | most >>> 32;
    }
}
