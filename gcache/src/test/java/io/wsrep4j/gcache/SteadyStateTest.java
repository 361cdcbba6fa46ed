package io.wsrep4j.gcache;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.wsrep4j.api.Uuid;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache at work: no garbage, and several writers at once (issue "GCache", Speed; docs/spec/gcache.md 2). */
final class SteadyStateTest {

    private static final int LENGTH = 1000;

    @TempDir
    Path directory;

    private WriteSetCache cache;

    @BeforeEach
    void open() {
        cache = WriteSetCache.open(
                CacheSettings.in(directory).ringSize(4 << 20).pageSize(1 << 20).build(), HostCipher.NONE);
        cache.reset(new Uuid(1, 2), 0);
    }

    @AfterEach
    void close() {
        cache.close();
    }

    @Test
    void appendsReleasesAndLookUpsMakeNoGarbage() {
        try (WriteSetCursor cursor = cache.newCursor()) {
            WriteSetBuffer buffer = cache.newBuffer();
            ByteBuffer source = ByteBuffer.allocateDirect(LENGTH);
            work(buffer, cursor, source, 1, 60_000);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            long sum = work(buffer, cursor, source, 60_001, 160_000);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(sum).isPositive();
            assertThat(allocated).as("bytes for 100,000 appends and look-ups").isLessThan(100_000);
        }
    }

    private long work(WriteSetBuffer buffer, WriteSetCursor cursor, ByteBuffer source, int from, int to) {
        long sum = 0;
        for (int seqno = from; seqno <= to; seqno++) {
            source.putLong(0, seqno).clear();
            buffer.reserve(LENGTH);
            buffer.put(0, source);
            buffer.publish(seqno, WriteSetKind.WRITE_SET, false);
            cache.release(seqno - 10);
            if (cursor.seek(Math.max(from, seqno - seqno % 1000))) {
                sum += cursor.getLong(0) + cursor.window().remaining();
            }
            cursor.clear();
        }
        return sum;
    }

    @Test
    void theGroupAndATransferMayWriteAtTheSameTime() throws Exception {
        int half = 3000;
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CyclicBarrier together = new CyclicBarrier(2);
        cache.reset(new Uuid(5, 6), 0);
        AtomicLong transferred = new AtomicLong();
        Thread transfer = writer(together, failure, 1, half, transferred);
        Thread group = writer(together, failure, half + 1, 2 * half, new AtomicLong());
        for (Thread thread : List.of(transfer, group)) {
            thread.join();
        }
        assertThat(failure.get()).isNull();
        assertThat(transferred.get()).isEqualTo(half);
        assertThat(cache.oldest()).as("nothing was released").isEqualTo(1);
        assertThat(cache.newest()).isEqualTo(2 * half);
        Payload.assertWhole(cache, 1, 2 * half);
        cache.release(2 * half);
        assertThat(cache.statistics().pagesUsed()).isLessThanOrEqualTo(4 << 20);
        Payload.assertWhole(cache, cache.oldest(), 2 * half);
    }

    private Thread writer(
            CyclicBarrier together, AtomicReference<Throwable> failure, int from, int to, AtomicLong last) {
        Thread thread = new Thread(() -> {
            try {
                together.await();
                for (int seqno = from; seqno <= to; seqno++) {
                    Payload.append(cache, seqno, LENGTH);
                    last.set(seqno);
                }
            } catch (Exception | Error e) {
                failure.compareAndSet(null, e);
            }
        });
        thread.start();
        return thread;
    }
}
