package io.wsrep4j.tests.debian;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.process.Command;
import io.wsrep4j.tests.process.NativeProcess;
import io.wsrep4j.tests.process.PrivateNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A host with Debian on it, pretended on this one: its own processes, mounts, name, cgroup and, if it boots, network and systemd. It knows nothing of
 * this machine's services, and changes nothing of this machine. Needs root's rights, and kernel namespaces. Not thread-safe.
 */
public final class DebianHost implements AutoCloseable {

    private static final Duration BOOT = Duration.ofSeconds(120);
    private static final List<String> SYSTEMD =
            List.of("/lib/systemd/systemd", "--log-target=console", "--show-status=false");
    private static final String IN_MEMORY = "-";

    private final String name;
    private final Path directory;
    private final List<String> network;
    private final List<String> arguments;
    private NativeProcess process;

    private DebianHost(String name, Path directory, List<String> network, List<String> arguments) {
        this.name = name;
        this.directory = directory;
        this.network = network;
        this.arguments = arguments;
    }

    /** A new host with this root that has booted, on this network. */
    public static DebianHost booted(DebianRoot root, PrivateNetwork network, int place) throws IOException {
        String name = "host" + place;
        Path layer = root.layer(name);
        List<String> arguments = new ArrayList<>(List.of(root.path().toString(), layer + "/changes"));
        DebianHost host = new DebianHost(name, layer, network.at(place), arguments);
        host.powerOn();
        host.awaitBoot();
        return host;
    }

    /** A copy of this machine on which nothing runs, in this machine's network; what is changed there is in memory. */
    public static DebianHost copyOfThisMachine(Path directory) throws IOException {
        DebianHost host = new DebianHost("copy", directory, List.of(), List.of("/", IN_MEMORY));
        host.start(List.of("sleep", "infinity"));
        return host;
    }

    /** Boots it; returns before all its services are there. */
    public void powerOn() throws IOException {
        start(SYSTEMD);
    }

    /** Waits for the services that start with it. */
    public void awaitBoot() {
        Await.until(
                "boot of " + name,
                BOOT,
                () -> run("systemctl is-system-running || true").startsWith("running"),
                this::unitsThatFailed);
    }

    private String unitsThatFailed() {
        try {
            return run("systemctl is-system-running; systemctl --failed; systemctl list-jobs; journalctl --lines 60");
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    private void start(List<String> init) throws IOException {
        List<String> command = new ArrayList<>(network);
        command.addAll(List.of("bash", DebianRoot.script("host", directory).toString()));
        command.addAll(arguments);
        command.add(directory.resolve("domain").toString());
        command.addAll(init);
        process = NativeProcess.start(name, command, Map.of(), directory, directory.resolve("console"))
                .killedAtExit();
        Await.until("process 1 of " + name, BOOT, () -> isInside(run("cat /proc/1/comm")), process::tail);
    }

    private static boolean isInside(String firstProcess) {
        return firstProcess.startsWith("sleep") || firstProcess.startsWith("systemd");
    }

    /** Takes the power from it; what it has written stays. */
    public void powerOff() throws IOException {
        process.close();
        // its cgroup is all that outlives it
        Path mount = directory.resolve("domain");
        String remove = "mount -t cgroup2 cgroup2 " + mount + " && cd " + mount + " && for attempt in {1..100}; do"
                + " [ -d wsrep4j-host-" + process.pid() + " ] || exit 0;"
                + " find wsrep4j-host-" + process.pid() + " -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.1;"
                + " done; exit 1";
        Command.run("unshare", "--mount", "bash", "-c", remove);
    }

    /**
     * Runs this in a shell there, as root, and waits for its end.
     *
     * @return what it has printed, errors too
     * @throws IOException if it ends with another code than 0; the message has what it has printed
     */
    public String run(String script) throws IOException {
        return enter(List.of("--net"), script);
    }

    /** As above, for what needs the outer world's network. */
    public String runOnline(String script) throws IOException {
        return enter(List.of(), script);
    }

    private String enter(List<String> also, String script) throws IOException {
        List<String> command = entry(also);
        command.add("cd\n" + script);
        return Command.run(command);
    }

    /** What a command line begins with whose last word is a script to be run there. */
    private List<String> entry(List<String> also) throws IOException {
        long init = ProcessHandle.of(process.pid())
                .flatMap(outer -> outer.children().findFirst())
                .orElseThrow(() -> new IOException(name + " does not run: " + process.tail()))
                .pid();
        List<String> command = new ArrayList<>(
                List.of("nsenter", "--target", Long.toString(init), "--mount", "--uts", "--ipc", "--pid", "--cgroup"));
        command.addAll(also);
        command.addAll(List.of("env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8"));
        command.addAll(List.of("DEBIAN_FRONTEND=noninteractive", "bash", "-c"));
        return command;
    }

    /** Copies a file of this machine into root's folder there. */
    public void take(Path file) throws IOException {
        List<String> command = new ArrayList<>(List.of("bash", "-c", "\"$@\" <'" + file + "'", "take"));
        command.addAll(entry(List.of()));
        command.add("cat >/root/" + file.getFileName());
        Command.run(command);
    }

    /** Ends it. */
    @Override
    public void close() throws IOException {
        powerOff();
    }
}
