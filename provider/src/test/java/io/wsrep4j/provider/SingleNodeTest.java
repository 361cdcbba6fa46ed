package io.wsrep4j.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.WriteSetHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

// a node that lost count of its seqnos never ends by itself
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SingleNodeTest {

    @TempDir
    Path directory;

    @Test
    void aBootstrappedNodeHearsOfItsGroupAndIsSynced() throws Exception {
        try (SingleNode node = SingleNode.synced(directory)) {
            assertThat(node.host.callbacks).containsExactly("connected", "view", "synced");
            assertThat(node.provider.lastCommitted().seqno()).isEqualTo(1);
            assertThat(node.provider.disconnect()).isEqualTo(Status.OK);
            assertThat(node.host.callbacks).endsWith("final view");
            assertThat(node.receiverEnd()).isEqualTo(Status.OK);
        }
        assertThat(Files.readString(directory.resolve("grastate.dat")))
                .contains("seqno:   1\n")
                .contains("safe_to_bootstrap: 1\n");
    }

    @Test
    void seqnosAreGivenOnceAndInOrderToManyThreads() throws Exception {
        int threads = 8;
        int each = 500;
        try (SingleNode node = SingleNode.synced(directory)) {
            ConcurrentLinkedQueue<Long> seqnos = new ConcurrentLinkedQueue<>();
            List<Thread> clients = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int base = t * each;
                Thread client = new Thread(() -> {
                    for (int i = 1; i <= each; i++) {
                        seqnos.add(node.commit(base + i, "row" + base + i));
                    }
                });
                client.start();
                clients.add(client);
            }
            for (Thread client : clients) {
                client.join();
            }
            assertThat(seqnos)
                    .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(2, 1 + threads * each)
                            .boxed()
                            .toList());
            assertThat(node.provider.lastCommitted().seqno()).isEqualTo(1 + threads * each);
            assertThat(node.status("open_transactions")).isEqualTo("0");
        }
    }

    private static WriteSetHandle hitWhileItHoldsItsSeqno(SingleNode node, TransactionMeta meta) {
        WriteSetHandle victim = node.append(7, "row");
        assertThat(node.provider.certify(1, victim, 0x41, meta)).isEqualTo(Status.OK);
        assertThat(node.provider.abortCertification(-1, 7).status()).isEqualTo(Status.OK);
        assertThat(node.provider.commitOrderEnter(victim, meta)).isEqualTo(Status.BF_ABORT);
        return victim;
    }

    @Test
    void aTransactionHitWhileItHoldsItsSeqnoIsReplayed() {
        try (SingleNode node = SingleNode.synced(directory)) {
            TransactionMeta meta = new TransactionMeta();
            WriteSetHandle victim = hitWhileItHoldsItsSeqno(node, meta);
            assertThat(node.host.applied).isEmpty();
            node.host.replayed = victim;
            assertThat(node.provider.replay(victim, SingleNode.CONTEXT)).isEqualTo(Status.OK);
            assertThat(node.host.applied)
                    .containsExactly(new RecordingHost.Applied(0x41, meta.gtid(), 7, "row".length()));
            assertThat(node.provider.abortCertification(-1, 7).status()).isEqualTo(Status.NOT_ALLOWED);
            assertThat(node.provider.release(victim)).isEqualTo(Status.OK);
            assertThat(node.provider.lastCommitted()).isEqualTo(meta.gtid());
            assertThat(node.status("local_replays")).isEqualTo("1");
            assertThat(node.status("open_transactions")).isEqualTo("0");
        }
    }

    @Test
    void aTransactionThatIsReleasedInsteadOfReplayedStillPassesTheOrders() {
        try (SingleNode node = SingleNode.synced(directory)) {
            TransactionMeta meta = new TransactionMeta();
            WriteSetHandle victim = hitWhileItHoldsItsSeqno(node, meta);
            assertThat(node.provider.abortCertification(-1, 7).status()).isEqualTo(Status.NOT_ALLOWED);
            assertThat(node.provider.release(victim)).isEqualTo(Status.OK);
            assertThat(node.provider.lastCommitted()).isEqualTo(meta.gtid());
            assertThat(node.host.applied).isEmpty();
        }
    }

    @Test
    void theRollbackOfAStreamingTransactionComesBackToItsOrigin() {
        try (SingleNode node = SingleNode.synced(directory)) {
            WriteSetHandle handle = node.append(9, "row");
            TransactionMeta meta = new TransactionMeta();
            assertThat(node.provider.certify(1, handle, 0x40, meta)).isEqualTo(Status.OK);
            node.provider.commitOrderEnter(handle, meta);
            node.provider.commitOrderLeave(handle, meta, null);
            assertThat(node.provider.release(handle)).isEqualTo(Status.OK);
            assertThat(handle.opaque()).isNotNull();
            assertThat(node.provider.rollback(9, null)).isEqualTo(Status.OK);
            assertThat(node.provider.syncWait(null, 30).status()).isEqualTo(Status.OK);
            assertThat(node.host.applied).singleElement().satisfies(event -> {
                assertThat(event.flags()).isEqualTo(0x0A);
                assertThat(event.transactionId()).isEqualTo(9);
            });
            assertThat(node.provider.release(handle)).isEqualTo(Status.OK);
        }
    }

    @Test
    void aRollbackFragmentThatOthersCertifiedFirstIsSettledOnce() {
        try (SingleNode node = SingleNode.synced(directory)) {
            WriteSetHandle streaming = node.append(9, "row");
            TransactionMeta meta = new TransactionMeta();
            assertThat(node.provider.certify(1, streaming, 0x40, meta)).isEqualTo(Status.OK);
            node.provider.commitOrderEnter(streaming, meta);
            node.provider.commitOrderLeave(streaming, meta, null);
            assertThat(node.provider.release(streaming)).isEqualTo(Status.OK);
            assertThat(node.provider.certify(1, streaming, 0x02, meta)).isEqualTo(Status.OK);
            long rollback = meta.seqno();

            // its certification is also that of the rollback, which is before it
            WriteSetHandle other = node.append(10, "other row");
            TransactionMeta othersMeta = new TransactionMeta();
            assertThat(node.provider.certify(2, other, 0x41, othersMeta)).isEqualTo(Status.OK);
            assertThat(othersMeta.seqno()).isEqualTo(rollback + 1);
            assertThat(node.provider.release(streaming)).isEqualTo(Status.OK);

            assertThat(node.provider.lastCommitted().seqno()).isEqualTo(rollback);
            assertThat(node.provider.commitOrderEnter(other, othersMeta)).isEqualTo(Status.OK);
            assertThat(node.provider.commitOrderLeave(other, othersMeta, null)).isEqualTo(Status.OK);
            assertThat(node.provider.release(other)).isEqualTo(Status.OK);
            assertThat(node.provider.lastCommitted().seqno()).isEqualTo(rollback + 1);
        }
    }

    @Test
    void aRestartedNodeContinuesItsHistory() {
        Gtid before;
        try (SingleNode node = SingleNode.synced(directory)) {
            node.commit(1, "row");
            before = node.provider.lastCommitted();
        }
        try (SingleNode node = SingleNode.synced(directory)) {
            assertThat(node.provider.lastCommitted()).isEqualTo(new Gtid(before.uuid(), before.seqno() + 1));
        }
    }
}
