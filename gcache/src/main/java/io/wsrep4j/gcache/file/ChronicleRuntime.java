package io.wsrep4j.gcache.file;

/**
 * Settles what Chronicle reads once, in its static initialisers, before its first class is touched (sheet gcache, 15): no analytics, no banner,
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

    private ChronicleRuntime() {}

    /** Call before the first Chronicle class. */
    public static void prepare() {
        // The static initialiser has run.
    }
}
