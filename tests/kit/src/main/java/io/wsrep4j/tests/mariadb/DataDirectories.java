package io.wsrep4j.tests.mariadb;

import io.wsrep4j.tests.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes data directories of MariaDB: installed once in a process for each release, then copied. They lie below the system's directory for temporary files,
 * because a socket's path must be short and user mysql must get there. Thread-safe.
 */
final class DataDirectories {

    private static final Map<Release, Path> TEMPLATES = new EnumMap<>(Release.class);

    private DataDirectories() {}

    /** A fresh home for one server, with a data directory {@code data} in it, all owned by the user that servers run as. */
    static Path newHome(String name, Release release) throws IOException {
        Path home = Files.createTempDirectory(
                "wsrep4j-" + name + "-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Command.run(List.of(
                "cp", "-a", template(release).toString(), home.resolve("data").toString()));
        giveToServerUser(home);
        return home;
    }

    /** True when the tests run as root, so that servers must change to user mysql. */
    static boolean asRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    static void giveToServerUser(Path path) throws IOException {
        if (asRoot()) {
            Command.run(List.of("chown", "-R", "mysql:mysql", path.toString()));
        }
    }

    static void delete(Path home) throws IOException {
        if (!Files.exists(home)) {
            return;
        }
        Files.walkFileTree(home, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException error) throws IOException {
                if (error instanceof NoSuchFileException) {
                    // a transfer script that outlives its server tidies up, too
                    return FileVisitResult.CONTINUE;
                }
                throw error;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException error) throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static synchronized Path template(Release release) throws IOException {
        Path made = TEMPLATES.get(release);
        if (made == null) {
            Path home = Files.createTempDirectory(
                    "wsrep4j-template-",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            giveToServerUser(home);
            Path data = home.resolve("data");
            Command.run(Stream.concat(
                            Stream.of(
                                    release.program("mariadb-install-db"),
                                    "--no-defaults",
                                    "--datadir=" + data,
                                    "--tmpdir=" + home,
                                    "--auth-root-authentication-method=normal",
                                    "--skip-name-resolve",
                                    "--innodb-log-file-size=16M"),
                            asRoot() ? Stream.of("--user=mysql") : Stream.of())
                    .toList());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    delete(home);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
            TEMPLATES.put(release, data);
            return data;
        }
        return made;
    }
}
