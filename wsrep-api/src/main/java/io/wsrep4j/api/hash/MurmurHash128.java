package io.wsrep4j.api.hash;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * MurmurHash3_x64_128 with two start words, as write sets, the group's votes and the headers of incremental transfer use it
 * ("MMH128", docs/spec/writeset-certification.md 3).
 *
 * <p>Reusable and not thread-safe: it belongs to one reader or builder. Feed whole 16-byte blocks with {@code blocks}, then call {@code
 * finish} with the 0 to 15 bytes that remain; {@code finish} changes no state but the result, so that the hashes of several prefixes of one
 * input come out of a single pass. Buffers are read at absolute positions, whatever their byte order.
 */
public final class MurmurHash128 {

    /** Bytes of a block. */
    public static final int BLOCK = 16;

    private static final VarHandle ARRAY = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BUFFER =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long GALERA_SEED_1 = 0x6C62272E07BB0142L;
    private static final long GALERA_SEED_2 = 0x62B821756295C58DL;
    private static final long C1 = 0x87C37B91114253D5L;
    private static final long C2 = 0x4CF5AD432745937FL;

    private final long seed1;
    private final long seed2;
    private final byte[] rest = new byte[BLOCK];

    private long state1;
    private long state2;
    private long fed;
    private long low;
    private long high;

    /** With the start words of write sets. */
    public MurmurHash128() {
        this(GALERA_SEED_1, GALERA_SEED_2);
    }

    /** With other start words; two times 0 gives the published function with seed 0. */
    public MurmurHash128(long seed1, long seed2) {
        this.seed1 = seed1;
        this.seed2 = seed2;
        restart();
    }

    /** Forgets everything fed. */
    public void restart() {
        state1 = seed1;
        state2 = seed2;
        fed = 0;
    }

    /** Hashes a range of a buffer from the start; the result is {@link #low} and {@link #high}. */
    public void hash(ByteBuffer input, int offset, int length) {
        restart();
        int whole = length & -BLOCK;
        blocks(input, offset, whole);
        input.get(offset + whole, rest, 0, length - whole);
        finish(rest, 0, length - whole);
    }

    /** Feeds {@code length} bytes, a multiple of 16. */
    public void blocks(ByteBuffer input, int offset, int length) {
        long h1 = state1;
        long h2 = state2;
        int end = offset + length;
        for (int i = offset; i < end; i += BLOCK) {
            h1 = mix1(h1, h2, (long) BUFFER.get(input, i));
            h2 = mix2(h2, h1, (long) BUFFER.get(input, i + Long.BYTES));
        }
        state1 = h1;
        state2 = h2;
        fed += length;
    }

    /** Feeds {@code length} bytes, a multiple of 16. */
    public void blocks(byte[] input, int offset, int length) {
        long h1 = state1;
        long h2 = state2;
        int end = offset + length;
        for (int i = offset; i < end; i += BLOCK) {
            h1 = mix1(h1, h2, (long) ARRAY.get(input, i));
            h2 = mix2(h2, h1, (long) ARRAY.get(input, i + Long.BYTES));
        }
        state1 = h1;
        state2 = h2;
        fed += length;
    }

    /**
     * Computes the result as if the input ended with these bytes.
     *
     * @param tail readable for 16 bytes from {@code offset}, whatever {@code length} is
     * @param length 0 to 15
     */
    public void finish(byte[] tail, int offset, int length) {
        long h1 = state1;
        long h2 = state2;
        if (length > Long.BYTES) {
            long k2 = (long) ARRAY.get(tail, offset + Long.BYTES) & lowBytes(length - Long.BYTES);
            h2 ^= Long.rotateLeft(k2 * C2, 33) * C1;
        }
        if (length > 0) {
            long k1 = (long) ARRAY.get(tail, offset) & lowBytes(length);
            h1 ^= Long.rotateLeft(k1 * C1, 31) * C2;
        }
        long total = fed + length;
        h1 ^= total;
        h2 ^= total;
        h1 += h2;
        h2 += h1;
        h1 = avalanche(h1);
        h2 = avalanche(h2);
        low = h1 + h2;
        high = h2 + low;
    }

    /** First eight bytes of the result, as a little-endian integer. */
    public long low() {
        return low;
    }

    /** Last eight bytes of the result, as a little-endian integer. */
    public long high() {
        return high;
    }

    /** {@link #low} of the 16 bytes whose little-endian halves these are, with the start words of write sets. */
    public static long lowOfBlock(long first, long second) {
        long h1 = mix1(GALERA_SEED_1, GALERA_SEED_2, first);
        long h2 = mix2(GALERA_SEED_2, h1, second) ^ BLOCK;
        h1 = (h1 ^ BLOCK) + h2;
        h2 += h1;
        return avalanche(h1) + avalanche(h2);
    }

    private static long mix1(long h1, long h2, long block) {
        return (Long.rotateLeft(h1 ^ Long.rotateLeft(block * C1, 31) * C2, 27) + h2) * 5 + 0x52DCE729L;
    }

    private static long mix2(long h2, long h1, long block) {
        return (Long.rotateLeft(h2 ^ Long.rotateLeft(block * C2, 33) * C1, 31) + h1) * 5 + 0x38495AB5L;
    }

    private static long lowBytes(int count) {
        return count >= Long.BYTES ? -1L : (1L << 8 * count) - 1;
    }

    private static long avalanche(long k) {
        k ^= k >>> 33;
        k *= 0xFF51AFD7ED558CCDL;
        k ^= k >>> 33;
        k *= 0xC4CEB9FE1A85EC53L;
        return k ^ k >>> 33;
    }
}
