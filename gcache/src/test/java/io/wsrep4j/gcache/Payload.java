package io.wsrep4j.gcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes that can be told from every other write set's: a pattern made of the seqno. */
final class Payload {

    private Payload() {}

    static byte[] of(long seqno, int length) {
        byte[] bytes = new byte[length];
        long state = seqno * 0x9E3779B97F4A7C15L + length;
        for (int i = 0; i < length; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            bytes[i] = (byte) (state >>> 56);
        }
        return bytes;
    }

    static void reserveAndFill(WriteSetBuffer buffer, long seqno, int length) {
        buffer.reserve(length);
        buffer.put(0, ByteBuffer.wrap(of(seqno, length)));
    }

    static void append(WriteSetCache cache, long seqno, int length) {
        WriteSetBuffer buffer = cache.newBuffer();
        reserveAndFill(buffer, seqno, length);
        buffer.publish(seqno, WriteSetKind.WRITE_SET, false);
    }

    /** Publishes and releases. */
    static void appendReleased(WriteSetCache cache, long seqno, int length) {
        append(cache, seqno, length);
        cache.release(seqno);
    }

    static byte[] read(CachedBytes handle) {
        byte[] bytes = new byte[handle.length()];
        handle.copyTo(0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    static void assertWhole(WriteSetCache cache, long from, long to) {
        assertThat(from).isPositive().isLessThanOrEqualTo(to);
        try (WriteSetCursor cursor = cache.newCursor()) {
            for (long seqno = from; seqno <= to; seqno++) {
                boolean there = seqno == from ? cursor.seek(seqno) : cursor.next();
                assertThat(there).as("seqno %d", seqno).isTrue();
                assertThat(cursor.seqno()).isEqualTo(seqno);
                byte[] found = read(cursor);
                assertThat(found.length > 0 && Arrays.equals(found, of(seqno, found.length)))
                        .as("bytes of seqno %d", seqno)
                        .isTrue();
            }
        }
    }
}
