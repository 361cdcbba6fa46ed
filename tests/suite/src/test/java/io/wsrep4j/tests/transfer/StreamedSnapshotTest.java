package io.wsrep4j.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.process.Certificate;
import io.wsrep4j.tests.process.FreePorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosts in Java over our provider: a joiner gets its data by {@code wsrep4j_stream}. */
@Timeout(300)
@Tag("unit")
final class StreamedSnapshotTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int BIG_ROWS = 24;
    private static final int BIG_ROW_BYTES = 512 << 10;
    private static final int ROWS_MEANWHILE = 50;

    @TempDir
    Path directory;

    /** Holds a joiner at the first piece of its snapshot. */
    private static final class Barrier implements RowSnapshot.Gate {
        final CountDownLatch reached = new CountDownLatch(1);
        final CountDownLatch opened = new CountDownLatch(1);

        @Override
        public void pass() throws InterruptedException {
            reached.countDown();
            opened.await();
        }
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }

    private static void fill(RowHost host) {
        Random random = new Random(7);
        for (int i = 0; i < BIG_ROWS; i++) {
            byte[] row = new byte[BIG_ROW_BYTES];
            random.nextBytes(row);
            host.write("big" + i, row);
        }
    }

    private static void writeSmall(RowHost host, String prefix) {
        for (int i = 0; i < ROWS_MEANWHILE; i++) {
            host.write(prefix + i, (prefix + i).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void assertSame(RowHost first, RowHost second) {
        Await.until(
                "both have committed the same",
                PATIENCE,
                () -> first.lastCommitted() == second.lastCommitted(),
                () -> first.lastCommitted() + " and " + second.lastCommitted());
        assertThat(second.rows()).containsOnlyKeys(first.rows().keySet());
        first.rows()
                .forEach(
                        (key, row) -> assertThat(second.rows().get(key)).as(key).isEqualTo(row));
    }

    @Test
    void aJoinerGetsEverythingWhileItsDonorGoesOn() throws Exception {
        Map<String, String> options = Certificate.create(folder("tls"), "rows").options();
        int port = FreePorts.consecutive(2);
        Barrier barrier = new Barrier();
        try (RowHost first = new RowHost("n1", RowSnapshot.Gate.OPEN);
                RowHost second = new RowHost("n2", barrier)) {
            first.start(folder("n1"), port, options, "", "");
            assertThat(first.awaitSynced(PATIENCE.toSeconds())).isTrue();
            fill(first);
            second.start(folder("n2"), FreePorts.consecutive(2), options, "127.0.0.1:" + port, "");
            assertThat(barrier.reached.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();

            // the joiner has not taken a byte yet, and the donor commits
            writeSmall(first, "meanwhile");
            assertThat(second.received()).isNotDone();
            barrier.opened.countDown();
            assertThat(second.received()
                            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            .seqno())
                    .isLessThan(first.lastCommitted());
            assertThat(second.awaitSynced(PATIENCE.toSeconds())).isTrue();
            second.write("own", new byte[] {1});
            assertSame(first, second);
            assertThat(second.rows()).hasSize(BIG_ROWS + ROWS_MEANWHILE + 1);
            // the snapshot was one: what was there before did not come as events
            assertThat(second.applied()).isEqualTo(ROWS_MEANWHILE);
        }
    }

    @Test
    void aDonorKilledInMidStreamIsAnErrorAndAnotherTrySucceeds() throws Exception {
        int port = FreePorts.consecutive(2);
        String address = "127.0.0.1:" + port;
        Barrier barrier = new Barrier();
        // the survivor keeps the majority, whatever order the two others leave in
        try (RowHost first = new RowHost("n1", RowSnapshot.Gate.OPEN)) {
            first.start(folder("n1"), port, Map.of("pc.weight", "5"), "", "");
            assertThat(first.awaitSynced(PATIENCE.toSeconds())).isTrue();
            fill(first);
            Process donor = startDonor(address);
            try (RowHost joiner = new RowHost("n3", barrier)) {
                joiner.start(folder("n3"), FreePorts.consecutive(2), Map.of(), address, "n2");
                assertThat(barrier.reached.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                donor.destroyForcibly().waitFor();
                barrier.opened.countDown();

                assertThatThrownBy(() -> joiner.received().get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .hasMessageContaining("snapshot transfer from donor /127.0.0.1:");
                assertThat(joiner.rows()).isEmpty();
            } finally {
                donor.destroyForcibly().waitFor();
            }
            writeSmall(first, "after");
            try (RowHost again = new RowHost("n3", RowSnapshot.Gate.OPEN)) {
                again.start(folder("n3-again"), FreePorts.consecutive(2), Map.of(), address, "");
                assertThat(again.awaitSynced(PATIENCE.toSeconds())).isTrue();
                assertSame(first, again);
                assertThat(again.rows()).hasSize(BIG_ROWS + ROWS_MEANWHILE);
            }
        }
    }

    private Process startDonor(String address) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-")
                        || argument.startsWith("-Dchronicle")
                        || argument.startsWith("-Dlogback"))
                .forEach(command::add);
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                RowHostMain.class.getName(),
                "n2",
                folder("n2").toString(),
                Integer.toString(FreePorts.consecutive(2)),
                address));
        Path log = directory.resolve("n2.log");
        Process donor = new ProcessBuilder(command).redirectError(log.toFile()).start();
        Runtime.getRuntime().addShutdownHook(new Thread(donor::destroyForcibly));
        BufferedReader out = new BufferedReader(new InputStreamReader(donor.getInputStream(), StandardCharsets.UTF_8));
        List<String> said = new ArrayList<>();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            said.add(line);
            if (line.equals("synced")) {
                return donor;
            }
        }
        throw new AssertionError("the donor ended: " + said + Files.readString(log));
    }
}
