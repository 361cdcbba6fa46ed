package io.wsrep4j.tests.debian;

import io.wsrep4j.tests.process.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The root of a new Debian host, fetched from the mirror that this machine's apt knows. Needs root's rights. */
public final class DebianRoot implements AutoCloseable {

    /** The exit code of the script when the mirror cannot be reached. */
    private static final int UNREACHABLE = 3;

    private final Path folder;

    private DebianRoot(Path folder) {
        this.folder = folder;
    }

    /**
     * Fetches the least that there is of this release, and systemd.
     *
     * @throws Unreachable if the mirror does not answer
     */
    public static DebianRoot fetch(String release) throws IOException, Unreachable {
        Path folder = Files.createTempDirectory("wsrep4j-debian-");
        DebianRoot root = new DebianRoot(folder);
        Runtime.getRuntime().addShutdownHook(new Thread(root::closeAtExit));
        boolean made = false;
        try {
            Path script = script("make-root", folder);
            Command.run(
                    "bash",
                    "-c",
                    "bash " + script + " " + release + " " + folder + "/debian || echo ended with $? && exit $?");
            made = true;
            return root;
        } catch (IOException failed) {
            if (failed.getMessage().contains("ended with " + UNREACHABLE)) {
                throw new Unreachable(failed.getMessage());
            }
            throw failed;
        } finally {
            if (!made) {
                root.close();
            }
        }
    }

    /** Writes one of this package's scripts into the folder. */
    static Path script(String name, Path folder) throws IOException {
        Path script = folder.resolve(name);
        try (InputStream in = DebianRoot.class.getResourceAsStream(name)) {
            Files.write(script, in.readAllBytes());
        }
        return script;
    }

    /** Where it is. */
    Path path() {
        return folder.resolve("debian/root");
    }

    /** A new folder of this root's, for what a host changes of it. */
    Path layer(String host) throws IOException {
        return Files.createTempDirectory(Files.createDirectories(folder.resolve("hosts")), host);
    }

    /** Removes it. */
    @Override
    public void close() throws IOException {
        Command.run("rm", "-rf", "--one-file-system", folder.toString());
    }

    private void closeAtExit() {
        try {
            close();
        } catch (IOException e) {
            System.err.println("a Debian root is left: " + e.getMessage());
        }
    }

    /** The mirror does not answer. */
    public static final class Unreachable extends Exception {

        private static final long serialVersionUID = 1;

        Unreachable(String answer) {
            super(answer);
        }
    }
}
