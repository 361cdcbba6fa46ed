package io.wsrep4j.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.WriteSetHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/spec/wsrep-api-v26.md checklist 80 to 83, as far as one node shows them. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class PauseTest {

    @TempDir
    Path directory;

    private ConformanceNode node;
    private Provider provider;

    private void start(ProviderKind kind) {
        node = ConformanceNode.synced(kind, directory);
        provider = node.provider;
    }

    @AfterEach
    void stop() {
        if (node != null) {
            node.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#80")
    void nothingCommitsWhilePaused(ProviderKind kind) throws IOException {
        start(kind);
        node.commit(1);
        assertThat(provider.pause()).isEqualTo(2);
        assertThat(Files.readString(directory.resolve("grastate.dat"))).contains("seqno:   2");
        WriteSetHandle handle = node.append(2, "row");
        TransactionMeta meta = new TransactionMeta();
        CompletableFuture<Status> certified =
                ConformanceNode.run(() -> provider.certify(1, handle, ConformanceNode.WHOLE, meta));
        ConformanceNode.assertWaits(certified);
        assertThat(node.lastCommitted()).isEqualTo(2);
        assertThat(provider.resume()).isEqualTo(Status.OK);
        assertThat(ConformanceNode.get(certified)).isEqualTo(Status.OK);
        node.finish(new ConformanceNode.Ordered(handle, meta));
        assertThat(node.lastCommitted()).isEqualTo(3);
        assertThat(Files.readString(directory.resolve("grastate.dat"))).contains("seqno:   -1");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#80")
    void aPauseWaitsForWhatWasCertifiedBefore(ProviderKind kind) {
        start(kind);
        ConformanceNode.Ordered before = node.order(3);
        CompletableFuture<Long> paused = ConformanceNode.run(provider::pause);
        ConformanceNode.assertWaits(paused);
        node.finish(before);
        assertThat(ConformanceNode.get(paused)).isEqualTo(before.meta().seqno());
        assertThat(provider.resume()).isEqualTo(Status.OK);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#80")
    void pausesQueueUp(ProviderKind kind) {
        start(kind);
        assertThat(provider.pause()).isEqualTo(1);
        CompletableFuture<Long> second = ConformanceNode.run(provider::pause);
        ConformanceNode.assertWaits(second);
        assertThat(provider.resume()).isEqualTo(Status.OK);
        assertThat(ConformanceNode.get(second)).isEqualTo(1);
        assertThat(provider.resume()).isEqualTo(Status.OK);
        assertThat(node.commit(4)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#81")
    void aDesyncedNodePauses(ProviderKind kind) {
        start(kind);
        assertThat(provider.desync()).isEqualTo(Status.OK);
        assertThat(provider.pause()).isEqualTo(1);
        assertThat(provider.resume()).isEqualTo(Status.OK);
        assertThat(provider.resync()).isEqualTo(Status.OK);
        node.awaitSynced(2);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#82")
    void resumeWithoutPauseIsFine(ProviderKind kind) {
        start(kind);
        assertThat(provider.resume()).isEqualTo(Status.OK);
        assertThat(node.commit(5)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#82")
    void resumeAndResyncReturnWhileSyncedIsBlocked(ProviderKind kind) throws InterruptedException {
        start(kind);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        node.host.onSynced = () -> {
            entered.countDown();
            try {
                assertThat(go.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        assertThat(provider.desync()).isEqualTo(Status.OK);
        assertThat(ConformanceNode.get(ConformanceNode.run(provider::resync))).isEqualTo(Status.OK);
        assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(ConformanceNode.get(ConformanceNode.run(provider::resume))).isEqualTo(Status.OK);
        go.countDown();
        node.awaitSynced(2);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#83")
    void desyncNests(ProviderKind kind) {
        start(kind);
        CompletableFuture<Void> syncedAgain = new CompletableFuture<>();
        node.host.onSynced = () -> syncedAgain.complete(null);
        assertThat(provider.desync()).isEqualTo(Status.OK);
        assertThat(provider.desync()).isEqualTo(Status.OK);
        assertThat(node.status("desync_count")).isEqualTo("2");
        assertThat(provider.resync()).isEqualTo(Status.OK);
        CompletableFuture<Boolean> one = ConformanceNode.run(() -> {
            while (!node.status("desync_count").equals("1")) {
                Thread.onSpinWait();
            }
            return true;
        });
        ConformanceNode.get(one);
        ConformanceNode.assertWaits(syncedAgain);
        assertThat(node.status("local_state")).isEqualTo("2");
        assertThat(provider.resync()).isEqualTo(Status.OK);
        node.awaitSynced(2);
    }
}
