package io.wsrep4j.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.tests.mariadb.MariaDbServer;
import io.wsrep4j.tests.mariadb.Providers;
import io.wsrep4j.tests.mariadb.ServerSettings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code wsrep_node_isolation_mode_set_v1} from a real crash (docs/spec/wsrep-api-v26.md 1.4, checklist 11). */
@Timeout(300)
final class CrashingNodeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final int SEGMENTATION_FAULT = 128 + 11;

    /** What Linux gives a pipe. */
    private static final int PIPE_BYTES = 65_536;

    /** Enough for the crash report up to the host's call, about 700 bytes, and not for the whole report, about 3,000. */
    private static final int ROOM = 1_900;

    /**
     * The report of the crash goes to a pipe that fills up, so the crashed process neither ends nor closes a socket, and its other threads,
     * those of the group communication too, are alive. That it leaves the group is the work of the isolation alone.
     */
    @Test
    void a_crashed_server_that_does_not_end_has_left_the_group() throws Exception {
        try (MariaDbServer survivor =
                MariaDbServer.named("survivor").provider(Providers.wsrep4j()).create()) {
            survivor.bootstrap();
            ServerSettings settings = MariaDbServer.named("crashing").provider(Providers.wsrep4j());
            Path pipe = survivor.home().resolve("report.err"); // the server would add an extension
            makePipe(pipe);
            try (RandomAccessFile report = new RandomAccessFile(pipe.toFile(), "rw");
                    MariaDbServer crashing =
                            settings.arguments("--log-error=" + pipe).create()) {
                crashing.join(survivor);
                survivor.awaitStatus("wsrep_cluster_size", "2", PATIENCE);

                leaveRoom(report, pipe);
                crashing.process().signal("SEGV");

                survivor.awaitStatus("wsrep_cluster_status", "non-Primary", PATIENCE);
                assertThat(crashing.process().isAlive())
                        .as("the crashed process still writes its report")
                        .isTrue();
                assertThat(drain(report, pipe))
                        .contains("got signal 11")
                        .contains("Shutting down network communications");
                crashing.awaitEnd(SEGMENTATION_FAULT, PATIENCE);
            }
        }
    }

    private static void makePipe(Path pipe) throws IOException, InterruptedException {
        Process mkfifo =
                new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start();
        assertThat(mkfifo.waitFor()).isZero();
        Files.setPosixFilePermissions(pipe, PosixFilePermissions.fromString("rw-rw-rw-"));
    }

    private static void leaveRoom(RandomAccessFile report, Path pipe) throws IOException {
        drain(report, pipe);
        report.write(new byte[PIPE_BYTES - ROOM]);
    }

    /** Reads what is there. */
    private static String drain(RandomAccessFile report, Path pipe) throws IOException {
        byte[] all = new byte[PIPE_BYTES];
        try (java.io.FileInputStream probe = new java.io.FileInputStream(pipe.toFile())) {
            int waiting = probe.available();
            int read = waiting == 0 ? 0 : report.read(all, 0, waiting);
            return new String(all, 0, read, StandardCharsets.ISO_8859_1);
        }
    }
}
