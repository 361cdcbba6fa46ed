package io.wsrep4j.gcomm.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.kit.Await;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node in a process of its own that may open few files, and callers that use them up. */
final class DescriptorsTest {

    private static final int CALLERS = 300;

    /** Less than the unfinished connections that a node keeps of one host. */
    private static final int ROOM = 40;

    @TempDir
    Path directory;

    /** The process: says where it listens, then at each line that it reads how long its event loop has worked. */
    public static void main(String[] arguments) throws Exception {
        // what is loaded now needs no file later
        try (TestNode node = new TestNode("node", Map.of("gmcast.peer_timeout", "PT30S"));
                TestNode first = new TestNode("first", Map.of(), node.address)) {
            Await.until("connection", () -> node.isConnectedTo(first));
            workedMillis();
            System.out.println(node.address + " " + node.id());
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
            while (in.readLine() != null) {
                System.out.println(workedMillis());
            }
        }
    }

    private static long workedMillis() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("gcomm-node")) {
                return threads.getThreadCpuTime(thread.getThreadId()) / 1_000_000;
            }
        }
        throw new IllegalStateException("no event loop");
    }

    @Test
    void anAcceptThatFindsNoDescriptorIsTriedAgainAtLeisureAndTheNodeGoesOn() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "needs prlimit");
        Path log = directory.resolve("node.log");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        java, "-Xmx64m", "-cp", System.getProperty("java.class.path"), DescriptorsTest.class.getName())
                .redirectError(log.toFile())
                .start();
        List<Socket> callers = new ArrayList<>();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            String line = said.readLine();
            List<String> lines = new ArrayList<>();
            while (line != null && !line.startsWith("tcp://")) {
                lines.add(line);
                line = said.readLine();
            }
            assertThat(line).as("%s %s", lines, Files.readString(log)).isNotNull();
            NodeAddress address = NodeAddress.parse(line.split(" ")[0]);
            Uuid node = Uuid.parse(line.split(" ")[1]);
            leaveRoomForFewer(process.pid());
            for (int i = 0; i < CALLERS; i++) {
                callers.add(new Socket(address.host(), address.port()));
            }
            long before = ask(process, said, lines);
            Await.never("it ends", () -> !process.isAlive());
            long worked = ask(process, said, lines) - before;
            for (Socket caller : callers) {
                caller.close();
            }
            try (TestNode peer = new TestNode("peer", Map.of(), address)) {
                Await.until("peer", () -> peer.is(() -> peer.gmcast.isConnected(node)));
            }
            assertThat(worked).as("ms of 2 s").isLessThan(1000);
            assertThat(lines)
                    .filteredOn(one -> one.contains("could not be accepted"))
                    .hasSizeBetween(1, 8);
            assertThat(lines).noneMatch(one -> one.contains("exceptionCaught"));
        } finally {
            for (Socket caller : callers) {
                caller.close();
            }
            process.destroyForcibly();
        }
    }

    private static void leaveRoomForFewer(long pid) throws Exception {
        long used;
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            used = files.count();
        }
        assertThat(new ProcessBuilder("/usr/bin/prlimit", "--pid=" + pid, "--nofile=" + (used + ROOM))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    /** What is said meanwhile is kept. */
    private static long ask(Process process, BufferedReader said, List<String> lines) throws Exception {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        String line = said.readLine();
        while (line != null && !line.matches("\\d+")) {
            lines.add(line);
            line = said.readLine();
        }
        assertThat(line)
                .as("%s %s", lines, process.isAlive() ? "lives" : "exit code " + process.exitValue())
                .isNotNull();
        return Long.parseLong(line);
    }
}
