package io.wsrep4j.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.CallbackStatus;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.faults.FaultPoint;
import io.wsrep4j.gcomm.group.connection.GroupConnection;
import io.wsrep4j.provider.cache.ActionCache;
import io.wsrep4j.provider.certification.Certification;
import io.wsrep4j.provider.certification.CertificationIndex;
import io.wsrep4j.provider.order.OrderMonitor;
import io.wsrep4j.provider.order.Orders;
import io.wsrep4j.provider.state.SavedState;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An {@link Error} at each stage between the order of an action and its settling, and always the same outcome: nothing is answered as success, nobody
 * waits, the host hears that it is alone, the connection ends, and what is on disk claims no position.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FailureAfterOrderingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long OTHER_CONNECTION = 2;

    @TempDir
    Path directory;

    /** What a client does on a node with a fault: true if it was told of success all the way. */
    private interface Client {
        boolean call(SingleNode node, FaultPoint fault) throws Exception;
    }

    private static Arguments stage(String name, Class<?> type, String method, Client client) {
        return Arguments.of(name, type, method, client);
    }

    static Stream<Arguments> stages() throws ClassNotFoundException {
        Class<?> session = Class.forName("io.wsrep4j.gcomm.group.GroupState");
        Class<?> queue = Class.forName("io.wsrep4j.gcomm.group.connection.ReceiveQueue");
        Class<?> certificationTurn = Class.forName("io.wsrep4j.provider.transaction.CertificationTurn");
        Class<?> eventEnd = Class.forName("io.wsrep4j.provider.transaction.EventEnd");
        Class<?> sending = Class.forName("io.wsrep4j.provider.transaction.Sending");
        Class<?> acknowledgement = Class.forName("io.wsrep4j.provider.transaction.Acknowledgement");
        Class<?> remote = Class.forName("io.wsrep4j.provider.transaction.RemoteApplication");
        return Stream.of(
                stage("the group layer orders", session, "ordered", FailureAfterOrderingTest::commit),
                stage("reading back", sending, "read", FailureAfterOrderingTest::commit),
                stage("the local order", certificationTurn, "judgeInTurn", FailureAfterOrderingTest::commit),
                stage("certification", CertificationIndex.class, "certify", FailureAfterOrderingTest::commit),
                stage("the history", ActionCache.class, "publishWriteSet", FailureAfterOrderingTest::commit),
                stage("the apply order", OrderMonitor.class, "letIn", FailureAfterOrderingTest::commit),
                stage("the end of certify", acknowledgement, "await", FailureAfterOrderingTest::commit),
                stage("the end of a replay", acknowledgement, "await", FailureAfterOrderingTest::replay),
                stage("the end of an isolated action", acknowledgement, "await", FailureAfterOrderingTest::isolate),
                stage("entering the commit order", Orders.class, "enterCommit", FailureAfterOrderingTest::commit),
                stage("leaving the commit order", OrderMonitor.class, "pass", FailureAfterOrderingTest::enterAndLeave),
                stage("settling", eventEnd, "settle", FailureAfterOrderingTest::commit),
                stage("leaving the index", Certification.class, "settled", FailureAfterOrderingTest::commit),
                stage(
                        "the report to the group",
                        GroupConnection.class,
                        "reportDiscardable",
                        FailureAfterOrderingTest::report),
                stage("the commit cut", Certification.class, "cut", FailureAfterOrderingTest::report),
                stage("isolation", SavedState.class, "markUnsafe", FailureAfterOrderingTest::isolate),
                stage("the end of isolation", SavedState.class, "markSafe", FailureAfterOrderingTest::isolate),
                stage("replay", Certification.class, "settled", FailureAfterOrderingTest::replay),
                stage("what nobody waits for, queued", queue, "add", FailureAfterOrderingTest::preordered),
                stage("what nobody waits for, processed", remote, "process", FailureAfterOrderingTest::preordered),
                stage("the host applies", RecordingHost.class, "apply", FailureAfterOrderingTest::preordered),
                stage("what was applied settles", eventEnd, "settle", FailureAfterOrderingTest::preordered));
    }

    @ParameterizedTest(name = "{0}: {1}.{2}")
    @MethodSource("stages")
    void thisNodeLeavesAndClaimsNothing(String name, Class<?> type, String method, Client client) throws Exception {
        try (FaultPoint fault = FaultPoint.at(type, method)) {
            SingleNode node = SingleNode.synced(directory);
            node.commit(1, "before");
            boolean success = client.call(node, fault);

            awaitEnd(node);
            assertThat(fault.thrown()).as("faults").isEqualTo(1);
            assertThat(success).as("success told").isFalse();
            assertLeft(node);
        }
    }

    private static void awaitEnd(SingleNode node) throws Exception {
        assertThat(node.receiverEnd()).as("%s", node.host.log).isNotEqualTo(Status.CONNECTION_FAIL);
    }

    private void assertLeft(SingleNode node) throws Exception {
        assertThat(node.host.callbacks).as("%s", node.host.log).contains("final view");
        assertThat(node.status("local_state_comment")).isEqualTo("Inconsistent");
        WriteSetHandle later = node.append(99, "later");
        TransactionMeta meta = new TransactionMeta();
        assertThat(node.provider.certify(OTHER_CONNECTION, later, 0x41, meta)).isNotEqualTo(Status.OK);
        assertThat(node.provider.release(later)).isEqualTo(Status.OK);
        assertThat(node.provider.toExecuteStart(
                        OTHER_CONNECTION, List.of(Key.of("db", "t")), List.of(), 0x41, new TransactionMeta()))
                .isNotEqualTo(Status.OK);
        assertThat(node.provider.syncWait(null, 1).status()).isNotEqualTo(Status.OK);

        assertThat(node.provider.disconnect()).isEqualTo(Status.OK);
        node.close();
        assertThat(node.host.log.stream().filter(line -> line.contains("InjectedError")))
                .as("lines about it in %s", node.host.log)
                .singleElement()
                .asString()
                .startsWith("ERROR ")
                .contains("leaves the cluster")
                .contains("restart the server");
        assertThat(Files.readString(directory.resolve("grastate.dat")))
                .contains("uuid:    00000000-0000-0000-0000-000000000000\n")
                .contains("seqno:   -1\n");
    }

    // ---- clients

    private static boolean commit(SingleNode node, FaultPoint fault) {
        WriteSetHandle handle = node.append(2, "row");
        fault.arm(1);
        TransactionMeta meta = new TransactionMeta();
        boolean success = node.provider.certify(1, handle, 0x41, meta) == Status.OK
                && node.provider.commitOrderEnter(handle, meta) == Status.OK
                && node.provider.commitOrderLeave(handle, meta, null) == Status.OK;
        success &= node.provider.release(handle) == Status.OK;
        assertThat(handle.opaque()).as("what the host must keep").isNull();
        return success;
    }

    private static boolean enterAndLeave(SingleNode node, FaultPoint fault) {
        WriteSetHandle handle = node.append(2, "row");
        TransactionMeta meta = new TransactionMeta();
        assertThat(node.provider.certify(1, handle, 0x41, meta)).isEqualTo(Status.OK);
        assertThat(node.provider.commitOrderEnter(handle, meta)).isEqualTo(Status.OK);
        fault.arm(1);
        boolean success = node.provider.commitOrderLeave(handle, meta, null) == Status.OK;
        success &= node.provider.release(handle) == Status.OK;
        assertThat(handle.opaque()).as("what the host must keep").isNull();
        return success;
    }

    /** Many small ones, until this node tells the group how far it is, and the group answers with its cut. */
    private static boolean report(SingleNode node, FaultPoint fault) {
        fault.arm(1);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (int i = 2; System.nanoTime() < deadline; i++) {
            WriteSetHandle handle = node.append(i, "row" + i);
            TransactionMeta meta = new TransactionMeta();
            boolean success = node.provider.certify(1, handle, 0x41, meta) == Status.OK
                    && node.provider.commitOrderEnter(handle, meta) == Status.OK
                    && node.provider.commitOrderLeave(handle, meta, null) == Status.OK;
            success &= node.provider.release(handle) == Status.OK;
            if (!success) {
                return false;
            }
        }
        return true;
    }

    private static boolean isolate(SingleNode node, FaultPoint fault) {
        fault.arm(1);
        TransactionMeta meta = new TransactionMeta();
        ByteBuffer statement = ByteBuffer.allocate(4);
        return node.provider.toExecuteStart(1, List.of(Key.of("db", "t")), List.of(statement), 0x41, meta) == Status.OK
                && node.provider.toExecuteEnd(1, null) == Status.OK;
    }

    /** It is hit while it holds its place, and fails when it is replayed. */
    private static boolean replay(SingleNode node, FaultPoint fault) {
        WriteSetHandle victim = node.append(2, "row");
        TransactionMeta meta = new TransactionMeta();
        assertThat(node.provider.certify(1, victim, 0x41, meta)).isEqualTo(Status.OK);
        assertThat(node.provider.abortCertification(-1, 2).status()).isEqualTo(Status.OK);
        assertThat(node.provider.commitOrderEnter(victim, meta)).isEqualTo(Status.BF_ABORT);
        fault.arm(1);
        node.host.replayed = victim;
        boolean success = node.provider.replay(victim, SingleNode.CONTEXT) == Status.OK;
        node.host.replayed = null;
        success &= node.provider.release(victim) == Status.OK;
        assertThat(victim.opaque()).as("what the host must keep").isNull();
        return success;
    }

    /** It comes back as others' write sets do. */
    private static boolean preordered(SingleNode node, FaultPoint fault) {
        WriteSetHandle handle = new WriteSetHandle(7);
        assertThat(node.provider.preorderedCollect(handle, List.of(ByteBuffer.allocate(16)), true))
                .isEqualTo(Status.OK);
        fault.arm(1);
        node.provider.preorderedCommit(handle, new Uuid(1, 2), 0x41, 1, true);
        return false;
    }

    // ---- others who wait meanwhile

    @Test
    void whoWaitsBehindTheOneThatFailsGetsAnAnswer() throws Exception {
        try (FaultPoint fault =
                FaultPoint.at(Class.forName("io.wsrep4j.provider.transaction.Release"), "passRemaining")) {
            SingleNode node = SingleNode.synced(directory);
            WriteSetHandle first = node.append(1, "one");
            TransactionMeta firstMeta = new TransactionMeta();
            assertThat(node.provider.certify(1, first, 0x41, firstMeta)).isEqualTo(Status.OK);
            assertThat(node.provider.commitOrderEnter(first, firstMeta)).isEqualTo(Status.OK);

            WriteSetHandle second = node.append(2, "two");
            TransactionMeta secondMeta = new TransactionMeta();
            assertThat(node.provider.certify(2, second, 0x41, secondMeta)).isEqualTo(Status.OK);
            OwnThread<Status> committing = OwnThread.calling(() -> node.provider.commitOrderEnter(second, secondMeta));
            OwnThread<Status> isolating = OwnThread.calling(() -> node.provider.toExecuteStart(
                    3, List.of(Key.of("db", "t")), List.of(), 0x41, new TransactionMeta()));
            committing.awaitWaiting();
            isolating.awaitWaiting();
            OwnThread<Status> reading = OwnThread.calling(() ->
                    node.provider.syncWait(null, (int) PATIENCE.toSeconds()).status());
            reading.awaitWaiting();

            fault.arm(1);
            assertThat(node.provider.release(first)).isNotEqualTo(Status.OK);

            assertThat(committing.get()).isNotEqualTo(Status.OK);
            assertThat(isolating.get()).isNotEqualTo(Status.OK);
            assertThat(reading.get()).isNotEqualTo(Status.OK);
            node.provider.release(second);
            awaitEnd(node);
            assertLeft(node);
        }
    }

    @Test
    void aNodeThatFailedConnectsAgainOnlyWhenWhatWasUnderWayHasEnded() throws Exception {
        try (FaultPoint fault = FaultPoint.at(CertificationIndex.class, "certify")) {
            SingleNode node = SingleNode.synced(directory);
            WriteSetHandle pending = node.append(1, "row");
            TransactionMeta meta = new TransactionMeta();
            assertThat(node.provider.certify(1, pending, 0x41, meta)).isEqualTo(Status.OK);
            WriteSetHandle failing = node.append(2, "other");
            fault.arm(1);
            assertThat(node.provider.certify(2, failing, 0x41, new TransactionMeta()))
                    .isNotEqualTo(Status.OK);
            node.provider.release(failing);
            awaitEnd(node);
            assertThat(node.provider.disconnect()).isEqualTo(Status.OK);

            assertThat(node.provider.connect("c", "local://", "", true)).isEqualTo(Status.NODE_FAIL);
            assertThat(node.host.log).anyMatch(line -> line.contains("have not ended yet"));

            node.provider.release(pending);
            node.host.callbacks.clear();
            assertThat(node.provider.connect("c", "local://", "", true))
                    .as("%s", node.host.log)
                    .isEqualTo(Status.OK);
            CompletableFuture<Status> receiver = node.receiveOnThread();
            node.awaitCallback("view");
            assertThat(node.provider.disconnect()).isEqualTo(Status.OK);
            assertThat(receiver.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(Status.OK);
            node.close();
        }
    }

    @Test
    void aFailureBeforeTheOrderCostsThatTransactionOnly() throws Exception {
        try (FaultPoint fault = FaultPoint.at(ActionCache.class, "allocate")) {
            SingleNode node = SingleNode.synced(directory);
            WriteSetHandle handle = node.append(1, "row");
            fault.arm(1);
            Throwable thrown = null;
            try {
                node.provider.certify(1, handle, 0x41, new TransactionMeta());
            } catch (FaultPoint.InjectedError e) {
                thrown = e;
            }
            assertThat(thrown).as("what the bridge answers with a failure").isNotNull();
            assertThat(node.provider.release(handle)).isEqualTo(Status.OK);

            node.commit(2, "row");
            assertThat(node.status("local_state_comment")).isEqualTo("Synced");
            assertThat(node.provider.disconnect()).isEqualTo(Status.OK);
            node.close();
            assertThat(Files.readString(directory.resolve("grastate.dat"))).contains("seqno:   2\n");
        }
    }

    @Test
    void whatIsSkippedAfterAFailedCallbackDoesNotCountAsDone() throws Exception {
        SingleNode node = SingleNode.synced(directory);
        long done = node.commit(1, "row");
        assertThat(node.provider.desync()).isEqualTo(Status.OK);
        node.host.onSynced = () -> {
            // comes behind this callback, and nobody will apply it
            preordered(node);
            return CallbackStatus.FAILURE;
        };
        assertThat(node.provider.resync()).isEqualTo(Status.OK);

        node.receiverEnd();
        assertThat(node.host.callbacks).contains("final view");
        assertThat(node.host.applied).isEmpty();
        assertThat(node.provider.disconnect()).isEqualTo(Status.OK);
        node.close();
        assertThat(Files.readString(directory.resolve("grastate.dat"))).contains("seqno:   " + done + "\n");
    }

    private static void preordered(SingleNode node) {
        WriteSetHandle handle = new WriteSetHandle(7);
        assertThat(node.provider.preorderedCollect(handle, List.of(ByteBuffer.allocate(16)), true))
                .isEqualTo(Status.OK);
        assertThat(node.provider.preorderedCommit(handle, new Uuid(1, 2), 0x41, 1, true))
                .isEqualTo(Status.OK);
    }
}
