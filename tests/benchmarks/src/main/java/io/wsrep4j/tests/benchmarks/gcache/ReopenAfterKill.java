package io.wsrep4j.tests.benchmarks.gcache;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcache.CacheSettings;
import io.wsrep4j.gcache.HostCipher;
import io.wsrep4j.gcache.WriteSetBuffer;
import io.wsrep4j.gcache.WriteSetCache;
import io.wsrep4j.gcache.WriteSetKind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How long a full cache takes to reopen after kill -9, in a new process each time: a child fills the ring and kills itself, another opens it and
 * says how long that took, and how much heap was in use afterwards. Arguments: ring size in MiB (1024), payload in bytes (1024), rounds (5).
 */
public final class ReopenAfterKill {

    private ReopenAfterKill() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length > 0 && arguments[0].equals("fill")) {
            fill(Path.of(arguments[1]), Long.parseLong(arguments[2]), Integer.parseInt(arguments[3]));
            return;
        }
        if (arguments.length > 0 && arguments[0].equals("open")) {
            open(Path.of(arguments[1]), Long.parseLong(arguments[2]));
            return;
        }
        String mebibytes = arguments.length > 0 ? arguments[0] : "1024";
        String payload = arguments.length > 1 ? arguments[1] : "1024";
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5;
        Path directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "gcache-reopen");
        try {
            for (int round = 0; round < rounds; round++) {
                child("fill", directory.toString(), mebibytes, payload);
                child("open", directory.toString(), mebibytes);
            }
        } finally {
            Files.deleteIfExists(directory.resolve(CacheSettings.DEFAULT_NAME));
            Files.delete(directory);
        }
    }

    private static void child(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--"))
                .forEach(command::add);
        command.addAll(
                List.of("-Xmx64m", "-cp", System.getProperty("java.class.path"), ReopenAfterKill.class.getName()));
        command.addAll(List.of(arguments));
        new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private static WriteSetCache cache(Path directory, long mebibytes) {
        return WriteSetCache.open(
                CacheSettings.in(directory).ringSize(mebibytes << 20).build(), HostCipher.NONE);
    }

    private static void fill(Path directory, long mebibytes, int payload) {
        WriteSetCache cache = cache(directory, mebibytes);
        if (cache.history().isUndefined()) {
            cache.reset(new Uuid(1, 2), 0);
        }
        WriteSetBuffer buffer = cache.newBuffer();
        ByteBuffer source = ByteBuffer.allocateDirect(payload);
        long first = Math.max(0, cache.newest());
        for (long seqno = first + 1; (seqno - first) * payload < (mebibytes << 20) * 5 / 4; seqno++) {
            buffer.reserve(payload);
            buffer.put(0, source.putLong(0, seqno).clear());
            buffer.publish(seqno, WriteSetKind.WRITE_SET, false);
            cache.release(seqno - 128);
        }
        // As kill -9: no hook, no close.
        Runtime.getRuntime().halt(1);
    }

    private static void open(Path directory, long mebibytes) {
        long cpuStarted = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long started = System.nanoTime();
        WriteSetCache cache = cache(directory, mebibytes);
        long opened = System.nanoTime();
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpuStarted;
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        System.out.printf(
                "open, classes included: %d ms (this thread on a processor: %d ms); recovery alone: %d ms; kept %d; heap in use %d KiB%n",
                (opened - started) / 1_000_000,
                cpu / 1_000_000,
                cache.recovery().nanos() / 1_000_000,
                cache.recovery().kept(),
                heap >> 10);
        Runtime.getRuntime().halt(0);
    }
}
