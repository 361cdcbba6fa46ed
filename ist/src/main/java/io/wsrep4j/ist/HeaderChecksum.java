package io.wsrep4j.ist;

/**
 * The checksum of a header's first 16 bytes: Galera's 64-bit fast hash, which for this length is the low half of Murmur3 x64/128 with start
 * values of Galera's own (sheet replicator-state-transfer, 20.1).
 */
final class HeaderChecksum {

    private static final long START_1 = 0x6C62272E07BB0142L;
    private static final long START_2 = 0x62B821756295C58DL;
    private static final long C1 = 0x87C37B91114253D5L;
    private static final long C2 = 0x4CF5AD432745937FL;
    private static final int LENGTH = 16;

    private HeaderChecksum() {}

    /** Checksum of the 16 bytes whose little-endian halves these are. */
    static long of(long first, long second) {
        long h1 = START_1 ^ Long.rotateLeft(first * C1, 31) * C2;
        h1 = (Long.rotateLeft(h1, 27) + START_2) * 5 + 0x52DCE729L;
        long h2 = START_2 ^ Long.rotateLeft(second * C2, 33) * C1;
        h2 = (Long.rotateLeft(h2, 31) + h1) * 5 + 0x38495AB5L;
        h1 ^= LENGTH;
        h2 ^= LENGTH;
        h1 += h2;
        h2 += h1;
        return mix(h1) + mix(h2);
    }

    private static long mix(long value) {
        long mixed = value;
        mixed ^= mixed >>> 33;
        mixed *= 0xFF51AFD7ED558CCDL;
        mixed ^= mixed >>> 33;
        mixed *= 0xC4CEB9FE1A85EC53L;
        return mixed ^ mixed >>> 33;
    }
}
