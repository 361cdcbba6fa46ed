package io.wsrep4j.tests.mariadb;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.process.Command;
import io.wsrep4j.tests.process.NativeProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs tests of MariaDB's own suite galera, from Debian's package mariadb-test, unchanged and with MariaDB's own program, against a provider:
 * {@code ./wsrep4j test mtr [TEST...]}. Without names it runs the list in {@code galera-suite.txt}. A name is {@code TEST} of suite galera or
 * {@code SUITE.TEST}; an argument with a leading {@code --} is handed to mariadb-test-run.pl.
 *
 * <p>Servers run as user mysql if this process is root's. mariadb-test-run.pl takes free ports itself and locks them against other runs on
 * the machine. All files but those locks are below one temporary directory; both are gone at the end. What a failed test left in its logs is
 * kept in {@code tests/target/mtr/}. One thread.
 */
public final class MariadbTestRun {

    private static final Path SUITES = Path.of("/usr/share/mysql/mysql-test");
    private static final String LIST = "galera-suite.txt";

    /** Where mariadb-test-run.pl locks the ports that it takes, a file for each set of ports; it never removes them. */
    private static final Path PORT_LOCKS = Path.of("/tmp/mysql-unique-ids");

    /**
     * Nobody is displaced by whom he wakes up. MDEV-35511 reads the audit log as soon as a result has come, and the server writes the line some 30
     * us after it has sent the result: a client that wakes up on the server thread's processor and displaces it reads too early.
     */
    private static final List<String> AS_BATCH = List.of("chrt", "--batch", "0");

    private static final Duration END = Duration.ofMinutes(1);
    private static final Pattern NOT_RUN = Pattern.compile("^\\S+\\.\\S+ .*\\[ (skipped|disabled) ].*");

    private final Path repository;
    private final Path home;
    private final boolean locksWereThere = Files.exists(PORT_LOCKS);
    private Process running;
    private volatile boolean interrupted;

