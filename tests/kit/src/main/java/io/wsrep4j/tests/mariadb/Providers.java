package io.wsrep4j.tests.mariadb;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the providers are. */
public final class Providers {

    private static final Fetched NEWEST = new Fetched("galera-newest");

    private Providers() {}

    /** Ours, as the build of module native leaves it. */
    public static Path wsrep4j() {
        return existing(
                Stream.of(Path.of(System.getProperty("wsrep4j.repository", "../.."))
                        .toAbsolutePath()
                        .normalize()
                        .resolve("native/target/wsrep4j/libwsrep4j.so")),
                "run ./wsrep4j package");
    }

    /** The reference, from Debian's package galera-4. */
    public static Path galera() {
        return existing(
                Stream.of("/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so")
                        .map(Path::of),
                "run apt-get install galera-4");
    }

    /** Why {@link #newestGalera} cannot be had here; empty if it is there. Fetches it if need be. */
    public static Optional<String> newestGaleraLacking() {
        return NEWEST.lacking();
    }

    /** The newest reference there is, from Debian sid; servers of the newest release can load it. */
    public static Path newestGalera() {
        return NEWEST.folder().resolve("lib/libgalera_smm.so");
    }

    private static Path existing(Stream<Path> candidates, String remedy) {
        java.util.List<Path> looked = candidates.toList();
        return looked.stream()
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("none of " + looked + " exists; " + remedy));
    }
}
