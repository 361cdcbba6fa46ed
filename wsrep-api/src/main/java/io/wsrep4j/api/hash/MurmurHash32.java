package io.wsrep4j.api.hash;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** MurmurHash3_x86_32 as the headers of record sets use it ("MMH32", docs/spec/writeset-certification.md 3). Stateless. */
public final class MurmurHash32 {

    /** The seed of write sets. */
    public static final int GALERA_SEED = 0x811C9DC5;

    private static final VarHandle BUFFER = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int C1 = 0xCC9E2D51;
    private static final int C2 = 0x1B873593;

    private MurmurHash32() {}

    /** Hashes a range of the buffer, whatever its byte order, with the seed of write sets. */
    public static int hash(ByteBuffer input, int offset, int length) {
        return hash(input, offset, length, GALERA_SEED);
    }

    /** Hashes a range of the buffer, whatever its byte order. */
    public static int hash(ByteBuffer input, int offset, int length, int seed) {
        int h = seed;
        int end = offset + (length & -Integer.BYTES);
        for (int i = offset; i < end; i += Integer.BYTES) {
            h ^= scramble((int) BUFFER.get(input, i));
            h = Integer.rotateLeft(h, 13) * 5 + 0xE6546B64;
        }
        int rest = length & Integer.BYTES - 1;
        if (rest > 0) {
            int k = 0;
            for (int i = rest - 1; i >= 0; i--) {
                k = k << 8 | input.get(end + i) & 0xFF;
            }
            h ^= scramble(k);
        }
        h ^= length;
        h ^= h >>> 16;
        h *= 0x85EBCA6B;
        h ^= h >>> 13;
        h *= 0xC2B2AE35;
        return h ^ h >>> 16;
    }

    private static int scramble(int k) {
        return Integer.rotateLeft(k * C1, 15) * C2;
    }
}
