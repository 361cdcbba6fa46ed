package io.wsrep4j.tests.benchmarks.certification;

import io.wsrep4j.api.hash.MurmurHash128;
import io.wsrep4j.api.hash.MurmurHash32;
import io.wsrep4j.tests.benchmarks.Ratios;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;

/**
 * The hash functions of write sets over direct buffers, ours in Java beside the same functions in C, in turns. Counts the thread's processor
 * time, so that other work on the machine does not decide the ratio.
 *
 * <p>Argument: rounds for each length (20).
 */
public final class HashBenchmark {

    /** Bytes hashed: a record set header, a key, a write set header, a page, a large transaction. */
    private static final int[] LENGTHS = {4, 30, 56, 4096, 1 << 20};

    /** Passes of which each needs the result of the one before, in one call of C. */
    private static final int PASSES = 256;

    private static final int WARM_UP_ROUNDS = 10;
    private static final long CALL_BYTES = 32 << 20;
    private static final int MOST_CALLS = 2000;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final MurmurHash128 hash = new MurmurHash128();
    private final ByteBuffer input;
    private final int length;

    /** {@code PASSES} passes; answers the last result. */
    private interface Hashing {
        long pass();
    }

    private HashBenchmark(int length) {
        this.length = length;
        input = ByteBuffer.allocateDirect(length);
        for (int i = 0; i < length; i++) {
            input.put(i, (byte) (i * 7 + 3));
        }
    }

    /** Runs and prints the ratios. */
    public static void main(String[] arguments) {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
        for (int length : LENGTHS) {
            HashBenchmark benchmark = new HashBenchmark(length);
            benchmark.compare("mmh128", rounds, benchmark::mmh128, benchmark::mmh128Native);
            benchmark.compare("mmh32", rounds, benchmark::mmh32, benchmark::mmh32Native);
        }
    }

    private void compare(String name, int rounds, Hashing ours, Hashing peer) {
        byte first = input.get(0);
        long result = ours.pass();
        input.put(0, first);
        if (result != peer.pass()) {
            throw new IllegalStateException("the two implementations of " + name + " differ at length " + length);
        }
        int calls = (int) Math.min(MOST_CALLS, Math.max(1, CALL_BYTES / length / PASSES));
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            speed(ours, calls);
            speed(peer, calls);
        }
        Ratios ratios = new Ratios("C");
        for (int round = 0; round < rounds; round++) {
            ratios.add(speed(ours, calls), speed(peer, calls));
        }
        System.out.printf("%-7s %8d bytes: %s%n", name, length, ratios.describe("MB/s"));
    }

    /** Megabytes a second. */
    private double speed(Hashing hashing, int calls) {
        long begin = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < calls; i++) {
            hashing.pass();
        }
        long nanos = Math.max(1, threads.getCurrentThreadCpuTime() - begin);
        return (double) length * PASSES * calls * 1e3 / nanos;
    }

    private long mmh128() {
        long h = 0;
        for (int i = 0; i < PASSES; i++) {
            hash.hash(input, 0, length);
            h = hash.low();
            input.put(0, (byte) h);
        }
        return h;
    }

    private long mmh128Native() {
        return NativeHashes.mmh128(input, length, PASSES);
    }

    private long mmh32() {
        int h = 0;
        for (int i = 0; i < PASSES; i++) {
            h = MurmurHash32.hash(input, 0, length);
            input.put(0, (byte) h);
        }
        return h;
    }

    private long mmh32Native() {
        return NativeHashes.mmh32(input, length, PASSES);
    }
}
