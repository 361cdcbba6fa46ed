package io.wsrep4j.tests.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A snapshot method for MariaDB, {@code wsrep_sst_scripted}, that is rsync's until one of its sides is told to fail, to hang or to linger. Servers find it by
 * {@link #path}. {@link #close} removes it.
 */
public final class ScriptedSnapshots implements AutoCloseable {

    /** The method's name. */
    public static final String METHOD = "scripted";

    /** One end of a snapshot. */
    public enum Side {
        DONOR,
        JOINER
    }

    private static final String SCRIPT = """
            #!/bin/bash
            here=$(dirname "$0")
            role= ; previous=
            for argument in "$@"; do
                [ "$previous" = --role ] && role=$argument
                previous=$argument
            done
            if [ -e "$here/$role.fails" ]; then
                echo "the $role was told to fail" >&2
                exit 22
            fi
            if [ -e "$here/$role.hangs" ]; then
                touch "$here/$role.hanging"
                while [ -e "$here/$role.hangs" ]; do
                    sleep 0.1
                done
                exit 32
            fi
            if [ -e "$here/$role.lingers" ]; then
                # the joiner's last line is the position that it has reached
                wsrep_sst_rsync "$@" | while read -r line; do
                    case $line in
                        *-*-*-*-*:*)
                            touch "$here/$role.lingering"
                            while [ -e "$here/$role.lingers" ]; do
                                sleep 0.1
                            done ;;
                    esac
                    echo "$line"
                done
                exit "${PIPESTATUS[0]}"
            fi
            exec wsrep_sst_rsync "$@"
            """;

    private final Path directory;

    private ScriptedSnapshots(Path directory) {
        this.directory = directory;
    }

    /** Writes the script into a new directory. */
    public static ScriptedSnapshots create() throws IOException {
        Path directory = Files.createTempDirectory("wsrep4j-sst-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path script = directory.resolve("wsrep_sst_" + METHOD);
        Files.writeString(script, SCRIPT);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new ScriptedSnapshots(directory);
    }

    /** What the environment variable PATH of a server must be. */
    public String path() {
        return directory + ":" + System.getenv("PATH");
    }

    /** From now on this side exits with an error at once. */
    public void fail(Side side) throws IOException {
        Files.writeString(file(side, "fails"), "");
    }

    /** From now on this side does nothing until {@link #obey}. */
    public void hang(Side side) throws IOException {
        Files.writeString(file(side, "hangs"), "");
    }

    /** True once this side hangs. */
    public boolean isHanging(Side side) {
        return Files.exists(file(side, "hanging"));
    }

    /** From now on this side does its work, and does not say so before {@link #obey}. */
    public void linger(Side side) throws IOException {
        Files.writeString(file(side, "lingers"), "");
    }

    /** True once this side has done its work and does not say so. */
    public boolean isLingering(Side side) {
        return Files.exists(file(side, "lingering"));
    }

    /** Both sides do their work again; one that hangs ends with an error, one that lingers tells its result. */
    public void obey() throws IOException {
        for (Side side : Side.values()) {
            for (String order : new String[] {"fails", "hangs", "hanging", "lingers", "lingering"}) {
                Files.deleteIfExists(file(side, order));
            }
        }
    }

    private Path file(Side side, String order) {
        return directory.resolve(side.name().toLowerCase(java.util.Locale.ROOT) + "." + order);
    }

    @Override
    public void close() throws IOException {
        obey();
        Files.deleteIfExists(directory.resolve("wsrep_sst_" + METHOD));
        Files.deleteIfExists(directory);
    }
}
