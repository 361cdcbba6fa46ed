package io.wsrep4j.gcomm.group.message;

import io.wsrep4j.api.hash.MurmurHash128;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The digests of the group layer (docs/spec/gcs.md 21): MurmurHash3 and SpookyHash V1, 128 bits as two words. Immutable. */
record Digest(long low, long high) {

    /** Inputs from this length on are digested with Spooky. */
    private static final int SPOOKY_FROM = 512;

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
    static Digest murmur(ByteBuffer input) {
        MurmurHash128 hash = new MurmurHash128();
        hash.hash(input, 0, input.limit());
        return new Digest(hash.low(), hash.high());
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
