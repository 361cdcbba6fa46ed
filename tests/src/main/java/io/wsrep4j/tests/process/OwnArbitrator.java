package io.wsrep4j.tests.process;

import io.wsrep4j.provider.arbitrator.ArbitratorCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Our arbitrator in a process of its own. Each needs a directory of its own. */
public final class OwnArbitrator {

    private OwnArbitrator() {}

    /**
     * Starts one.
     *
     * @param address cluster address, {@code gcomm://...}
     * @param options such as {@code gmcast.listen_addr=tcp://127.0.0.1:4567}
     * @param directory its working directory; the log goes there too
     * @param more further options of the command line
     */
    public static NativeProcess start(String address, String group, String options, Path directory, String... more)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ArbitratorCommand.class.getName(),
                "--address",
                address,
                "--group",
                group,
                "--name",
                "ours",
                "--options",
                options,
                "--workdir",
                directory.toString()));
        command.addAll(List.of(more));
        return NativeProcess.start("arbitrator", command, Map.of(), directory, directory.resolve("log"))
                .killedAtExit();
    }
}