    private MariadbTestRun(Path repository) throws IOException {
        this.repository = repository;
        this.home = Files.createTempDirectory(
                "wsrep4j-mtr-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    /** Ends with 0 if every test ran and passed, with 1 otherwise. The environment's WSREP_PROVIDER replaces our own provider. */
    public static void main(String[] arguments) throws Exception {
        String other = System.getenv("WSREP_PROVIDER");
        Path provider = other == null || other.isEmpty() ? Providers.wsrep4j() : Path.of(other);
        List<String> tests = List.of(arguments);
        int code =
                run(provider, tests.stream().allMatch(test -> test.startsWith("--")) ? all(tests) : tests, System.out);
        System.exit(code == 0 ? 0 : 1);
    }

    /**
     * Runs the tests, one after the other, and waits for their end.
     *
     * @param provider the library of the provider; what lies in its directory goes with it
     * @param arguments names of tests, and options of mariadb-test-run.pl
     * @param output where each line of mariadb-test-run.pl goes as it comes
     * @return 0 if every test ran and passed
     */
    public static int run(Path provider, List<String> arguments, PrintStream output)
            throws IOException, InterruptedException {
        Path program = SUITES.resolve("mariadb-test-run.pl");
        if (!Files.exists(program)) {
            throw new IOException(program + " does not exist; run   apt-get install mariadb-test   as root");
        }
        Path repository = Path.of(System.getProperty("wsrep4j.repository", "../.."))
                .toAbsolutePath()
                .normalize();
        MariadbTestRun run = new MariadbTestRun(repository);
        Thread interruption = new Thread(() -> {
            run.interrupted = true;
            run.close();
        });
        Runtime.getRuntime().addShutdownHook(interruption);
        try {
            DataDirectories.giveToServerUser(run.home);
            int code = run.start(run.readable(provider), arguments, output);
            if (code != 0 && !run.interrupted) {
                run.keepLogs(output);
            }
            return code;
        } finally {
            if (!run.interrupted) {
                run.close();
                Runtime.getRuntime().removeShutdownHook(interruption);
            }
        }
    }

    /** The tests that must pass. */
    public static List<String> all() throws IOException {
        return all(List.of());
    }

    private static List<String> all(List<String> options) throws IOException {
        try (InputStream list = MariadbTestRun.class.getResourceAsStream(LIST)) {
            Stream<String> names = new String(list.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"));
            return Stream.concat(options.stream(), names).toList();
        }
    }

    /**
     * User mysql may not get to where the provider was built; so ours is copied, and prepared there as an operator should: several tests of
     * suite galera_sr expect another node to have applied a statement within the time of a few others, which a JVM without its archive of
     * classes takes for loading classes alone. A provider of the system can be read by all.
     */
    private Path readable(Path provider) throws IOException {
        if (!provider.startsWith(repository)) {
            return provider;
        }
        Path copy = home.resolve("provider");
        Command.run(List.of("cp", "-r", provider.getParent().toString(), copy.toString()));
        Command.run(List.of("chmod", "-R", "a+rX", copy.toString()));
        // 1: one of this machine's JDKs has no archive, which only takes longer
        Command.run(List.of("sh", "-c", "'" + copy.resolve("prepare-start") + "' || [ $? -eq 1 ]"));
        return copy.resolve(provider.getFileName());
    }

    private int start(Path provider, List<String> arguments, PrintStream output)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(AS_BATCH);
        if (DataDirectories.asRoot()) {
            command.addAll(List.of("runuser", "-u", "mysql", "--"));
        }
        command.addAll(List.of(
                "perl",
                "mariadb-test-run.pl",
                "--vardir=" + home.resolve("var"),
                "--suite=galera",
                "--force",
                "--max-test-fail=0",
                "--retry=0"));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(SUITES.toFile()).redirectErrorStream(true);
        builder.environment().put("WSREP_PROVIDER", provider.toString());
        builder.environment().put("HOME", home.toString());
        // the program kills servers, and a killed JVM leaves the socket of its attach mechanism in /tmp
        builder.environment().merge("WSREP4J_JAVA_OPTIONS", "-XX:+DisableAttachMechanism", (a, b) -> a + " " + b);
        running = builder.start();
        running.getOutputStream().close();
        List<String> notRun = echo(running, output);
        int code = running.waitFor();
        notRun.forEach(line -> output.println("not run: " + line));
        return code != 0 ? code : notRun.size();
    }

    private static List<String> echo(Process process, PrintStream output) throws IOException {
        List<String> notRun = new ArrayList<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.println(line);
                if (NOT_RUN.matcher(line).matches()) {
                    notRun.add(line);
                }
            }
        }
        return notRun;
    }

    private void keepLogs(PrintStream output) throws IOException {
        Path logs = home.resolve("var/log");
        Path kept = repository.resolve("tests/target/mtr");
        DataDirectories.delete(kept);
        if (!Files.isDirectory(logs)) {
            return;
        }
        try (Stream<Path> files = Files.walk(logs)) {
            for (Path file : (Iterable<Path>) files.filter(MariadbTestRun::isLog)::iterator) {
                Path target = kept.resolve(logs.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        output.println("logs are in " + kept);
    }

    private static boolean isLog(Path file) {
        return Files.isRegularFile(file) && file.toString().matches(".*\\.(err|log|reject|cnf)");
    }

    /** Ends what runs, with its servers, and removes all files. */
    private synchronized void close() {
        try {
            if (running != null && running.isAlive()) {
                endWithServers();
            }
            DataDirectories.delete(home);
            if (!locksWereThere) {
                removePortLocks();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Those of runs that began meanwhile are held, and stay. */
    private static void removePortLocks() throws IOException {
        if (Files.exists(PORT_LOCKS)) {
            String removeFree = "for lock in *; do flock --nonblock \"$lock\" rm -f \"$lock\"; done";
            String removeEmpty = "rmdir --ignore-fail-on-non-empty " + PORT_LOCKS;
            Command.run(List.of("sh", "-c", "cd " + PORT_LOCKS + "; " + removeFree + "; " + removeEmpty));
        }
    }

    /** With the program's processes, which would start servers again, all ends that was started below the temporary directory. */
    private void endWithServers() throws InterruptedException {
        List<ProcessHandle> descendants = running.descendants().toList();
        running.destroyForcibly();
        running.waitFor();
        descendants.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle descendant : descendants) {
            descendant.onExit().join();
        }
        Await.until("nothing runs below " + home, END, () -> NativeProcess.killAllWith(home.toString())
                .isEmpty());
    }
}
