package io.wsrep4j.tests.benchmarks.certification;

import io.wsrep4j.provider.writeset.MurmurHash128;
import io.wsrep4j.provider.writeset.MurmurHash32;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;

/** The hashes of write sets over direct buffers, ours in Java beside the same functions in C. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
public class HashBenchmark {

    private static final int ROUNDS = 256;

    /** Bytes hashed: a record set header, a key, a write set header, a page, a large transaction. */
    @Param({"4", "30", "56", "4096", "1048576"})
    private int length;

    private final MurmurHash128 hash = new MurmurHash128();
    private ByteBuffer input;

    /** Makes the input. */
    @Setup
    public void fill() {
        input = ByteBuffer.allocateDirect(length);
        for (int i = 0; i < length; i++) {
            input.put(i, (byte) (i * 7 + 3));
        }
        byte first = input.get(0);
        long ours = ours();
        input.put(0, first);
        if (ours != NativeHashes.mmh128(input, length, ROUNDS)) {
            throw new IllegalStateException("the two implementations differ");
        }
    }

    /** Ours. */
    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public long mmh128() {
        return ours();
    }

    private long ours() {
        long h = 0;
        for (int i = 0; i < ROUNDS; i++) {
            hash.hash(input, 0, length);
            h = hash.low();
            input.put(0, (byte) h);
        }
        return h;
    }

    /** The C compiler's. */
    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public long mmh128Native() {
        return NativeHashes.mmh128(input, length, ROUNDS);
    }

    /** Ours. */
    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public int mmh32() {
        int h = 0;
        for (int i = 0; i < ROUNDS; i++) {
            h = MurmurHash32.hash(input, 0, length);
            input.put(0, (byte) h);
        }
        return h;
    }

    /** The C compiler's. */
    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public int mmh32Native() {
        return NativeHashes.mmh32(input, length, ROUNDS);
    }

    /** Runs and prints the ratios. */
    public static void main(String[] arguments) throws Exception {
        Map<String, Double> scores = new TreeMap<>();
        for (RunResult result : JmhRun.of(HashBenchmark.class, arguments)) {
            String name = result.getParams().getBenchmark().replaceAll(".*\\.", "");
            scores.put(name + " " + JmhRun.parameter(result, "length"), JmhRun.score(result));
        }
        scores.forEach((name, score) -> {
            Double nativeScore = scores.get(name.replace(" ", "Native "));
            int bytes = Integer.parseInt(name.replaceAll(".* ", ""));
            if (nativeScore != null) {
                System.out.println(JmhRun.line(
                        "%-16s ours %.2f GB/s, C %.2f GB/s, ours / C %.2f",
                        name, score * bytes / 1e9, nativeScore * bytes / 1e9, score / nativeScore));
            }
        });
    }
}
