package io.wsrep4j.sst;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** One entry without end. */
final class EndlessSource implements SnapshotSource {

    final AtomicLong given = new AtomicLong();
    final CountDownLatch closed = new CountDownLatch(1);
    private final Random random = new Random(1);
    private boolean begun;

    @Override
    public long totalBytes() {
        return -1;
    }

    @Override
    public SnapshotEntry next() {
        assertThat(begun).isFalse();
        begun = true;
        return SnapshotEntry.of("endless", -1, new InputStream() {
            @Override
            public int read() {
                given.incrementAndGet();
                return random.nextInt(256);
            }

            @Override
            public int read(byte[] to, int from, int length) {
                byte[] bytes = new byte[length];
                random.nextBytes(bytes);
                System.arraycopy(bytes, 0, to, from, length);
                given.addAndGet(length);
                return length;
            }
        });
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
