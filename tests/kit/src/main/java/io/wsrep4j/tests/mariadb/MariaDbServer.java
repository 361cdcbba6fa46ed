package io.wsrep4j.tests.mariadb;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.process.NativeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One unmodified mariadbd with its own data directory and ports. It can be started and stopped many times; {@link #close} removes all. An end that is
 * not wanted, by {@link #stop}, {@link #kill} or {@link #awaitEnd}, fails whatever comes next: the next start, {@link #isRunning} and {@link #close}.
 *
 * <pre>{@code
 * try (MariaDbServer server = MariaDbServer.named("n1").provider(Providers.wsrep4j()).create()) {
 *     server.bootstrap();
 *     server.execute("CREATE TABLE test.t (a INT PRIMARY KEY)");
 * }
 * }</pre>
 */
public final class MariaDbServer implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(240);
    private static final Duration STOP = Duration.ofSeconds(60);

    /** How the server's report of a signal that it got begins. */
    private static final String CRASH = " got signal ";

    private static final int SIGNALLED = 128;
    private static final int KILLED = SIGNALLED + 9;

    private static final Pattern RECOVERED = Pattern.compile("Recovered position:? ([-0-9a-f]+:-?\\d+)");

    private final ServerSettings settings;
    private final Path home;
    private final ServerPlace place;
    private final ServerClient client;
    private NativeProcess process;
    private long launchedAt;
    private volatile boolean endIsWanted;

    MariaDbServer(ServerSettings settings) throws IOException {
        this.settings = settings;
        home = DataDirectories.newHome(settings.name, settings.release);
        place = new ServerPlace(settings, home);
        place.writeConfiguration();
        client = new ServerClient(settings, place);
    }

    /** Begins the description of a server. */
    public static ServerSettings named(String name) {
        return new ServerSettings(name);
    }

    /** Starts it as the first node of a cluster and waits until it takes clients and is ready. */
    public MariaDbServer bootstrap() throws IOException {
        return start("gcomm://", "--wsrep-new-cluster");
    }

    /** Starts it as a member of the cluster of these servers and waits until it is ready. */
    public MariaDbServer join(MariaDbServer... members) throws IOException {
        launch(clusterAddress(members));
        return awaitReady();
    }

    /** Starts it as a member of the cluster of these servers, asks the first for its state, and waits until it is ready. */
    public MariaDbServer joinFrom(MariaDbServer donor, MariaDbServer... others) throws IOException {
        List<MariaDbServer> members = new ArrayList<>(List.of(others));
        members.add(0, donor);
        launch(clusterAddress(members.toArray(new MariaDbServer[0])), "--wsrep-sst-donor=" + donor.name());
        try {
            return awaitReady();
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\nthe donor:\n" + donor.process.tail(), e);
        }
    }

    /** Moves it to another provider; it must be stopped. */
    public MariaDbServer changeProvider(Path library) {
        if (isRunning()) {
            throw new IllegalStateException(process + " still runs");
        }
        settings.provider(library);
        return this;
    }

    /** Upgrades it: its data stay; it must be stopped. */
    public MariaDbServer changeRelease(Release release) {
        if (isRunning()) {
            throw new IllegalStateException(process + " still runs");
        }
        settings.release(release);
        return this;
    }

    /** Gives it another value of an environment variable; it must be stopped. */
    public MariaDbServer changeEnvironment(String variable, String value) {
        if (isRunning()) {
            throw new IllegalStateException(process + " still runs");
        }
        settings.environment(variable, value);
        return this;
    }

    /** Starts it with this cluster address and waits until it is ready. */
    public MariaDbServer start(String clusterAddress, String... more) throws IOException {
        launch(clusterAddress, more);
        return awaitReady();
    }

    /** Starts the process and returns at once. */
    public MariaDbServer launch(String clusterAddress, String... more) throws IOException {
        if (isRunning()) {
            throw new IllegalStateException(process + " still runs");
        }
        place.changeSstPort();
        List<String> command = command(clusterAddress);
        command.addAll(List.of(more));
        launchedAt = Files.exists(log()) ? Files.size(log()) : 0;
        endIsWanted = false;
        process = NativeProcess.start(settings.name, command, settings.environment, home, log());
        if (!settings.ownerStopsAtExit) {
            process.killedAtExit();
        }
        return this;
    }

    /**
     * True from its launch to its end.
     *
     * @throws AssertionError if it has ended and nobody wanted that
     */
    public boolean isRunning() {
        if (process == null || process.isAlive()) {
            return process != null;
        }
        if (!endIsWanted) {
            throw new AssertionError(unwantedEnd());
        }
        return false;
    }

    private String unwantedEnd() {
        return process + " ended with " + process.exitCode() + ", which nobody wanted\n" + process.tail();
    }

    /** The command line without what {@code launch} adds. */
    public List<String> command(String clusterAddress) {
        return place.command(clusterAddress);
    }

    /** The cluster address that names these servers. */
    public static String clusterAddress(MariaDbServer... members) {
        List<String> addresses = new ArrayList<>();
        for (MariaDbServer member : members) {
            addresses.add(member.place.groupAddress());
        }
        return "gcomm://" + String.join(",", addresses);
    }

    /**
     * The position that the storage engine has recorded, as {@code galera_recovery} finds it before it starts a server that was killed: the value
     * for {@code --wsrep-start-position}.
     */
    public String recoveredPosition() throws IOException {
        Path log = home.resolve("recovery.log");
        Files.deleteIfExists(log);
        List<String> command = command("gcomm://");
        command.add("--wsrep-recover");
        try (NativeProcess recovery = NativeProcess.start(
                        settings.name + "-recovery", command, settings.environment, home, log)
                .killedAtExit()) {
            int code = recovery.awaitExit(START);
            Matcher position = RECOVERED.matcher(recovery.output());
            if (code != 0 || !position.find()) {
                throw new AssertionError("no recovered position (exit code " + code + ")\n" + recovery.tail());
            }
            return position.group(1);
        }
    }

    /** Waits until clients get in and, with a provider, wsrep_ready is ON. */
    public MariaDbServer awaitReady() {
        Await.until(
                settings.name + " is ready",
                START,
                () -> {
                    demandRunning();
                    return settings.provider.equals("none")
                            ? queryOne("SELECT 1").equals("1")
                            : "ON".equals(status("wsrep_ready"));
                },
                () -> process.isAlive() ? process.tail() : "it has ended\n" + process.tail());
        return this;
    }

    /** Waits until a status variable has this value. */
    public void awaitStatus(String variable, String value, Duration timeout) {
        Await.until(
                settings.name + ": " + variable + " = " + value,
                timeout,
                () -> {
                    demandRunning();
                    return value.equals(status(variable));
                },
                () -> settings.name + ": " + variable + " = " + lastStatus(variable) + "\n" + process.tail());
    }

    private String lastStatus(String variable) {
        try {
            return status(variable);
        } catch (SQLException e) {
            return e.getMessage();
        }
    }

    /** Stops it as an operator does, with SIGTERM, and demands that it ran, and exit code 0. */
    public void stop() {
        demandRunning();
        process.signal("TERM");
        awaitEnd(0, STOP);
    }

    /** Kill -9; demands that it ran until then. */
    public void kill() {
        demandRunning();
        endIsWanted = true;
        process.kill();
        endIsWanted = wasKilled();
        isRunning();
    }

    /** That alone: a process that was about to end by a crash has reported it before. */
    private boolean wasKilled() {
        return process.exitCode() == KILLED && !logSinceLaunch().contains(CRASH);
    }

    /** Waits until it ends, as is wanted, by itself or by a signal that it was sent, and gives the exit code. */
    public int awaitEnd(Duration timeout) {
        int code = process.awaitExit(timeout);
        endIsWanted = true;
        return code;
    }

    /**
     * Waits until it ends, and demands this exit code, and that it has reported no crash unless the code is that of a signal, 128 or more. Meant for a
     * server that is to give up: what says why is in {@link #logSinceLaunch}.
     */
    public void awaitEnd(int code, Duration timeout) {
        int ended = awaitEnd(timeout);
        if (ended != code || code < SIGNALLED && logSinceLaunch().contains(CRASH)) {
            throw new AssertionError(
                    process + " ended with " + ended + ", " + code + " and no crash was wanted\n" + process.tail());
        }
    }

    void demandRunning() {
        if (!isRunning()) {
            throw new AssertionError(settings.name + " does not run");
        }
    }

    /**
     * Ends what a dead server left running: its snapshot script and its rsync daemon notice only a little later that it is gone. To be called before
     * its files are removed or put back.
     */
    public void endOrphans() {
        Await.until(
                "nothing of " + settings.name + " runs any more",
                STOP,
                () -> NativeProcess.killAllWith(home.toString()).isEmpty(),
                () -> String.join("\n", NativeProcess.killAllWith(home.toString())));
    }

    /** The running (or last) process. */
    public NativeProcess process() {
        return process;
    }

    /** A new connection; the caller closes it. */
    public Connection connect() throws SQLException {
        return client.connect();
    }

    /** Runs statements one by one on a connection of their own. The failure of one names it. */
    public void execute(String... statements) throws SQLException {
        client.execute(statements);
    }

    /**
     * The one column of the first row, as text; null if there is no row.
     *
     * @throws IllegalArgumentException if the result has more columns: what is compared must not be the first of them by accident
     */
    public String queryOne(String sql) throws SQLException {
        return client.queryOne(sql);
    }

    /** Value of one global status variable; null if there is none of that name. */
    public String status(String variable) throws SQLException {
        return statuses(variable).get(variable);
    }

    /** Global status variables by a LIKE pattern. */
    public Map<String, String> statuses(String pattern) throws SQLException {
        return client.statuses(pattern);
    }

    /** The provider's options as the server shows them, by name. */
    public Map<String, String> providerOptions() throws SQLException {
        return client.providerOptions();
    }

    public String name() {
        return settings.name;
    }

    public int port() {
        return place.port();
    }

    public int groupPort() {
        return place.groupPort();
    }

    /** Where it listens for incremental transfers. */
    public int istPort() {
        return place.istPort();
    }

    public Path home() {
        return home;
    }

    public Path dataDirectory() {
        return place.dataDirectory();
    }

    public Path socket() {
        return place.socket();
    }

    /** The text of grastate.dat. */
    public String savedState() throws IOException {
        return Files.readString(dataDirectory().resolve("grastate.dat"));
    }

    /** The server's error log, of all its lives. */
    public Path log() {
        return home.resolve("error.log");
    }

    public String logText() throws IOException {
        return Files.exists(log()) ? Files.readString(log(), StandardCharsets.ISO_8859_1) : "";
    }

    /** What the running (or last) process has logged. */
    public String logSinceLaunch() {
        return process.output().substring((int) launchedAt);
    }

    /** Waits until the error log, from this offset on, contains a text. */
    public void awaitLog(long offset, String text, Duration timeout) {
        Await.until(
                settings.name + " logs '" + text + "'",
                timeout,
                () -> logText().indexOf(text, (int) offset) >= 0,
                () -> process.tail());
    }

    /**
     * Kills it if it runs, and removes its files.
     *
     * @throws AssertionError if it has ended, or has crashed and is about to, and nobody wanted that; its files are removed then, too
     */
    @Override
    public void close() throws IOException {
        try {
            if (process != null && process.isAlive()) {
                kill();
            }
            isRunning();
        } finally {
            DataDirectories.delete(home);
        }
    }
}
