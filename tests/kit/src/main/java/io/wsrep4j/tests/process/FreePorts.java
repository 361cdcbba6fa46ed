package io.wsrep4j.tests.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds TCP ports on loopback that nobody listens on, below the range that the kernel gives to outgoing connections. Never gives the same
 * port twice in one process. Thread-safe.
 */
public final class FreePorts {

    private static final int LOWEST = 12_000;
    private static final int HIGHEST = 32_000;
    private static final Set<Integer> TAKEN = new HashSet<>();

    private FreePorts() {}

    /** One free port. */
    public static int one() {
        return consecutive(1);
    }

    /** The first of {@code count} free ports in a row, as Galera wants for its group port and the one after it. */
    public static synchronized int consecutive(int count) {
        for (int attempt = 0; attempt < 10_000; attempt++) {
            int first = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST - count);
            if (allFree(first, count)) {
                for (int port = first; port < first + count; port++) {
                    TAKEN.add(port);
                }
                return first;
            }
        }
        throw new IllegalStateException("no " + count + " free ports in a row between " + LOWEST + " and " + HIGHEST);
    }

    private static boolean allFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            if (TAKEN.contains(port) || !isFree(port)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(false);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException inUse) {
            return false;
        }
    }
}
