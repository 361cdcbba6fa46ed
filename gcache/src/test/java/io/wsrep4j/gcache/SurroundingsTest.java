package io.wsrep4j.gcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache in a process of its own: what it leaves alone, and what it says when the machine or the JVM does not give what it needs. */
final class SurroundingsTest {

    @TempDir
    Path directory;

    private Path data;
    private Path work;
    private Path home;

    @BeforeEach
    void directories() throws IOException {
        data = Files.createDirectory(directory.resolve("data"));
        work = Files.createDirectory(directory.resolve("work"));
        home = Files.createDirectory(directory.resolve("home"));
    }

    private String run(List<String> command) throws Exception {
        Path output = directory.resolve("output");
        Process process = ChildProcess.start(command, work, output);
        assertThat(process.waitFor()).as(Files.readString(output)).isZero();
        return Files.readString(output);
    }

    private List<String> probe(List<String> options, String ring, String page, String payload) {
        return ChildProcess.command(SurroundingsProbe.class, options, List.of(data.toString(), ring, page, payload));
    }

    private List<Path> in(Path where) throws IOException {
        try (Stream<Path> files = Files.list(where)) {
            return files.toList();
        }
    }

    @Test
    void nothingIsReadFromTheWorkingDirectoryAndNothingIsLeftAnywhereElse() throws Exception {
        Files.writeString(
                work.resolve("system.properties"), "wsrep4j.planted=yes\nchronicle.analytics.disable=false\n");
        String output = run(probe(List.of("-Duser.home=" + home), "1048576", "1048576", "1000"));
        assertThat(output).contains("property: null").contains("newest: 3");
        assertThat(output).doesNotContain("disk~space").doesNotContain("analytics");
        assertThat(in(home)).as("JNA's own unpacking place at most").isSubsetOf(List.of(home.resolve(".cache")));
        assertThat(in(work)).hasSize(1);
        assertThat(in(data)).containsExactly(data.resolve("galera.cache"));
    }

    @Test
    void analyticsStayOffWhateverTheEnvironmentSays() throws Exception {
        String output = run(probe(
                List.of("-Duser.home=" + home, "-Dchronicle.analytics.disable=false"), "1048576", "1048576", "1000"));
        assertThat(output).contains("newest: 3");
        assertThat(in(home)).as("JNA's own unpacking place at most").isSubsetOf(List.of(home.resolve(".cache")));
        assertThat(System.getProperty("java.class.path")).doesNotContain("chronicle-analytics");
    }

    @Test
    void missingJvmFlagsAreNamed() throws Exception {
        List<String> command = new ArrayList<>(probe(List.of(), "1048576", "1048576", "1000"));
        command.removeIf(argument -> argument.startsWith("--add-opens=java.base/sun.nio.ch"));
        assertThat(run(command)).contains("not opened").contains("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
        assertThat(in(data)).isEmpty();
    }

    @Test
    void aFileSizeLimitAtStartIsAClearError() throws Exception {
        String output = run(limited(512, probe(List.of(), "4194304", "1048576", "1000")));
        assertThat(output).contains("not opened").contains("galera.cache");
        assertThat(in(data).stream().filter(Files::isDirectory)).isEmpty();
    }

    @Test
    void aFileSizeLimitInMidRunRefusesTheWriteSetAndKeepsTheRest() throws Exception {
        // Units of 1024 bytes: the ring fits, the page does not.
        String output = run(limited(4096, probe(List.of(), "1048576", "8388608", "600000")));
        assertThat(output).contains("refused: cannot allocate 600032 bytes").contains("gcache.page.000000");
        assertThat(in(data)).containsExactly(data.resolve("galera.cache"));
    }

    @Test
    void inAChrootWhoseRootIsNoMountPointTheCacheOpens() throws Exception {
        assumeTrue(run(List.of("id", "-u")).strip().equals("0"), "chroot needs root");
        // everything is mounted below the new root, which itself is a folder as any other; in a mount namespace that
        // ends with the probe
        String below = """
                for entry in /*; do
                    if [ -L "$entry" ]; then cp -a "$entry" "$0/"
                    elif [ -d "$entry" ]; then mkdir "$0$entry" && mount --rbind "$entry" "$0$entry"
                    fi || exit 1
                done
                mkdir "$0/data-of-probe" && exec chroot "$0" "$@"
                """;
        Path root = Files.createDirectory(directory.resolve("root"));
        List<String> command = new ArrayList<>(List.of("unshare", "-m", "bash", "-c", below, root.toString()));
        command.addAll(ChildProcess.command(
                SurroundingsProbe.class, List.of(), List.of("/data-of-probe", "1048576", "1048576", "1000")));
        assertThat(run(command)).contains("newest: 3");
    }

    private static List<String> limited(int kibibytes, List<String> command) {
        List<String> limited =
                new ArrayList<>(List.of("bash", "-c", "ulimit -f " + kibibytes + "; exec \"$@\"", "limited"));
        limited.addAll(command);
        return limited;
    }
}
