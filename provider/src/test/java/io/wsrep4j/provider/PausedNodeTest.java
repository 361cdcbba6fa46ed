package io.wsrep4j.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.kit.Await;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pause holds what is ordered after it, and nothing that must not wait for its end. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PausedNodeTest {

    private static final String DONOR = "2";
    private static final String SYNCED = "4";
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    Path directory;

    // closed by each test that ends well: a node that hangs would hide why
    private SingleNode node;

    @Test
    void aNodeThatLeavesDuringAPauseEndsItAndKeepsThePositionOfThePause() throws Exception {
        node = SingleNode.synced(directory);
        node.commit(1, "row");
        long paused = node.provider.pause();
        assertThat(paused).isEqualTo(2);
        OwnThread<Status> local = OwnThread.calling(() -> {
            WriteSetHandle handle = node.append(2, "another");
            Status status = node.provider.certify(1, handle, 0x41, new TransactionMeta());
            node.provider.release(handle);
            return status;
        });
        local.assertHeldBack();
        sendToItself();
        OwnThread<Long> secondPause = OwnThread.calling(node.provider::pause);
        secondPause.assertHeldBack();

        assertThat(OwnThread.calling(node.provider::disconnect).get()).isEqualTo(Status.OK);
        assertThat(local.get()).isNotEqualTo(Status.OK);
        assertThat(secondPause.get()).isEqualTo(-1);
        assertThat(node.receiverEnd()).isEqualTo(Status.OK);
        assertThat(node.host.callbacks).endsWith("final view");
        assertThat(node.host.applied).isEmpty();
        assertThat(Files.readString(directory.resolve("grastate.dat"))).contains("seqno:   2\n");

        assertThat(node.provider.resume()).isEqualTo(Status.OK);
        assertThat(node.host.log).noneMatch(line -> line.contains("resume without pause"));
        node.host.callbacks.clear();
        node.connect();
        assertThat(node.commit(3, "a third")).isGreaterThan(paused);
        node.close();
    }

    @Test
    void aPauseThatGetsItsTurnWhileTheNodeLeavesHoldsNobody() throws Exception {
        node = SingleNode.synced(directory);
        WriteSetHandle before = node.append(1, "row");
        TransactionMeta meta = new TransactionMeta();
        assertThat(node.provider.certify(1, before, 0x41, meta)).isEqualTo(Status.OK);
        OwnThread<Long> pause = OwnThread.calling(node.provider::pause);
        pause.assertHeldBack();
        OwnThread<Status> leaving = OwnThread.calling(node.provider::disconnect);
        leaving.assertHeldBack();
        node.provider.commitOrderEnter(before, meta);
        node.provider.commitOrderLeave(before, meta, null);
        node.provider.release(before);
        pause.get();
        assertThat(leaving.get()).isEqualTo(Status.OK);
        assertThat(node.provider.resume()).isEqualTo(Status.OK);
        node.close();
    }

    @Test
    void aDesyncDoesNotWaitForTheEndOfAPause() throws Exception {
        node = SingleNode.synced(directory);
        node.provider.pause();
        sendToItself();
        assertThat(OwnThread.calling(node.provider::desync).get()).isEqualTo(Status.OK);
        assertThat(node.status("local_state")).isEqualTo(DONOR);
        assertThat(OwnThread.calling(node.provider::desync).get()).isEqualTo(Status.OK);
        assertThat(node.host.applied).isEmpty();
        node.provider.resume();
        assertThat(node.provider.syncWait(null, (int) PATIENCE_SECONDS).status())
                .isEqualTo(Status.OK);
        assertThat(node.host.applied).hasSize(1);
        assertThat(node.status("local_state")).isEqualTo(DONOR);
        node.provider.resync();
        node.provider.resync();
        awaitState(SYNCED);
        node.close();
    }

    @Test
    void aTransactionThatComesDuringThePauseOfADesyncedNodeIsNotOrderedAndGivesWay() throws Exception {
        node = SingleNode.synced(directory);
        node.provider.desync();
        node.provider.pause();
        OwnThread<Boolean> local = OwnThread.calling(() -> {
            WriteSetHandle handle = node.append(2, "row");
            TransactionMeta meta = new TransactionMeta();
            assertThat(node.provider.certify(1, handle, 0x41, meta)).isEqualTo(Status.TRANSACTION_FAIL);
            assertThat(node.provider.release(handle)).isEqualTo(Status.OK);
            return meta.isOrdered();
        });
        assertThat(local.get()).isFalse();
        OwnThread<Long> patient = OwnThread.calling(() -> node.commit(3, "another"));
        patient.assertHeldBack();
        node.provider.resume();
        assertThat(patient.get()).isEqualTo(2);
        node.close();
    }

    @Test
    void aPauseOfADesyncedNodeLetsThroughWhatIsOnItsWay() throws Exception {
        node = SingleNode.synced(directory);
        node.provider.desync();
        WriteSetHandle before = node.append(1, "row");
        TransactionMeta meta = new TransactionMeta();
        assertThat(node.provider.certify(1, before, 0x41, meta)).isEqualTo(Status.OK);
        OwnThread<Long> pause = OwnThread.calling(node.provider::pause);
        pause.assertHeldBack();
        node.provider.commitOrderEnter(before, meta);
        node.provider.commitOrderLeave(before, meta, null);
        node.provider.release(before);
        assertThat(pause.get()).isEqualTo(meta.seqno());
        node.provider.resume();
        node.close();
    }

    private void awaitState(String state) {
        Await.until("state " + state, () -> node.status("local_state").equals(state));
    }

    /** What comes back like the write set of another node. */
    private void sendToItself() {
        WriteSetHandle handle = new WriteSetHandle(5);
        node.provider.preorderedCollect(handle, List.of(ByteBuffer.allocate(8)), true);
        assertThat(node.provider.preorderedCommit(handle, new Uuid(7, 7), 0x41, 1, true))
                .isEqualTo(Status.OK);
    }
}
