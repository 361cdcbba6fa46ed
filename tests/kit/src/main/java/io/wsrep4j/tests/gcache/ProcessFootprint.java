package io.wsrep4j.tests.gcache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process takes from the machine, as the kernel counts it.
 *
 * @param residentBytes resident memory without the pages of mapped files
 * @param mappings memory mappings
 * @param descriptors open file descriptors
 */
public record ProcessFootprint(long residentBytes, long mappings, long descriptors) {

    /** Now. */
    public static ProcessFootprint now() throws IOException {
        long anonymous = 0;
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("RssAnon:")) {
                anonymous = Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        long mappings;
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            mappings = lines.count();
        }
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return new ProcessFootprint(anonymous, mappings, open.count());
        }
    }
}
