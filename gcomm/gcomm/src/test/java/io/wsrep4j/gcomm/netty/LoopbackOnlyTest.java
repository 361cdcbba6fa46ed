package io.wsrep4j.gcomm.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wsrep4j.kit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host with nothing but lo, in a process of its own, since Netty looks for hardware addresses once. */
final class LoopbackOnlyTest {

    @TempDir
    Path directory;

    /** The process. */
    public static void main(String[] arguments) throws Exception {
        try (TestNode a = new TestNode("a", Map.of());
                TestNode b = new TestNode("b", Map.of(), a.address)) {
            Await.until("connection", () -> a.isConnectedTo(b) && b.isConnectedTo(a));
            System.out.println("both are connected");
        }
    }

    @Test
    void nobodyIsWarnedThatThereIsNoHardwareAddress() throws Exception {
        Path probe = directory.resolve("probe.log");
        assumeTrue(run(probe, "true") == 0, "needs the right to make a network namespace");
        Path output = directory.resolve("output.log");

        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        int code = run(
                output,
                java,
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                LoopbackOnlyTest.class.getName());

        assertThat(Files.readString(output))
                .contains("both are connected")
                .doesNotContain("MacAddress")
                .doesNotContain("MAC address");
        assertThat(code).isZero();
    }

    private static int run(Path output, String... command) throws Exception {
        List<String> inside = new java.util.ArrayList<>(
                List.of("unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"));
        inside.addAll(List.of(command));
        return new ProcessBuilder(inside)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
    }
}
