package io.wsrep4j.tests.benchmarks.certification;

import com.sun.jna.Native;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The same hash functions in C, compiled here with {@code gcc -O3}, as the measure for ours. */
final class NativeHashes {

    static {
        try {
            Native.register(NativeHashes.class, compiled().toString());
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExceptionInInitializerError(e);
        }
    }

    private NativeHashes() {}

    /** First half of MMH128 over {@code rounds} passes, so that the cost of the call can be divided away. */
    static native long mmh128(ByteBuffer input, long length, int rounds);

    /** MMH32 over {@code rounds} passes. */
    static native int mmh32(ByteBuffer input, long length, int rounds);

    private static Path compiled() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("wsrep4j-hashes");
        Path source = directory.resolve("hashes.c");
        Path library = directory.resolve("libhashes.so");
        try (InputStream in = NativeHashes.class.getResourceAsStream("hashes.c")) {
            Files.copy(in, source);
        }
        Process compiler = new ProcessBuilder(
                        "gcc", "-O3", "-shared", "-fPIC", "-o", library.toString(), source.toString())
                .inheritIO()
                .start();
        if (!compiler.waitFor(1, TimeUnit.MINUTES) || compiler.exitValue() != 0) {
            throw new IOException("gcc could not compile " + source);
        }
        source.toFile().deleteOnExit();
        library.toFile().deleteOnExit();
        directory.toFile().deleteOnExit();
        return library;
    }
}
