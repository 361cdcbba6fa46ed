package io.wsrep4j.tests.gcache;

import io.wsrep4j.gcache.CachedBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Write sets of mixed sizes whose every 8 bytes are a function of seqno and place, so that any wrong byte is seen. Stateless but for its buffer. */
final class SoakPayload {

    static final int SMALLEST = 64;
    static final int LARGEST = 2 << 20;

    private static final long ODD = 0x9E3779B97F4A7C15L;

    private final ByteBuffer bytes = ByteBuffer.allocateDirect(LARGEST).order(ByteOrder.LITTLE_ENDIAN);

    /** Mostly some hundred bytes, now and then up to 16 KiB, one in 16384 up to 2 MiB. Multiples of 8. */
    static int lengthOf(long seqno) {
        int hash = (int) ((seqno * ODD) >>> 33);
        int limit = (hash & 0x3fff) == 0 ? LARGEST : (hash & 0x3f) == 0 ? 16 << 10 : 1000;
        return SMALLEST + (hash >>> 14) % (limit - SMALLEST) & ~7;
    }

    /** The bytes, valid until the next call. */
    ByteBuffer of(long seqno) {
        int length = lengthOf(seqno);
        bytes.clear().limit(length);
        for (int at = 0; at < length; at += Long.BYTES) {
            bytes.putLong(at, word(seqno, at));
        }
        return bytes;
    }

    static long word(long seqno, int at) {
        return (seqno << 24 ^ at) * ODD;
    }

    /** The first wrong place, or -1. */
    static int firstWrong(CachedBytes found, long seqno) {
        int length = lengthOf(seqno);
        if (found.length() != length) {
            return 0;
        }
        for (int at = 0; at < length; at += Long.BYTES) {
            if (found.getLong(at) != word(seqno, at)) {
                return at;
            }
        }
        return -1;
    }
}
