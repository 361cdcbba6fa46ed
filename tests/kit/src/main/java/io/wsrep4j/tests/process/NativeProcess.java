package io.wsrep4j.tests.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that runs until it is told to stop, with its output in a file. Thread-safe. */
public final class NativeProcess implements AutoCloseable {

    private final Process process;
    private final Path output;
    private final String name;

    private NativeProcess(String name, Process process, Path output) {
        this.name = name;
        this.process = process;
        this.output = output;
    }

    /** Starts it; standard output and error are appended to {@code output}. The environment is the caller's, with {@code environment} on top. */
    public static NativeProcess start(
            String name, List<String> command, Map<String, String> environment, Path directory, Path output)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().putAll(environment);
        NativeProcess started = new NativeProcess(name, builder.start(), output);
        return started;
    }

    /** Kills it at the latest when this JVM ends. */
    public NativeProcess killedAtExit() {
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return this;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Exit code of a process that has ended; killed by signal n gives 128 + n. */
    public int exitCode() {
        return process.exitValue();
    }

    /** Sends a signal by name: TERM, KILL, STOP, CONT, SEGV... */
    public void signal(String signal) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid()))
                    .inheritIO()
                    .start();
            if (kill.waitFor() != 0 && isAlive()) {
                throw new IllegalStateException("cannot send " + signal + " to " + this);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * Waits for the end.
     *
     * @return the exit code
     * @throws AssertionError if it does not end in time; it is killed then, and the end of its output is in the message
     */
    public int awaitExit(Duration timeout) {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(this + " did not end within " + timeout + "\n" + tail());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Kill -9, and wait until it is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(30));
    }

    /**
     * Kills all processes of this machine whose command line contains {@code text}.
     *
     * @return the command lines found, after their process numbers
     */
    public static List<String> killAllWith(String text) {
        List<String> found = new ArrayList<>();
        for (ProcessHandle handle : ProcessHandle.allProcesses().toList()) {
            String line = commandLine(handle.pid());
            if (line.contains(text)) {
                found.add(handle.pid() + " " + line);
                handle.destroyForcibly();
            }
        }
        return found;
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ');
        } catch (IOException hasEnded) {
            return "";
        }
    }

    /** All it has printed so far. */
    public String output() {
        try {
            return Files.exists(output) ? Files.readString(output, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of what it has printed. */
    public String tail() {
        String text = output();
        return text.substring(Math.max(0, text.length() - 6000));
    }

    /** Ends it by force if it still runs. */
    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
    }

    @Override
    public String toString() {
        return name + " (pid " + pid() + ")";
    }
}
