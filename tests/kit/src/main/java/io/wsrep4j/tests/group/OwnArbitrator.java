package io.wsrep4j.tests.group;

import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.NativeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Our arbitrator, as the package has it. Each needs a directory of its own. */
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
                command().toString(),
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

    /** The launcher under garbd's name; it reads its JVM from the package's configuration, {@code JAVA_HOME} or the usual places. */
    public static Path command() {
        return Providers.wsrep4j().resolveSibling("garbd");
    }
}
