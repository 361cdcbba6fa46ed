package io.wsrep4j.tests.gcache;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcache.CacheSettings;
import io.wsrep4j.gcache.CacheStatistics;
import io.wsrep4j.gcache.HistoryPin;
import io.wsrep4j.gcache.HostCipher;
import io.wsrep4j.gcache.WriteSetBuffer;
import io.wsrep4j.gcache.WriteSetCache;
import io.wsrep4j.gcache.WriteSetCursor;
import io.wsrep4j.gcache.WriteSetKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Millions of appends of mixed sizes, with readers and donors at work, checking every byte they meet; and what the process takes, sampled on the
 * way.
 */
public final class CacheSoak {

    private static final long UNRELEASED = 128;
    private static final int SAMPLES = 20;
    private static final long POLL_NANOS = 1_000_000;

    private final Path directory;
    private final long appends;
    private final long ringSize;
    private final long seed;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicLong verified = new AtomicLong();
    private final AtomicLong pinnedRuns = new AtomicLong();
    private final List<ProcessFootprint> samples = new ArrayList<>();
    private final AtomicLong overflows = new AtomicLong();
    private final CountDownLatch firstPin = new CountDownLatch(1);
    private volatile boolean done;

    public CacheSoak(Path directory, long appends, long ringSize, long seed) {
        this.directory = directory;
        this.appends = appends;
        this.ringSize = ringSize;
        this.seed = seed;
    }

    /**
     * What a soak saw.
     *
     * @param samples footprints at equal distances
     * @param verified write sets whose bytes were checked
     * @param pinnedRuns ranges that were pinned and read to their end
     * @param overflows pins that were held until pages were in use
     * @param last the cache's figures at the end
     */
    public record Outcome(
            List<ProcessFootprint> samples, long verified, long pinnedRuns, long overflows, CacheStatistics last) {}

    /** Runs it to the end; throws what a reader or the writer found wrong. */
    public Outcome run() throws Exception {
        CacheSettings settings = CacheSettings.in(directory)
                .ringSize(ringSize)
                .pageSize(16L << 20)
                .build();
        try (WriteSetCache cache = WriteSetCache.open(settings, HostCipher.NONE)) {
            cache.reset(new Uuid(1, 2), 0);
            List<Thread> threads = List.of(
                    new Thread(() -> guarded(() -> readAtRandom(cache)), "soak-reader"),
                    new Thread(() -> guarded(() -> donate(cache)), "soak-donor"));
            threads.forEach(Thread::start);
            try {
                append(cache);
            } finally {
                done = true;
                for (Thread thread : threads) {
                    thread.join();
                }
            }
            rethrow();
            return new Outcome(
                    List.copyOf(samples), verified.get(), pinnedRuns.get(), overflows.get(), cache.statistics());
        }
    }

    private void append(WriteSetCache cache) throws IOException, InterruptedException {
        SoakPayload payload = new SoakPayload();
        WriteSetBuffer buffer = cache.newBuffer();
        WriteSetBuffer given = cache.newBuffer();
        for (long seqno = 1; seqno <= appends && failure.get() == null; seqno++) {
            buffer.reserve(SoakPayload.lengthOf(seqno));
            if (seqno % 1000 == 0) {
                given.reserve(1000);
            }
            buffer.put(0, payload.of(seqno));
            buffer.publish(seqno, WriteSetKind.WRITE_SET, false);
            if (seqno % 1000 == 0) {
                given.discard();
            }
            if (seqno % UNRELEASED == 0) {
                cache.release(seqno - UNRELEASED);
            }
            if (seqno % Math.max(1, appends / SAMPLES) == 0) {
                samples.add(ProcessFootprint.now());
            }
            if (seqno == appends / SAMPLES) {
                awaitFirstPin();
            }
        }
        if (failure.get() == null && overflows.get() == 0) {
            throw new AssertionError("no pin made the ring run full, seed " + seed);
        }
    }

