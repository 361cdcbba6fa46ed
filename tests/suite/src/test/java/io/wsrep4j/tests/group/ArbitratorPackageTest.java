package io.wsrep4j.tests.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.process.Command;
import io.wsrep4j.tests.process.FreePorts;
import io.wsrep4j.tests.process.NativeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The arbitrator of the package in garbd's place (docs/spec/replicator-state-transfer.md 25): started by its launcher, by Debian's service with its
 * defaults file, and as a daemon, beside real servers of either kind.
 */
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ArbitratorPackageTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration ORDERLY_END = Duration.ofSeconds(15);
    private static final String GROUP = "wsrep4j-test";

    @TempDir
    private Path directory;

    private static Path provider(String kind) {
        return kind.equals("galera") ? Providers.galera() : Providers.wsrep4j();
    }

    private static String ownPort() {
        return "gmcast.listen_addr=tcp://127.0.0.1:" + FreePorts.one();
    }

    @ParameterizedTest(name = "between nodes of {0}")
    @ValueSource(strings = {"wsrep4j", "galera"})
    void itsVoteKeepsTheOneNodePrimaryWhoseOnlyPeerIsKilled(String kind) throws Exception {
        try (MariaDbServer stays =
                        MariaDbServer.named("stays").provider(provider(kind)).create();
                MariaDbServer dies =
                        MariaDbServer.named("dies").provider(provider(kind)).create()) {
            stays.bootstrap();
            dies.join(stays);
            Path home = Files.createDirectory(directory.resolve("home"));
            try (NativeProcess arbitrator =
                    OwnArbitrator.start(MariaDbServer.clusterAddress(stays, dies), GROUP, ownPort(), home)) {
                stays.awaitStatus("wsrep_cluster_size", "3", PATIENCE);
                dies.kill();
                stays.awaitStatus("wsrep_cluster_size", "2", PATIENCE);
                assertThat(stays.status("wsrep_cluster_status")).isEqualTo("Primary");
                stays.execute("CREATE TABLE test.voted (id INT PRIMARY KEY)");
                arbitrator.signal("TERM");
                assertThat(arbitrator.awaitExit(ORDERLY_END))
                        .as(arbitrator::output)
                        .isZero();
            }
            stays.awaitStatus("wsrep_cluster_size", "1", PATIENCE);
            stays.execute("INSERT INTO test.voted VALUES (1)");
        }
    }

    @ParameterizedTest(name = "among nodes of {0}")
    @ValueSource(strings = {"wsrep4j", "galera"})
    void debiansServiceRunsItWithItsDefaultsFile(String kind) throws Exception {
        try (MariaDbServer one =
                        MariaDbServer.named("one").provider(provider(kind)).create();
                MariaDbServer two =
                        MariaDbServer.named("two").provider(provider(kind)).create()) {
            one.bootstrap();
            two.join(one);
            Path log = Files.createFile(
                    directory.resolve("garb.log"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-rw-rw-")));
            Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rw-rw-rw-"));
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            String defaults = "GALERA_NODES=\"127.0.0.1:" + one.groupPort() + " 127.0.0.1:" + two.groupPort()
                    + "\"\nGALERA_GROUP=\"" + GROUP + "\"\nGALERA_OPTIONS=\"gmcast.segment=3;" + ownPort() + "\"\n";
            service(one, defaults, directory.resolve("output"));
            service(one, defaults + "LOG_FILE=\"" + log + "\"\n", log);
        }
    }

    @Test
    void asADaemonItIsDetachedAndLeavesWhenItIsTold() throws Exception {
        try (MariaDbServer member =
                MariaDbServer.named("one").provider(Providers.wsrep4j()).create()) {
            member.bootstrap();
            Path log = directory.resolve("daemon.log");
            String port = ownPort();
            Path file = Files.writeString(
                    directory.resolve("garb.cfg"),
                    "# as garbd's manual has it\ndaemon=1\naddress=\"gcomm://127.0.0.1:" + member.groupPort()
                            + "\"\ngroup=\"" + GROUP + "\"\noptions=\"" + port + "\"\nlog=\"" + log + "\"\n");
            NativeProcess launcher = finished(OwnArbitrator.command().toString(), "--cfg " + file);
            assertThat(launcher.exitCode()).as(launcher::output).isZero();
            ProcessHandle daemon = ProcessHandle.allProcesses()
                    .filter(process -> process.info().commandLine().orElse("").contains("--cfg " + file))
                    .findAny()
                    .orElseThrow();
            try {
                Await.until("its log", PATIENCE, () -> Files.readString(log).contains("JOINED -> SYNCED"));
                member.awaitStatus("wsrep_cluster_size", "2", PATIENCE);
                assertThat(daemon.destroy()).isTrue();
                Await.until("its end", ORDERLY_END, () -> !daemon.isAlive());
                member.awaitStatus("wsrep_cluster_size", "1", ORDERLY_END);
            } finally {
                daemon.destroyForcibly();
            }
        }
    }

    /** As systemd does it: user nobody, no environment, working directory /, ended by SIGINT to all of the service. */
    private void service(MariaDbServer member, String defaults, Path log) throws Exception {
        String start = "exec setsid setpriv --reuid=nobody --regid=nogroup --clear-groups"
                + " env -i PATH=/usr/sbin:/usr/bin /usr/bin/garb-systemd start";
        try (NativeProcess service = inGarbdsPlace(defaults, start)) {
            awaitSize(member, "3", service);
            Await.until(
                    "the arbitrator's own word",
                    PATIENCE,
                    () -> Files.readString(log).contains("Shifting JOINED -> SYNCED"),
                    service::output);
            Command.run("kill", "-INT", "--", "-" + service.pid());
            assertThat(service.awaitExit(ORDERLY_END)).as(service::output).isZero();
            assertThat(service.output()).doesNotContain("Exception");
        }
        member.awaitStatus("wsrep_cluster_size", "2", PATIENCE);
    }

    private static void awaitSize(MariaDbServer member, String size, NativeProcess starter) {
        Await.until(
                "a cluster of " + size,
                PATIENCE,
                () -> member.status("wsrep_cluster_size").equals(size),
                starter::output);
    }

    /** Runs it with our launcher as /usr/bin/garbd and these defaults, which nobody else on this machine sees. */
    private NativeProcess inGarbdsPlace(String defaults, String command) throws IOException {
        Path hidden = Files.createDirectories(directory.resolve("private"));
        Files.writeString(directory.resolve("defaults"), defaults);
        Path script = Files.writeString(
                directory.resolve("script"),
                String.join(
                        "\n",
                        "set -e",
                        "mount -t tmpfs tmpfs " + hidden,
                        "cp " + directory.resolve("defaults") + " " + hidden + "/garb",
                        "mkdir " + hidden + "/upper " + hidden + "/work",
                        "mount -t overlay overlay -o lowerdir=/usr/bin,upperdir=" + hidden + "/upper,workdir=" + hidden
                                + "/work /usr/bin",
                        "ln -sf " + OwnArbitrator.command() + " /usr/bin/garbd",
                        "mount --bind " + hidden + "/garb /etc/default/garb",
                        "cd /",
                        command,
                        ""));
        return NativeProcess.start(
                        "garb service",
                        List.of("unshare", "--mount", "bash", script.toString()),
                        Map.of(),
                        directory,
                        directory.resolve("output"))
                .killedAtExit();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--colour red",
                "--address gcomm://127.0.0.1:1",
                "--address gcomm://127.0.0.1:1 --group g --options debug=yes",
                "--address gcomm://127.0.0.1:1 --group g --options evs.send_window=abc",
                "--address none://127.0.0.1:1 --group g",
                "--address gcomm://127.0.0.1:1 --group g --log /nowhere/log",
                "--cfg /nowhere/cfg",
                "--daemon --address gcomm://127.0.0.1:1",
                "--version"
            })
    void itsExitCodeIsGarbdsAndWhatIsRefusedIsSaidInOneLine(String arguments) throws IOException {
        NativeProcess garbd = finished("garbd", arguments);
        NativeProcess ours = finished(OwnArbitrator.command().toString(), arguments);
        assertThat(ours.exitCode()).as(ours::output).isEqualTo(garbd.exitCode());
        assertThat(ours.output().lines().toList())
                .as("what is said of: " + arguments)
                .hasSize(1);
    }

    private NativeProcess finished(String program, String arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(
                Stream.of(arguments.split(" ")).filter(word -> !word.isEmpty()).toList());
        Path output = Files.createTempFile(directory, "output", "");
        NativeProcess process = NativeProcess.start(program, command, Map.of(), directory, output)
                .killedAtExit();
        process.awaitExit(PATIENCE);
        return process;
    }

    @Test
    void whatAServerLoadsHoldsNothingOfTheCommandLineNorOfTheStreamedSnapshot() throws IOException {
        Path lib = Providers.wsrep4j().resolveSibling("lib");
        assertThat(namesIn(lib))
                .anyMatch(name -> name.startsWith("wsrep4j-provider-"))
                .noneMatch(name -> name.startsWith("picocli"))
                .noneMatch(name -> name.startsWith("slf4j-simple"))
                .noneMatch(name -> name.startsWith("wsrep4j-sst"))
                .noneMatch(name -> name.startsWith("zstd"));
        assertThat(namesIn(lib.resolve("arbitrator")))
                .anyMatch(name -> name.startsWith("picocli"))
                .anyMatch(name -> name.startsWith("slf4j-simple"));
    }

    private static List<String> namesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
