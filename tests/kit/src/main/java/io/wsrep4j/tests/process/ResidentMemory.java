package io.wsrep4j.tests.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process holds in memory, in MiB, as the kernel counts it. */
public final class ResidentMemory {

    private ResidentMemory() {}

    /** Now. */
    public static double nowMib(long pid) throws IOException {
        return figure(pid, "VmRSS:");
    }

    /** The most that it has ever held. */
    public static double peakMib(long pid) throws IOException {
        return figure(pid, "VmHWM:");
    }

    private static double figure(long pid, String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith(name)) {
                return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
            }
        }
        throw new IOException("no " + name + " of process " + pid);
    }
}
