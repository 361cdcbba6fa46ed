package io.wsrep4j.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Status;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A joiner that is told to leave before it has its state leaves; only one that wants to stay and cannot has no way but its server's end. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LeavingJoinerTest {

    @TempDir
    Path directory;

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private SingleNode node(String name, int port) throws IOException {
        return new SingleNode(
                Files.createDirectory(directory.resolve(name)), "gmcast.listen_addr=tcp://127.0.0.1:" + port);
    }

    @Test
    void itsServerIsNotEndedBecauseTheTransferFailsMeanwhile() throws Exception {
        int port = freePort();
        SingleNode first = node("first", port);
        first.connect("gcomm://");
        first.commit(1, "row");
        SingleNode joiner = node("joiner", freePort());
        joiner.host.hold("sstRequest");
        CountDownLatch left = new CountDownLatch(1);
        joiner.host.onLog = line -> {
            if (line.endsWith("; leaving the group")) {
                awaitUninterrupted(left);
            }
        };
        assertThat(joiner.provider.connect("c", "gcomm://127.0.0.1:" + port, "", false))
                .as("%s", joiner.host.log)
                .isEqualTo(Status.OK);
        OwnThread<Status> one = OwnThread.calling(() -> joiner.provider.receive(SingleNode.CONTEXT));
        OwnThread<Status> other = OwnThread.calling(() -> joiner.provider.receive(SingleNode.CONTEXT));
        joiner.host.inside.await();
        OwnThread<Status> leaving = OwnThread.calling(joiner.provider::disconnect);
        leaving.assertHeldBack();

        joiner.host.release.countDown();

        assertThat(leaving.get()).isEqualTo(Status.OK);
        left.countDown();
        one.get();
        other.get();
        assertThat(joiner.host.callbacks)
                .doesNotContain("terminate")
                .endsWith("final view")
                .containsOnlyOnce("final view");
        joiner.close();
        first.close();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
