package io.wsrep4j.tests.transfer;

import java.nio.file.Path;
import java.util.Map;

/** A {@link RowHost} in a process of its own, to be killed. Arguments: name, directory, port, cluster address. Says "synced", and stays. */
public final class RowHostMain {

    private static final long LIMIT_SECONDS = 120;

    private RowHostMain() {}

    /** Runs it until its input ends. */
    public static void main(String[] arguments) throws Exception {
        try (RowHost host = new RowHost(arguments[0], RowSnapshot.Gate.OPEN)) {
            host.start(Path.of(arguments[1]), Integer.parseInt(arguments[2]), Map.of(), arguments[3], "");
            System.out.println(host.awaitSynced(LIMIT_SECONDS) ? "synced" : "not synced");
            while (System.in.read() >= 0) {
                // until the parent ends
            }
        }
    }
}
