package io.wsrep4j.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.WriteSetHandle;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A host may fail in any callback, at any time: the node can be told to leave all the same, and says no position that it may not have. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FailingHostTest {

    private static final int CALLS = 4;
    private static final int RECEIVERS = 2;
    private static final int CLIENTS = 3;
    private static final int EACH = 15;

    @TempDir
    Path directory;

    static Stream<Arguments> everyCallbackAtEveryPoint() {
        List<Arguments> all = new ArrayList<>();
        for (String callback : List.of("connected", "view", "synced", "apply", "unordered")) {
            for (RecordingHost.Failure failure : RecordingHost.Failure.values()) {
                for (int call = 1; call <= (callback.equals("connected") ? 1 : CALLS); call++) {
                    all.add(Arguments.of(callback, failure, call));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1} at call {2}")
    @MethodSource("everyCallbackAtEveryPoint")
    void theNodeLeavesWhenToldTo(String callback, RecordingHost.Failure failure, int call) throws Exception {
        Random random = new Random(callback.hashCode() * 31L + failure.ordinal() * 7L + call);
        SingleNode node = new SingleNode(directory, "");
        node.host.fail(callback, failure, call);
        for (int connection = 0; connection < 2; connection++) {
            if (node.provider.connect("c", "local://", "", true) != Status.OK) {
                continue; // the last one left a server that has to be started anew
            }
            List<OwnThread<?>> threads = new ArrayList<>();
            for (int i = 0; i < RECEIVERS; i++) {
                threads.add(OwnThread.calling(() -> node.provider.receive(SingleNode.CONTEXT)));
            }
            for (int i = 0; i < CLIENTS; i++) {
                long first = 1 + connection * 1_000L + i * 100L;
                threads.add(OwnThread.calling(() -> clients(node, first)));
            }
            // sooner or later than the failure
            threads.get(random.nextInt(threads.size())).awaitDone(random.nextInt(200));
            try {
                assertThat(OwnThread.calling(node.provider::disconnect).get()).isEqualTo(Status.OK);
                for (OwnThread<?> thread : threads) {
                    thread.get();
                }
            } catch (TimeoutException e) {
                throw new AssertionError("hangs; log " + node.host.log, e);
            }
        }
        OwnThread.calling(() -> {
                    node.close();
                    return null;
                })
                .get();
        if (node.host.hasFailed() && callback.equals("apply")) {
            assertThat(Files.readString(directory.resolve("grastate.dat"))).contains("seqno:   -1\n");
        }
    }

    /** Own transactions, and events that come back to be applied; all may be refused at any time. */
    private static Void clients(SingleNode node, long first) {
        for (long id = first; id < first + EACH; id++) {
            WriteSetHandle handle = new WriteSetHandle(id);
            TransactionMeta meta = new TransactionMeta();
            node.tryAppend(handle, "row" + id);
            if (node.provider.certify(1, handle, 0x41, meta) == Status.OK
                    && node.provider.commitOrderEnter(handle, meta) == Status.OK) {
                node.provider.commitOrderLeave(handle, meta, null);
            }
            node.provider.release(handle);
            WriteSetHandle preordered = new WriteSetHandle(id);
            node.provider.preorderedCollect(preordered, List.of(ByteBuffer.allocate(8)), true);
            node.provider.preorderedCommit(preordered, new Uuid(7, 7), 0x41, 1, true);
        }
        return null;
    }
}
