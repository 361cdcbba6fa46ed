package io.wsrep4j.provider.arbitrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the arbitrator takes and refuses before it opens a connection (docs/spec/replicator-state-transfer.md 25). */
final class ArbitratorTest {

    @TempDir
    private Path directory;

    private static ArbitratorSettings settings(String address, String options) {
        return new ArbitratorSettings("garb", address, "group", ArbitratorSettings.TRIVIAL, "", options, Path.of("."));
    }

    private static String refusal(String... arguments) {
        StringWriter error = new StringWriter();
        CommandLine command = ArbitratorCommand.commandLine().setErr(new PrintWriter(error));
        assertThat(command.execute(arguments)).as("exit code, which is garbd's").isOne();
        assertThat(error.toString().lines())
                .as("one line says what was refused")
                .hasSize(1);
        return error.toString();
    }

    @Test
    void theArbitratorsOwnOptionsWin() {
        assertThat(settings("gcomm://x", "gcs.fc_limit=5; gmcast.segment=2").optionMap())
                .containsEntry("gcs.fc_limit", "9999999")
                .containsEntry("gcs.stateless", "yes")
                .containsEntry("gmcast.segment", "2");
    }

    @Test
    void aMissingOrStrangeAddressIsRefused() {
        assertThatThrownBy(() -> settings("", "")).hasMessageContaining("--address");
        assertThatThrownBy(() -> settings("127.0.0.1", "")).hasMessageContaining("no scheme");
        assertThat(refusal()).contains("--address");
        assertThat(refusal("--address", "gcomm://x", "gcomm://y", "--group", "g"))
                .contains("--address gcomm://x and gcomm://y");
    }

    @Test
    void theNameOfTheClusterIsNeededAsGarbdNeedsIt() {
        assertThat(refusal("--address", "gcomm://x")).contains("--group");
        assertThat(refusal("--colour", "red")).contains("--colour");
    }

    @Test
    void unknownOptionsAreRefusedByName() {
        assertThatThrownBy(() -> new Arbitrator(settings("gcomm://x", "debug=yes")))
                .hasMessageContaining("'debug'");
        assertThatThrownBy(() -> new Arbitrator(settings("gcomm://x", "gcs.nonsense=1")))
                .hasMessageContaining("gcs.nonsense");
        assertThatThrownBy(() -> new Arbitrator(settings("gcomm://x", "nonsense")))
                .hasMessageContaining("key=value");
        assertThat(refusal("--address", "gcomm://x", "--group", "g", "--options", "repl.proto_max=5"))
                .contains("repl.proto_max");
    }

    @Test
    void theConfigurationFileHasTheSameNamesAndTheCommandLineWins() throws Exception {
        Path file = directory.resolve("garb.cfg");
        Files.writeString(file, "# arbitrator\naddress = \"nonsense\"\n\noptions = gcs.fc_debug=0\n");
        assertThat(refusal("--cfg", file.toString())).contains("address 'nonsense' has no scheme");
        assertThat(refusal("--cfg", file.toString(), "--address", "other")).contains("address 'other' has no scheme");
        Files.writeString(file, "colour = red\n");
        assertThat(refusal("--cfg", file.toString())).contains("line 1").contains("colour = red");
    }

    @Test
    void aDaemonWithoutLauncherAndFilesThatCannotBeUsedAreRefused() throws Exception {
        assertThat(refusal("--daemon", "--address", "gcomm://x")).contains("launcher");
        Path file = Files.writeString(directory.resolve("daemon.cfg"), "daemon = 1\n");
        assertThat(refusal("--cfg", file.toString())).contains("--daemon");
        String none = directory.resolve("none/file").toString();
        assertThat(refusal("--cfg", none)).contains("cannot read " + none);
        assertThat(refusal("--address", "gcomm://x", "--log", none)).contains("cannot append to " + none);
        assertThat(refusal(
                        "--address",
                        "gcomm://x",
                        "--workdir",
                        directory.resolve("none").toString()))
                .contains("not a directory");
    }

    @Test
    void helpAndVersionAreAnswers() {
        StringWriter out = new StringWriter();
        CommandLine command = new CommandLine(new ArbitratorCommand()).setOut(new PrintWriter(out));
        assertThat(command.execute("--help")).isZero();
        assertThat(out.toString()).contains("--group", "--donor", "--sst", "--workdir");
        assertThat(new CommandLine(new ArbitratorCommand())
                        .setOut(new PrintWriter(out))
                        .execute("--version"))
                .isZero();
        assertThat(out.toString()).contains("wsrep4j arbitrator").contains("26.4.");
    }
}
