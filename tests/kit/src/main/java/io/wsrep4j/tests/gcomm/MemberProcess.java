package io.wsrep4j.tests.gcomm;

import io.wsrep4j.kit.Await;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A {@link MemberMain} in its own Java virtual machine. Not thread-safe. */
public final class MemberProcess implements AutoCloseable {

    private final String name;
    private final Process process;
    private final Writer commands;
    private final Path output;
    private final Path errors;

    /** Starts it. */
    public MemberProcess(
            String name, String address, Path directory, String group, boolean bootstrap, Map<String, String> options)
            throws IOException {
        this.name = name;
        output = directory.resolve("events");
        errors = directory.resolve("log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                MemberMain.class.getName(),
                name,
                address,
                directory.toString(),
                group,
                Boolean.toString(bootstrap)));
        options.forEach((key, value) -> command.add(key + "=" + value));
        process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.ISO_8859_1));
    }

    /** Gives a command. */
    public void tell(String command) {
        try {
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " takes no commands: " + tail(), e);
        }
    }

    /** The whole lines that it has written. */
    public List<String> events() {
        try {
            String text = Files.readString(output, StandardCharsets.ISO_8859_1);
            return text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .filter(line -> line.startsWith(Member.MESSAGE)
                            || line.startsWith("view ")
                            || line.startsWith("left")
                            || line.equals("joined"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines about messages. */
    public List<String> messages() {
        return events().stream().filter(line -> line.startsWith(Member.MESSAGE)).toList();
    }

    /** The last view line, empty before the first. */
    public String view() {
        return events().stream().filter(line -> line.startsWith("view ")).reduce("", (former, latter) -> latter);
    }

    /** Waits for a view. */
    public void awaitView(boolean primary, int members, Duration limit) {
        String start = "view " + (primary ? "PRIM " : "NON_PRIM ");
        Await.until(
                name + " has a view of " + members + ", primary: " + primary,
                limit,
                () -> view().startsWith(start) && view().split(",").length == members,
                this::tail);
    }

    /** Waits until that many messages have come. */
    public void awaitMessages(int count, Duration limit) {
        Await.until(
                name + " has " + count + " messages", limit, () -> messages().size() >= count, this::tail);
    }

    private String tail() {
        try {
            String text = Files.readString(errors, StandardCharsets.ISO_8859_1);
            List<String> events = events();
            return name + " alive: " + process.isAlive() + ", " + events.size() + " events, last "
                    + events.subList(Math.max(0, events.size() - 3), events.size()) + "\n"
                    + text.substring(Math.max(0, text.length() - 3000));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kill -9. */
    public void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    private void awaitExit() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError(name + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
