package io.wsrep4j.tests.mariadb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code tests/other-release} fetches into a cache outside the build. Whether a registry has it is found out once in a process. Thread-safe.
 */
final class Fetched {

    private static final int LACKING = 3;

    private final String name;
    private Path folder;
    private String lacking;

    Fetched(String name) {
        this.name = name;
    }

    /** Why it cannot be had here: a registry does not have it, or cannot be reached. Empty if it is there. */
    synchronized Optional<String> lacking() {
        if (folder == null && lacking == null) {
            try {
                fetch();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return Optional.ofNullable(lacking);
    }

    /**
     * Where it is.
     *
     * @throws IllegalStateException if it cannot be had
     */
    Path folder() {
        lacking().ifPresent(reason -> {
            throw new IllegalStateException(name + " is not there: " + reason);
        });
        return folder;
    }

    private void fetch() throws IOException {
        Path script = Path.of(System.getProperty("wsrep4j.repository", "../.."), "tests", "other-release")
                .toAbsolutePath()
                .normalize();
        Path errors = Files.createTempFile("wsrep4j-", ".err");
        try {
            Process process = new ProcessBuilder(script.toString(), name)
                    .redirectError(errors.toFile())
                    .start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int code = process.waitFor();
            String said = Files.readString(errors, StandardCharsets.ISO_8859_1).strip();
            if (code == LACKING) {
                lacking = said.substring(said.lastIndexOf('\n') + 1);
            } else if (code != 0) {
                throw new IOException(script + " " + name + " ended with " + code + ": " + said);
            } else {
                folder = Path.of(printed);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            Files.deleteIfExists(errors);
        }
    }
}
