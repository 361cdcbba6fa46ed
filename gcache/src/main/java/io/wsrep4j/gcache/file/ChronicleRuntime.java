package io.wsrep4j.gcache.file;

import net.openhft.chronicle.core.OS;

/**
 * Settles what Chronicle reads once, in its static initialisers, before its first class is touched (docs/spec/gcache.md 15): no analytics, no banner,
 * no disk watcher, and no {@code system.properties} from the working directory, which is the host's data directory.
 */
public final class ChronicleRuntime {

    static {
        System.setProperty("chronicle.analytics.disable", "true");
        System.setProperty("chronicle.announcer.disable", "true");
        System.setProperty("chronicle.disk.monitor.disable", "true");
        // The name of the file that Chronicle Core would read from the working directory or its parent.
        System.setProperty("system.properties", "/dev/null");
    }

    private static final String[] OPENED = {"sun.nio.ch", "java.lang.reflect"};

    private ChronicleRuntime() {}

    /**
     * Finds out whether this JVM lets Chronicle work.
     *
     * @return what is missing and how to give it, or null
     */
    public static String obstacle() {
        Module base = Object.class.getModule();
        for (String name : OPENED) {
            if (!base.isOpen(name, ChronicleRuntime.class.getModule())) {
                return "the JVM was started without --add-opens=java.base/" + name + "=ALL-UNNAMED";
            }
        }
        try {
            long address = OS.memory().allocate(Long.BYTES);
            OS.memory().writeLong(address, 1);
            OS.memory().freeMemory(address, Long.BYTES);
            return null;
        } catch (LinkageError | RuntimeException e) {
            return "this JVM does not let Chronicle use memory off the heap (" + e
                    + "); start it with --sun-misc-unsafe-memory-access=allow";
        }
    }

    /** Call before the first Chronicle class. */
    public static void prepare() {
        // The static initialiser has run.
    }
}
