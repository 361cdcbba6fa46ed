package io.wsrep4j.tests.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A program that runs to its end. */
public final class Command {

    private Command() {}

    /**
     * Runs it and waits for its end.
     *
     * @return what it has printed, errors too
     * @throws IOException if it cannot be started or ends with another code than 0; the message has what it has printed
     */
    public static String run(List<String> command) throws IOException {
        // into a file: what it leaves running in the background may keep a pipe open
        Path output = Files.createTempFile("wsrep4j-", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            int code = process.waitFor();
            String printed = Files.readString(output, StandardCharsets.ISO_8859_1);
            if (code != 0) {
                throw new IOException(String.join(" ", command) + " ended with " + code + ": " + printed);
            }
            return printed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    /** As above. */
    public static String run(String... command) throws IOException {
        return run(List.of(command));
    }
}
