package io.wsrep4j.tests.mariadb;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A release of MariaDB that tests can run: the machine's own, or one that {@code tests/other-release} fetches. Thread-safe. */
public enum Release {
    /** Debian's own, as installed. */
    MARIADB_10_11(null),
    /** From Maven Central. It comes without scripts, mariadb-backup and Galera's library; the machine's own serve it, but for mariadb-backup. */
    MARIADB_11_4("mariadb-11.4"),
    /** From the next Debian, with all that belongs to it. */
    MARIADB_11_8("mariadb-11.8");

    private final Fetched fetched;

    Release(String name) {
        fetched = name == null ? null : new Fetched(name);
    }

    /** Why it cannot be had here: no registry has it, or can be reached. Empty if it is there. Fetches it if need be. */
    public Optional<String> lacking() {
        return fetched == null ? Optional.empty() : fetched.lacking();
    }

    /** The command that starts one of its programs. */
    String program(String program) {
        return fetched == null
                ? program
                : fetched.folder().resolve("bin").resolve(program).toString();
    }

    /** Where its servers look for programs and scripts. */
    String path() {
        String machine = System.getenv("PATH");
        return fetched == null ? machine : fetched.folder().resolve("bin") + ":" + machine;
    }

    /** Galera's library of this release; the machine's own if it comes without. */
    public Path galera() {
        Path own = fetched == null ? null : fetched.folder().resolve("lib/libgalera_smm.so");
        return own != null && Files.exists(own) ? own : Providers.galera();
    }

    /** It comes with a mariadb-backup of its release; another release's does not serve it. */
    public boolean hasBackup() {
        return this != MARIADB_11_4;
    }
}
