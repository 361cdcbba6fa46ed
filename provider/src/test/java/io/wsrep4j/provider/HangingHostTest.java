package io.wsrep4j.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Status;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.WriteSetHandle;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A host may never return from a callback: the node leaves all the same, within a bound, and says no position that it may not have. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HangingHostTest {

    private static final String BOUND = "repl.leave_timeout=PT1S";
    private static final int RECEIVERS = 3;

    @TempDir
    Path directory;

    private SingleNode node;
    private final List<OwnThread<Status>> receivers = new ArrayList<>();

    private void connect() {
        assertThat(node.provider.connect("c", "local://", "", true))
                .as("%s", node.host.log)
                .isEqualTo(Status.OK);
        receivers.clear();
        for (int i = 0; i < RECEIVERS; i++) {
            receivers.add(OwnThread.calling(() -> node.provider.receive(SingleNode.CONTEXT)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"connected", "view", "synced", "apply", "final view"})
    void theNodeLeavesWithoutAHostThatDoesNotComeBack(String callback) throws Exception {
        node = new SingleNode(directory, BOUND);
        node.host.hold(callback);
        connect();
        if (callback.equals("apply")) {
            node.awaitCallback("synced");
            sendToItself();
        }
        if (!callback.equals("final view")) {
            node.host.inside.await();
        }
        OwnThread<Status> leaving = OwnThread.calling(node.provider::disconnect);
        leaving.assertHeldBack();
        assertThat(leaving.get()).isEqualTo(Status.OK);
        assertThat(node.host.log)
                .filteredOn(line -> line.startsWith("ERROR "))
                .as("one line says why")
                .hasSize(1)
                .allMatch(line ->
                        line.contains("PT1S (repl.leave_timeout)") && line.contains("thread 'own thread' with"));
        if (callback.equals("apply")) {
            assertThat(Files.readString(directory.resolve("grastate.dat"))).contains("seqno:   -1\n");
        }
        // who is inside would act in the new connection
        assertThat(node.provider.connect("c", "local://", "", true)).isEqualTo(Status.NODE_FAIL);
        assertThat(node.host.log)
                .anyMatch(line -> line.contains("threads of the last connection are still with the host"));

        node.host.release.countDown();
        for (OwnThread<Status> receiver : receivers) {
            receiver.get();
        }
        assertThat(node.host.callbacks).endsWith("final view").containsOnlyOnce("final view");
        assertThat(node.host.log).noneMatch(line -> line.contains("nconsisten"));
        node.host.hold("");
        node.host.callbacks.clear();
        connect();
        node.awaitCallback("synced");
        node.commit(99, "row");
        assertThat(node.provider.disconnect()).isEqualTo(Status.OK);
        for (OwnThread<Status> receiver : receivers) {
            receiver.get();
        }
        node.close();
    }

    @Test
    void theProviderIsFreedAlthoughAThreadIsStillWithTheHost() throws Exception {
        node = new SingleNode(directory, BOUND);
        connect();
        node.awaitCallback("synced");
        node.host.hold("apply");
        sendToItself();
        node.host.inside.await();
        OwnThread.calling(() -> {
                    node.close();
                    return null;
                })
                .get();
        assertThat(node.host.applied).isEmpty();
        // it reads the write set: its memory must still be there
        node.host.release.countDown();
        for (OwnThread<Status> receiver : receivers) {
            receiver.get();
        }
        assertThat(node.host.applied).hasSize(1);
    }

    /** The bound is for a host that does nothing, not for one that has much to do. */
    @Test
    void aHostThatIsSlowIsWaitedFor() throws Exception {
        node = new SingleNode(directory, BOUND);
        connect();
        node.awaitCallback("synced");
        node.host.applyNanos = TimeUnit.MILLISECONDS.toNanos(400);
        int many = 8;
        for (int i = 0; i < many; i++) {
            sendToItself();
        }
        assertThat(node.provider.disconnect()).isEqualTo(Status.OK);
        assertThat(node.host.applied).hasSize(many);
        assertThat(node.host.log).noneMatch(line -> line.contains("leave_timeout"));
        assertThat(Files.readString(directory.resolve("grastate.dat"))).contains("seqno:   " + (many + 1) + "\n");
        node.close();
    }

    /** What comes back like the write set of another node. */
    private void sendToItself() {
        WriteSetHandle handle = new WriteSetHandle(5);
        node.provider.preorderedCollect(handle, List.of(ByteBuffer.allocate(8)), true);
        assertThat(node.provider.preorderedCommit(handle, new Uuid(7, 7), 0x41, 1, true))
                .isEqualTo(Status.OK);
    }
}
