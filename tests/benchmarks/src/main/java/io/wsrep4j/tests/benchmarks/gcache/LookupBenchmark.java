package io.wsrep4j.tests.benchmarks.gcache;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcache.CacheSettings;
import io.wsrep4j.gcache.HostCipher;
import io.wsrep4j.gcache.WriteSetBuffer;
import io.wsrep4j.gcache.WriteSetCache;
import io.wsrep4j.gcache.WriteSetCursor;
import io.wsrep4j.gcache.WriteSetKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Look-ups among one million write sets of 1 KiB in a ring of 1100 MiB, one thread. */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LookupBenchmark {

    private static final int COUNT = 1_000_000;
    private static final int LENGTH = 1024;

    private Path directory;
    private WriteSetCache cache;
    private WriteSetCursor cursor;
    private ByteBuffer sink;
    private long random = 42;

    @Setup
    public void open() throws IOException {
        directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "gcache-lookup");
        cache = WriteSetCache.open(
                CacheSettings.in(directory).ringSize(1100L << 20).build(), HostCipher.NONE);
        cache.reset(new Uuid(1, 2), 0);
        WriteSetBuffer buffer = cache.newBuffer();
        ByteBuffer source = ByteBuffer.allocateDirect(LENGTH);
        for (int seqno = 1; seqno <= COUNT; seqno++) {
            buffer.reserve(LENGTH);
            source.clear();
            buffer.put(0, source);
            buffer.publish(seqno, WriteSetKind.WRITE_SET, false);
        }
        cache.release(COUNT);
        cursor = cache.newCursor();
        sink = ByteBuffer.allocateDirect(LENGTH);
    }

    private long randomSeqno() {
        random = random * 6364136223846793005L + 1442695040888963407L;
        return 1 + (int) ((random >>> 33) * COUNT >>> 31);
    }

    /** Finds a random seqno: address, length, kind. Each sample is one look-up, clock included. */
    @Benchmark
    @BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
    public boolean find() {
        return cursor.seek(randomSeqno());
    }

    /** The same, and reads the first 8 bytes: the measure of docs/spec/gcache.md 14. */
    @Benchmark
    @BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
    public long findAndReadFirst() {
        cursor.seek(randomSeqno());
        return cursor.getLong(0);
    }

    /** What the generator of random seqnos costs alone. */
    @Benchmark
    @BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
    public long randomOnly() {
        return randomSeqno();
    }

    /** Reads 1000 write sets one after another and copies them out, as a sender to a socket would: 1 MiB in all, about. Per write set. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OperationsPerInvocation(1000)
    public void readSequentially() {
        long first = randomSeqno();
        cursor.seek(Math.min(first, COUNT - 1000));
        for (int i = 0; i < 1000; i++) {
            sink.clear();
            cursor.copyTo(0, sink);
            cursor.next();
        }
    }

    @TearDown
    public void close() throws IOException {
        cursor.close();
        cache.close();
        Files.delete(directory.resolve(CacheSettings.DEFAULT_NAME));
        Files.delete(directory);
    }
}
