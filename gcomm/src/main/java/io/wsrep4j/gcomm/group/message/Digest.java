package io.wsrep4j.gcomm.group.message;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The digests of the group layer (sheet gcs, 21): MurmurHash3 and SpookyHash V1, 128 bits as two words. Immutable. */
record Digest(long low, long high) {

    /** Inputs from this length on are digested with Spooky. */
    private static final int SPOOKY_FROM = 512;

    private static final long MURMUR_SEED_1 = 0x6C62272E07BB0142L;
    private static final long MURMUR_SEED_2 = 0x62B821756295C58DL;
    private static final long MURMUR_1 = 0x87c37b91114253d5L;
    private static final long MURMUR_2 = 0x4cf5ad432745937fL;

    private static final int SPOOKY_WORDS = 12;
    private static final int SPOOKY_BLOCK = SPOOKY_WORDS * Long.BYTES;
    private static final long SPOOKY_START = 0xDEADBEEFDEADBEEFL;
    private static final int[] SPOOKY_MIX = {11, 32, 43, 31, 17, 28, 39, 57, 55, 54, 22, 46};
    private static final int[] SPOOKY_END = {44, 15, 34, 21, 38, 33, 10, 13, 38, 53, 42, 54};

    /** Murmur for short inputs, Spooky for long ones. Reads from 0 to the limit. */
    static Digest fast(ByteBuffer input) {
        return input.limit() < SPOOKY_FROM ? murmur(input) : spooky(input);
    }

    /** MurmurHash3 x64, 128 bits. Reads from 0 to the limit. */
    static Digest murmur(ByteBuffer source) {
        ByteBuffer input = source.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int length = input.limit();
        long h1 = MURMUR_SEED_1;
        long h2 = MURMUR_SEED_2;
        int full = length & ~15;
        for (int i = 0; i < full; i += 16) {
            h1 = (Long.rotateLeft(h1 ^ scramble1(input.getLong(i)), 27) + h2) * 5 + 0x52dce729;
            h2 = (Long.rotateLeft(h2 ^ scramble2(input.getLong(i + 8)), 31) + h1) * 5 + 0x38495ab5;
        }
        if (length - full > 8) {
            h2 ^= scramble2(word(input, full + 8, length));
        }
        if (length > full) {
            h1 ^= scramble1(word(input, full, Math.min(length, full + 8)));
        }
        h1 ^= length;
        h2 ^= length;
        h1 += h2;
        h2 += h1;
        h1 = finish(h1);
        h2 = finish(h2);
        h1 += h2;
        h2 += h1;
        return new Digest(h1, h2);
    }

    private static long scramble1(long k) {
        return Long.rotateLeft(k * MURMUR_1, 31) * MURMUR_2;
    }

    private static long scramble2(long k) {
        return Long.rotateLeft(k * MURMUR_2, 33) * MURMUR_1;
    }

    private static long finish(long value) {
        long k = value ^ value >>> 33;
        k *= 0xff51afd7ed558ccdL;
        k ^= k >>> 33;
        k *= 0xc4ceb9fe1a85ec53L;
        return k ^ k >>> 33;
    }

    /** The bytes from {@code from} to {@code to}, at most eight, as a little-endian word. */
    private static long word(ByteBuffer input, int from, int to) {
        long word = 0;
        for (int i = to - 1; i >= from; i--) {
            word = word << 8 | input.get(i) & 0xff;
        }
        return word;
    }

    /** SpookyHash V1, always its long form. Reads from 0 to the limit. */
    static Digest spooky(ByteBuffer source) {
        ByteBuffer input = source.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int length = input.limit();
        long[] s = new long[SPOOKY_WORDS];
        for (int i = 2; i < SPOOKY_WORDS; i += 3) {
            s[i] = SPOOKY_START;
        }
        int full = length / SPOOKY_BLOCK * SPOOKY_BLOCK;
        for (int i = 0; i < full; i += SPOOKY_BLOCK) {
            mix(s, input, i);
        }
        ByteBuffer last = ByteBuffer.allocate(SPOOKY_BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = full; i < length; i++) {
            last.put(i - full, input.get(i));
        }
        last.put(SPOOKY_BLOCK - 1, (byte) (length - full));
        mix(s, last, 0);
        for (int round = 0; round < 3; round++) {
            end(s);
        }
        return new Digest(s[0], s[1]);
    }

    private static void mix(long[] s, ByteBuffer data, int offset) {
        for (int i = 0; i < SPOOKY_WORDS; i++) {
            int previous = (i + 11) % SPOOKY_WORDS;
            s[i] += data.getLong(offset + i * Long.BYTES);
            s[(i + 2) % SPOOKY_WORDS] ^= s[(i + 10) % SPOOKY_WORDS];
            s[previous] ^= s[i];
            s[i] = Long.rotateLeft(s[i], SPOOKY_MIX[i]);
            s[previous] += s[(i + 1) % SPOOKY_WORDS];
        }
    }

    private static void end(long[] s) {
        for (int i = 0; i < SPOOKY_WORDS; i++) {
            int previous = (i + 11) % SPOOKY_WORDS;
            int next = (i + 1) % SPOOKY_WORDS;
            s[previous] += s[next];
            s[(i + 2) % SPOOKY_WORDS] ^= s[previous];
            s[next] = Long.rotateLeft(s[next], SPOOKY_END[i]);
        }
    }
}