    /** However few turns the donor gets, the ring fills up behind its first pin. */
    private void awaitFirstPin() throws InterruptedException {
        while (failure.get() == null && !firstPin.await(POLL_NANOS, TimeUnit.NANOSECONDS)) {
            Thread.onSpinWait();
        }
    }

    private void readAtRandom(WriteSetCache cache) {
        Random random = new Random(seed);
        try (WriteSetCursor cursor = cache.newCursor()) {
            while (!done) {
                long oldest = Math.max(1, cache.oldest());
                long newest = cache.newest();
                long from = oldest + (long) (random.nextDouble() * (newest - oldest));
                if (newest > oldest && cursor.seek(from)) {
                    for (int i = 1; i <= 50 && cursor.next(); i++) {
                        verify(cursor, from + i);
                    }
                }
                cursor.clear();
            }
        }
    }

    /** Pins a range, as a donor does, reads it through slowly enough that the ring would have overtaken it, lets go. */
    private void donate(WriteSetCache cache) {
        Random random = new Random(seed + 1);
        try (WriteSetCursor cursor = cache.newCursor()) {
            for (int turn = 0; !done; ) {
                long newest = cache.newest();
                long from = Math.max(cache.oldest(), newest - random.nextInt(20_000));
                try (HistoryPin pin = cache.pin(from)) {
                    if (pin == null) {
                        continue;
                    }
                    firstPin.countDown();
                    if (turn++ % 50 == 0) {
                        if (awaitPages(cache)) {
                            overflows.incrementAndGet();
                        }
                        newest = cache.newest();
                    }
                    readPinned(cursor, from, newest);
                    pinnedRuns.incrementAndGet();
                }
                cursor.clear();
            }
        }
    }

    /** Nothing but the pin keeps the range until the cursor comes. */
    private void readPinned(WriteSetCursor cursor, long from, long newest) {
        for (long seqno = from; seqno <= newest; seqno++) {
            boolean there = seqno == from ? cursor.seek(from) : cursor.next();
            if (!there) {
                throw new AssertionError(seqno + " is missing in the range pinned from " + from + ", seed " + seed);
            }
            verify(cursor, seqno);
        }
    }

    /** A stalled joiner: the ring runs full behind the pin, and pages take over. False if the writer ended before that. */
    private boolean awaitPages(WriteSetCache cache) {
        while (cache.statistics().pageCount() == 0) {
            if (done) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    private void verify(WriteSetCursor cursor, long seqno) {
        if (cursor.seqno() != seqno) {
            throw new AssertionError("the cursor is at " + cursor.seqno() + " instead of " + seqno + ", seed " + seed);
        }
        int wrong = SoakPayload.firstWrong(cursor, seqno);
        if (wrong >= 0) {
            throw new AssertionError("seqno " + seqno + " is wrong at byte " + wrong + ", seed " + seed);
        }
        verified.incrementAndGet();
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        }
    }

    private void rethrow() {
        if (failure.get() != null) {
            throw new AssertionError("a reader found something wrong", failure.get());
        }
    }

    /** Appends (default ten million) through a ring of 256 MiB below the working directory and prints what the process took. */
    public static void main(String[] arguments) throws Exception {
        long appends = arguments.length > 0 ? Long.parseLong(arguments[0]) : 10_000_000;
        Path directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "gcache-soak");
        long started = System.nanoTime();
        try {
            Outcome outcome = new CacheSoak(directory, appends, 256L << 20, System.nanoTime()).run();
            outcome.samples().forEach(System.out::println);
            System.out.println(outcome.last());
            System.out.printf(
                    "%d appends, %d write sets verified, %d pinned ranges read, %d overflowed, %d s%n",
                    appends,
                    outcome.verified(),
                    outcome.pinnedRuns(),
                    outcome.overflows(),
                    (System.nanoTime() - started) / 1_000_000_000);
        } finally {
            Files.deleteIfExists(directory.resolve(CacheSettings.DEFAULT_NAME));
            Files.delete(directory);
        }
    }
}
