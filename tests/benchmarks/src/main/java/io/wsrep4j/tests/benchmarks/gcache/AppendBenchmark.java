package io.wsrep4j.tests.benchmarks.gcache;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcache.CacheSettings;
import io.wsrep4j.gcache.HostCipher;
import io.wsrep4j.gcache.WriteSetBuffer;
import io.wsrep4j.gcache.WriteSetCache;
import io.wsrep4j.gcache.WriteSetKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Appends in the steady state, one thread: reserve, copy, publish, and release every 128, 128 behind, as the reference was measured
 * (docs/spec/gcache.md 14); of large write sets every 32 MiB, 32 MiB behind, so that the ring is not full of unreleased ones. The ring of 256 MiB is
 * full, so each append also discards. {@code plainCopy} copies the same bytes round a mapped file of the same size.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class AppendBenchmark {

    private static final int RING = 256 << 20;
    private static final int RELEASED_BYTES = 32 << 20;

    /** Bytes of each write set. */
    @Param({"200", "1024", "16384", "1048576"})
    public int length;

    private Path directory;
    private WriteSetCache cache;
    private WriteSetBuffer buffer;
    private ByteBuffer source;
    private MappedByteBuffer mapped;
    private long seqno;
    private long releaseEvery;
    private int offset;

    @Setup
    public void open() throws IOException {
        directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "gcache-append");
        source = ByteBuffer.allocateDirect(length);
        for (int i = 0; i < length; i++) {
            source.put(i, (byte) (i * 31));
        }
        cache = WriteSetCache.open(CacheSettings.in(directory).ringSize(RING).build(), HostCipher.NONE);
        cache.reset(new Uuid(1, 2), 0);
        buffer = cache.newBuffer();
        releaseEvery = Math.min(128, RELEASED_BYTES / length);
        for (long bytes = 0; bytes < RING + (RING >> 2); bytes += length) {
            append();
        }
        try (FileChannel file = FileChannel.open(
                directory.resolve("plain"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            mapped = file.map(FileChannel.MapMode.READ_WRITE, 0, RING);
        }
        for (int i = 0; i < RING; i += 4096) {
            mapped.put(i, (byte) 1);
        }
    }

    @Benchmark
    public void append() {
        buffer.reserve(length);
        source.position(0);
        buffer.put(0, source);
        buffer.publish(++seqno, WriteSetKind.WRITE_SET, false);
        if (seqno % releaseEvery == 0) {
            cache.release(seqno - releaseEvery);
        }
    }

    @Benchmark
    public void plainCopy() {
        if (offset + length > RING) {
            offset = 0;
        }
        mapped.put(offset, source, 0, length);
        offset += length;
    }

    @TearDown
    public void close() throws IOException {
        cache.close();
        Files.delete(directory.resolve("plain"));
        Files.delete(directory.resolve(CacheSettings.DEFAULT_NAME));
        Files.delete(directory);
    }
}
