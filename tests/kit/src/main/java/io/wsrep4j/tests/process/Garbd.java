package io.wsrep4j.tests.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Galera's arbitrator, from Debian's package galera-arbitrator-4. Each needs a directory of its own. */
public final class Garbd {

    private Garbd() {}

    /**
     * Starts one.
     *
     * @param address cluster address, {@code gcomm://...}
     * @param options provider options, such as {@code gmcast.listen_addr=tcp://127.0.0.1:4567}
     * @param directory its working directory; the log goes there too
     * @param more further options of the command line
     */
    public static NativeProcess start(String address, String group, String options, Path directory, String... more)
            throws IOException {
        List<String> command = new ArrayList<>(
                List.of("garbd", "--address", address, "--group", group, "--options", options, "--name", "garb"));
        command.addAll(List.of(more));
        return NativeProcess.start("garbd", command, Map.of(), directory, directory.resolve("garbd.log"))
                .killedAtExit();
    }
}
