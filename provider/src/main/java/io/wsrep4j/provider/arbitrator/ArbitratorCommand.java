package io.wsrep4j.provider.arbitrator;

import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.provider.ProviderVersion;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The command line of the arbitrator, with garbd's option names and exit codes (docs/spec/replicator-state-transfer.md 25): 0 after an orderly end, 1 if
 * something was refused, which is told in one line, or the group was lost. The launcher in the package detaches it for {@code --daemon}, and reads
 * one line from the file named by the property {@value #STARTED}: "started", or what was refused.
 */
@Command(
        name = "wsrep4j arbitrator",
        description = "A cluster member that counts in the quorum and stores nothing.",
        sortOptions = false)
public final class ArbitratorCommand implements Callable<Integer> {

    /** Where the launcher waits for the outcome of a start that it has detached. */
    static final String STARTED = "wsrep4j.started";

    private static final Logger LOG = LoggerFactory.getLogger(ArbitratorCommand.class);
    private static final int REFUSED = 1;
    private static final Set<String> YES = Set.of("1", "true", "on", "yes");

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-n", "--name"},
            description = "name of the member (garb)")
    private String name;

    @Option(
            names = {"-a", "--address"},
            description = "address of the cluster: gcomm://host:port,...")
    private String address;

    @Parameters(index = "0", arity = "0..1", description = "the same as --address")
    private String positionalAddress;

    @Option(
            names = {"-g", "--group"},
            description = "name of the cluster")
    private String group;

    @Option(
            names = "--sst",
            description = "state transfer request (trivial); another one is sent once, and the member leaves")
    private String sst;

    @Option(names = "--donor", description = "wanted donors, separated by commas")
    private String donor;

    @Option(
            names = {"-o", "--options"},
            description = "key=value;... of the group and its transport")
    private String options;

    @Option(
            names = {"-l", "--log"},
            description = "file that the log is appended to, instead of standard error")
    private String log;

    @Option(
            names = {"-w", "--workdir"},
            description = "directory of its own, for gvwstate.dat (the current one)")
    private String workDirectory;

    @Option(
            names = {"-c", "--cfg"},
            description = "file with lines option = value, names as here without dashes")
    private Path configuration;

    @Option(
            names = {"-d", "--daemon"},
            description = "detach; the log goes to --log or to the system log")
    private boolean daemon;

    @Option(
            names = {"-v", "--version"},
            description = "print the version and exit")
    private boolean version;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "print this text and exit")
    private boolean help;

    /** Runs an arbitrator until SIGTERM or SIGINT; the exit code is 0 after an orderly end. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command with its way of refusing: one line and exit code 1. */
    static CommandLine commandLine() {
        return new CommandLine(new ArbitratorCommand()).setParameterExceptionHandler((refusal, arguments) -> {
            refusal.getCommandLine().getErr().println(refusal.getMessage());
            answer(refusal.getMessage());
            return REFUSED;
        });
    }

    @Override
    public Integer call() throws InterruptedException {
        if (version) {
            spec.commandLine().getOut().println("wsrep4j arbitrator " + ProviderVersion.text());
            return 0;
        }
        Map<String, String> file = configuration == null ? Map.of() : readFile(configuration);
        boolean detaches = daemon || YES.contains(chosen(null, file, "daemon", ""));
        if (detaches && System.getProperty(STARTED) == null) {
            throw refused("--daemon: a Java process cannot detach itself; start it with the launcher garbd or wsrep4j");
        }
        if (log != null || file.containsKey("log")) {
            redirect(Path.of(chosen(log, file, "log", "")));
        }
        Arbitrator arbitrator;
        try {
            arbitrator = new Arbitrator(settings(file));
        } catch (IllegalArgumentException e) {
            throw refused(e.getMessage());
        }
        answer("started");
        return run(arbitrator);
    }

    /** Tells the launcher, if one waits. */
    private static void answer(String line) {
        String waiting = System.getProperty(STARTED);
        if (waiting == null) {
            return;
        }
        try {
            Files.writeString(Path.of(waiting), line.replace('\n', ' ') + "\n", StandardOpenOption.WRITE);
        } catch (IOException e) {
            LOG.warn("the launcher cannot be told '{}': {}", line, e.toString());
        }
    }

    private int run(Arbitrator arbitrator) throws InterruptedException {
        AtomicBoolean running = new AtomicBoolean(true);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> stopForSignal(arbitrator, running), "wsrep4j-arbitrator-stop"));
        try {
            return arbitrator.run() ? 0 : REFUSED;
        } catch (GroupException e) {
            LOG.error("{}", e.getMessage());
            return REFUSED;
        } finally {
            running.set(false);
        }
    }

    /** Leaving is done by the time that stop returns. The JVM's own exit code would be that of a process that a signal has killed. */
    private static void stopForSignal(Arbitrator arbitrator, AtomicBoolean running) {
        if (running.get()) {
            arbitrator.stop();
            Runtime.getRuntime().halt(0);
        }
    }

    private ArbitratorSettings settings(Map<String, String> file) {
        if (address != null && positionalAddress != null) {
            throw new IllegalArgumentException(
                    "two addresses are given: --address " + address + " and " + positionalAddress);
        }
        String cluster = address != null ? address : positionalAddress;
        String directory = chosen(workDirectory, file, "workdir", "");
        Path home = Path.of(directory).toAbsolutePath();
        if (!Files.isDirectory(home)) {
            throw new IllegalArgumentException("--workdir " + home + " is not a directory");
        }
        String baseDirectory = directory.isEmpty() ? "" : ";base_dir=" + directory;
        return new ArbitratorSettings(
                chosen(name, file, "name", "garb"),
                chosen(cluster, file, "address", ""),
                chosen(group, file, "group", ""),
                chosen(sst, file, "sst", ArbitratorSettings.TRIVIAL),
                chosen(donor, file, "donor", ""),
                chosen(options, file, "options", "") + baseDirectory,
                home);
    }

    /** The command line's value, else the file's, else the default; one pair of double quotes is taken off. */
    private static String chosen(String given, Map<String, String> file, String key, String fallback) {
        String value = given != null ? given : file.getOrDefault(key, fallback);
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    private List<String> linesOf(Path path) {
        try {
            return Files.readAllLines(path);
        } catch (IOException e) {
            throw refused("--cfg: cannot read " + path + ": " + e);
        }
    }

    private Map<String, String> readFile(Path path) {
        Map<String, String> values = new HashMap<>();
        int number = 0;
        for (String line : linesOf(path)) {
            number++;
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            int equals = text.indexOf('=');
            String key = equals < 0 ? text : text.substring(0, equals).strip();
            if (equals < 0 || spec.findOption("--" + key) == null) {
                throw refused(path + ", line " + number + ": '" + text + "', expected option = value");
            }
            values.put(key, text.substring(equals + 1).strip());
        }
        return values;
    }

    private void redirect(Path path) {
        PrintStream file;
        try {
            file = new PrintStream(
                    Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                    true,
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw refused("--log: cannot append to " + path + ": " + e);
        }
        // before the first line is logged: the log's back end writes to standard error
        System.setErr(file);
    }

    private ParameterException refused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
