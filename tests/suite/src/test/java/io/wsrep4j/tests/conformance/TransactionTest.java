package io.wsrep4j.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.TransactionSource;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.WriteSetHandle;
import io.wsrep4j.tests.conformance.ConformanceNode.Ordered;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/spec/wsrep-api-v26.md checklist 46 to 53, 55 to 61, 63, 65. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class TransactionTest {

    private static final int WHOLE = ConformanceNode.WHOLE;

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
    @Tag("docs/spec/wsrep-api-v26.md#46")
    void nothingToReleaseIsReleasedAtOnce(ProviderKind kind) {
        start(kind);
        for (int i = 0; i < 100_000; i++) {
            assertThat(provider.release(new WriteSetHandle(i))).isEqualTo(Status.OK);
            assertThat(provider.release(new WriteSetHandle(TransactionSource.UNDEFINED_ID)))
                    .isEqualTo(Status.OK);
        }
        assertThat(node.status("open_transactions")).isEqualTo("0");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#47")
    void theObjectStaysOnTheHandleUntilRelease(ProviderKind kind) {
        start(kind);
        WriteSetHandle handle = new WriteSetHandle(5);
        provider.appendKey(handle, List.of(Key.of("db")), KeyType.SHARED, true);
        Object first = handle.opaque();
        assertThat(first).isNotNull();
        provider.appendData(handle, List.of(ConformanceNode.bytes("x")), DataType.ORDERED, true);
        assertThat(handle.opaque()).isEqualTo(first);
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        assertThat(handle.opaque()).isNull();
        assertThat(node.status("open_transactions")).isEqualTo("0");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#48")
    @Tag("docs/spec/wsrep-api-v26.md#49")
    void buffersMayBeReusedAndPiecesBecomeOne(ProviderKind kind) {
        start(kind);
        WriteSetHandle handle = new WriteSetHandle(6);
        ByteBuffer piece = ByteBuffer.allocateDirect(32_768);
        provider.appendKey(handle, List.of(Key.of("db", "t")), KeyType.EXCLUSIVE, true);
        byte[] expected = new byte[92 * 32_768];
        for (int i = 0; i < 92; i++) {
            for (int b = 0; b < piece.capacity(); b++) {
                piece.put(b, (byte) (i * 31 + b));
                expected[i * piece.capacity() + b] = (byte) (i * 31 + b);
            }
            assertThat(provider.appendData(handle, List.of(piece), DataType.ORDERED, true))
                    .isEqualTo(Status.OK);
        }
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(1, handle, WHOLE, meta)).isEqualTo(Status.OK);
        assertThat(replayAfterAbort(handle, meta)).isEqualTo(expected);
    }

    /** The data that a transaction is replayed with: what an applier on another node would get. */
    private byte[] replayAfterAbort(WriteSetHandle handle, TransactionMeta meta) {
        assertThat(provider.abortCertification(-1, handle.transactionId()).status())
                .isEqualTo(Status.OK);
        assertThat(provider.commitOrderEnter(handle, meta)).isEqualTo(Status.BF_ABORT);
        node.host.onApply = (given, givenMeta, event) -> commitWith(handle, meta);
        assertThat(provider.replay(handle, new ConformanceNode.Context("replay")))
                .isEqualTo(Status.OK);
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        return node.host.applied.get(node.host.applied.size() - 1).data();
    }

    /** A host's apply in a replay: with the original handle. */
    private ApplyResult commitWith(WriteSetHandle handle, TransactionMeta meta) {
        boolean passed = provider.commitOrderEnter(handle, meta) == Status.OK
                && provider.commitOrderLeave(handle, meta, null) == Status.OK;
        return passed ? ApplyResult.SUCCESS : ApplyResult.FAILURE;
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#50")
    void certifyWithoutAnythingDoesNothing(ProviderKind kind) {
        start(kind);
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(1, new WriteSetHandle(8), WHOLE, meta)).isEqualTo(Status.OK);
        assertThat(meta.isOrdered()).isFalse();
        assertThat(node.lastCommitted()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#51")
    void certifyTellsPositionSourceAndDependency(ProviderKind kind) {
        start(kind);
        Ordered ordered = node.order(9);
        TransactionMeta meta = ordered.meta();
        assertThat(meta.seqno()).isEqualTo(2);
        assertThat(meta.historyUuid()).isEqualTo(provider.lastCommitted().uuid());
        assertThat(meta.dependsOn()).isLessThan(meta.seqno());
        assertThat(meta.sourceNode())
                .isEqualTo(node.host.views.get(0).members().get(0).id());
        assertThat(meta.transactionId()).isEqualTo(9);
        node.finish(ordered);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#52")
    @Tag("docs/spec/wsrep-api-v26.md#53")
    void aWriteSetThatIsTooLargeIsNeverOrdered(ProviderKind kind) {
        start(kind);
        assertThat(provider.setOptions("repl.max_ws_size=10000")).isEqualTo(Status.OK);
        WriteSetHandle handle = new WriteSetHandle(10);
        provider.appendKey(handle, List.of(Key.of("db", "t")), KeyType.EXCLUSIVE, true);
        for (int i = 0; i < 4; i++) {
            // a refusal here is ignored, as hosts do
            provider.appendData(handle, List.of(ByteBuffer.allocateDirect(4000)), DataType.ORDERED, true);
        }
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(1, handle, WHOLE, meta)).isEqualTo(Status.SIZE_EXCEEDED);
        assertThat(meta.isOrdered()).isFalse();
        assertThat(meta.historyUuid()).isEqualTo(Uuid.UNDEFINED);
        assertThat(meta.seqno()).isEqualTo(Seqno.UNDEFINED);
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        assertThat(node.status("local_state")).isEqualTo("4");
        assertThat(node.commit(11)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#52")
    void theLimitIsExactToTheByte(ProviderKind kind) {
        start(kind);
        // 64 + 40 * 3 + 3 keys of 8 bytes (db, db:t, the zero-level key) + data (docs/spec/writeset-certification.md
        // 7.3)
        int room = 10_000 - 64 - 120 - 24;
        assertThat(provider.setOptions("repl.max_ws_size=10000")).isEqualTo(Status.OK);
        assertThat(certifyWithData(12, room)).isEqualTo(Status.OK);
        assertThat(certifyWithData(13, room + 1)).isEqualTo(Status.SIZE_EXCEEDED);
    }

    private Status certifyWithData(long id, int bytes) {
        WriteSetHandle handle = new WriteSetHandle(id);
        provider.appendKey(handle, List.of(Key.of("db", "t")), KeyType.EXCLUSIVE, true);
        provider.appendData(handle, List.of(ByteBuffer.allocateDirect(bytes)), DataType.ORDERED, true);
        TransactionMeta meta = new TransactionMeta();
        Status status = provider.certify(1, handle, WHOLE, meta);
        if (status == Status.OK) {
            node.finish(new Ordered(handle, meta));
        } else {
            provider.release(handle);
        }
        return status;
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#55")
    void eventsPassTheCommitOrderOneAfterTheOther(ProviderKind kind) {
        start(kind);
        Ordered first = node.order(20);
        Ordered second = node.order(21);
        CompletableFuture<Status> entered =
                ConformanceNode.run(() -> provider.commitOrderEnter(second.handle(), second.meta()));
        ConformanceNode.assertWaits(entered);
        assertThat(provider.commitOrderEnter(first.handle(), first.meta())).isEqualTo(Status.OK);
        ConformanceNode.assertWaits(entered);
        assertThat(provider.commitOrderLeave(first.handle(), first.meta(), null))
                .isEqualTo(Status.OK);
        assertThat(ConformanceNode.get(entered)).isEqualTo(Status.OK);
        Gtid before = new Gtid(second.meta().historyUuid(), first.meta().seqno());
        CompletableFuture<Provider.SyncResult> settled =
                ConformanceNode.run(() -> provider.syncWait(before, Integer.MAX_VALUE));
        ConformanceNode.assertWaits(settled);
        assertThat(provider.release(first.handle())).isEqualTo(Status.OK);
        assertThat(ConformanceNode.get(settled).status()).isEqualTo(Status.OK);
        assertThat(provider.commitOrderLeave(second.handle(), second.meta(), null))
                .isEqualTo(Status.OK);
        assertThat(provider.release(second.handle())).isEqualTo(Status.OK);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#56")
    void eightThreadsEnterInOrder(ProviderKind kind) throws InterruptedException {
        start(kind);
        int threads = 8;
        int each = 250;
        ConcurrentLinkedQueue<Long> entered = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<Boolean>> clients = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            long base = 1000L * (t + 1);
            clients.add(ConformanceNode.run(() -> {
                for (int i = 0; i < each; i++) {
                    Ordered ordered = node.order(base + i);
                    assertThat(provider.commitOrderEnter(ordered.handle(), ordered.meta()))
                            .isEqualTo(Status.OK);
                    entered.add(ordered.meta().seqno());
                    assertThat(provider.commitOrderLeave(ordered.handle(), ordered.meta(), null))
                            .isEqualTo(Status.OK);
                    assertThat(provider.release(ordered.handle())).isEqualTo(Status.OK);
                }
                return true;
            }));
        }
        clients.forEach(ConformanceNode::get);
        assertThat(List.copyOf(entered)).hasSize(threads * each).isSorted();
        assertThat(node.lastCommitted()).isEqualTo(1L + threads * each);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#57")
    void anUnknownVictimIsFine(ProviderKind kind) {
        start(kind);
        Provider.AbortResult result = provider.abortCertification(5, 4711);
        assertThat(result).isEqualTo(new Provider.AbortResult(Status.OK, Seqno.UNDEFINED));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#58")
    void anAbortBeforeCertifyLeavesTheTransactionUnordered(ProviderKind kind) {
        start(kind);
        WriteSetHandle handle = node.append(30, "row");
        assertThat(provider.abortCertification(-1, 30)).isEqualTo(new Provider.AbortResult(Status.OK, Seqno.UNDEFINED));
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(1, handle, WHOLE, meta)).isEqualTo(Status.CONNECTION_FAIL);
        assertThat(meta.isOrdered()).isFalse();
        assertThat(meta.seqno()).isEqualTo(Seqno.UNDEFINED);
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        assertThat(node.commit(31)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#58")
    @Tag("docs/spec/wsrep-api-v26.md#62")
    void anAbortWhileCertifyIsHeldUpEndsInReplay(ProviderKind kind) {
        start(kind);
        assertThat(provider.pause()).isEqualTo(1);
        WriteSetHandle handle = node.append(32, "row");
        TransactionMeta meta = new TransactionMeta();
        CompletableFuture<Status> certified = ConformanceNode.run(() -> provider.certify(1, handle, WHOLE, meta));
        ConformanceNode.assertWaits(certified);
        assertThat(provider.abortCertification(-1, 32).status()).isEqualTo(Status.OK);
        assertThat(ConformanceNode.get(certified)).isEqualTo(Status.BF_ABORT);
        assertThat(meta.seqno()).isEqualTo(2);
        assertThat(provider.resume()).isEqualTo(Status.OK);
        node.host.onApply = (given, givenMeta, event) -> commitWith(handle, meta);
        assertThat(provider.replay(handle, new ConformanceNode.Context("replay")))
                .isEqualTo(Status.OK);
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        assertThat(node.lastCommitted()).isEqualTo(2);
        assertThat(node.status("local_replays")).isEqualTo("1");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#59")
    void abortWhileWaitingForTheCommitOrder(ProviderKind kind) {
        start(kind);
        Ordered first = node.order(40);
        Ordered victim = node.order(41);
        CompletableFuture<Status> entered =
                ConformanceNode.run(() -> provider.commitOrderEnter(victim.handle(), victim.meta()));
        ConformanceNode.assertWaits(entered);
        Provider.AbortResult hit = provider.abortCertification(-1, 41);
        assertThat(hit)
                .isEqualTo(new Provider.AbortResult(Status.OK, victim.meta().seqno()));
        assertThat(ConformanceNode.get(entered)).isEqualTo(Status.BF_ABORT);
        assertThat(provider.abortCertification(-1, 41).status()).isEqualTo(Status.NOT_ALLOWED);
        node.finish(first);
        node.host.onApply = (given, givenMeta, event) -> commitWith(victim.handle(), victim.meta());
        assertThat(provider.replay(victim.handle(), new ConformanceNode.Context("replay")))
                .isEqualTo(Status.OK);
        assertThat(provider.release(victim.handle())).isEqualTo(Status.OK);
        assertThat(node.lastCommitted()).isEqualTo(victim.meta().seqno());
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#59")
    void aVictimInsideTheSectionOrAheadOfTheAborterIsSafe(ProviderKind kind) {
        start(kind);
        Ordered ahead = node.order(42);
        Provider.AbortResult refused = provider.abortCertification(ahead.meta().seqno() + 1, 42);
        assertThat(refused)
                .isEqualTo(new Provider.AbortResult(
                        Status.NOT_ALLOWED, ahead.meta().seqno()));
        assertThat(provider.commitOrderEnter(ahead.handle(), ahead.meta())).isEqualTo(Status.OK);
        assertThat(provider.abortCertification(-1, 42).status()).isEqualTo(Status.NOT_ALLOWED);
        assertThat(provider.commitOrderLeave(ahead.handle(), ahead.meta(), null))
                .isEqualTo(Status.OK);
        assertThat(provider.release(ahead.handle())).isEqualTo(Status.OK);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#60")
    @Tag("docs/spec/wsrep-api-v26.md#61")
    void aReplayRunsOnTheCallersThreadWithTheOriginalPosition(ProviderKind kind) {
        start(kind);
        Ordered victim = node.order(50);
        assertThat(provider.abortCertification(-1, 50).status()).isEqualTo(Status.OK);
        assertThat(provider.commitOrderEnter(victim.handle(), victim.meta())).isEqualTo(Status.BF_ABORT);
        List<Thread> threads = new ArrayList<>();
        node.host.onApply = (given, givenMeta, event) -> {
            threads.add(Thread.currentThread());
            return commitWith(victim.handle(), victim.meta());
        };
        ConformanceNode.Context context = new ConformanceNode.Context("replay");
        assertThat(provider.replay(victim.handle(), context)).isEqualTo(Status.OK);
        assertThat(threads).containsExactly(Thread.currentThread());
        assertThat(node.host.applied).singleElement().satisfies(event -> {
            assertThat(event.context()).isEqualTo(context);
            assertThat(event.flags()).isEqualTo(WHOLE);
            assertThat(event.gtid()).isEqualTo(victim.meta().gtid());
            assertThat(event.source().transactionId()).isEqualTo(50);
            assertThat(new String(event.data(), java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo("row50");
        });
        assertThat(provider.release(victim.handle())).isEqualTo(Status.OK);
        assertThat(node.status("local_replays")).isEqualTo("1");
        assertThat(node.commit(51)).isEqualTo(victim.meta().seqno() + 1);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#63")
    void aReplayIsAcceptedAfterCertifySaidOk(ProviderKind kind) {
        start(kind);
        Ordered victim = node.order(52);
        assertThat(provider.abortCertification(-1, 52).status()).isEqualTo(Status.OK);
        // the host noticed the abort before it came to the commit order
        node.host.onApply = (given, givenMeta, event) -> commitWith(victim.handle(), victim.meta());
        assertThat(provider.replay(victim.handle(), new ConformanceNode.Context("replay")))
                .isEqualTo(Status.OK);
        assertThat(provider.release(victim.handle())).isEqualTo(Status.OK);
        assertThat(node.lastCommitted()).isEqualTo(victim.meta().seqno());
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#65")
    void thePositionAdvancesAtRelease(ProviderKind kind) {
        start(kind);
        Ordered ordered = node.order(60);
        provider.commitOrderEnter(ordered.handle(), ordered.meta());
        provider.commitOrderLeave(ordered.handle(), ordered.meta(), null);
        assertThat(node.lastCommitted()).isEqualTo(1);
        assertThat(provider.syncWait(ordered.meta().gtid(), 1).status()).isEqualTo(Status.TRANSACTION_FAIL);
        provider.release(ordered.handle());
        assertThat(node.lastCommitted()).isEqualTo(2);
        Provider.SyncResult settled = provider.syncWait(ordered.meta().gtid(), 1);
        assertThat(settled)
                .isEqualTo(new Provider.SyncResult(Status.OK, ordered.meta().gtid()));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#66")
    void aWaitForAnotherHistoryFailsAtOnceAndOneForTheFutureInTime(ProviderKind kind) {
        start(kind);
        Gtid foreign = new Gtid(Uuid.parse("00000000-0000-0000-0000-0000000000aa"), 1);
        assertThat(provider.syncWait(foreign, 60).status()).isEqualTo(Status.TRANSACTION_MISSING);
        Gtid future = new Gtid(provider.lastCommitted().uuid(), 1000);
        long start = System.nanoTime();
        assertThat(provider.syncWait(future, 1).status()).isEqualTo(Status.TRANSACTION_FAIL);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(990));
        Provider.SyncResult causal = provider.syncWait(null, -1);
        assertThat(causal).isEqualTo(new Provider.SyncResult(Status.OK, provider.lastCommitted()));
        assertThat(node.status("causal_reads")).isEqualTo("1");
    }

    @ParameterizedTest
    @EnumSource(names = "WSREP4J")
    void aTransactionReleasedInsteadOfReplayedGivesUpItsPlace(ProviderKind kind) {
        // hosts replay; the reference answers NODE_FAIL to the release, and the place stays occupied for ever
        start(kind);
        Ordered given = node.order(70);
        assertThat(provider.abortCertification(-1, 70).status()).isEqualTo(Status.OK);
        assertThat(provider.commitOrderEnter(given.handle(), given.meta())).isEqualTo(Status.BF_ABORT);
        assertThat(provider.release(given.handle())).isEqualTo(Status.OK);
        assertThat(node.lastCommitted()).isEqualTo(given.meta().seqno());
        assertThat(node.commit(71)).isEqualTo(given.meta().seqno() + 1);
    }

    @ParameterizedTest
    @EnumSource
    void dependenciesOfOneNodesTransactionsAreGaleras(ProviderKind kind) {
        start(kind);
        List<Long> dependencies = new ArrayList<>();
        String[] rows = {"a", "b", "a", "c", "b", "a"};
        for (int i = 0; i < rows.length; i++) {
            WriteSetHandle handle = node.append(80 + i, rows[i]);
            TransactionMeta meta = new TransactionMeta();
            assertThat(provider.certify(1, handle, WHOLE, meta)).isEqualTo(Status.OK);
            dependencies.add(meta.dependsOn());
            node.finish(new Ordered(handle, meta));
        }
        // the first finds an empty index; later ones depend on the last of the same row, or on the view
        assertThat(dependencies).containsExactly(1L, 1L, 2L, 1L, 3L, 4L);
    }

    /** wsrep_certify_v1 (docs/spec/wsrep-api-v26.md 1.4): told once, in the order of the write sets, and before the verdict. */
    @ParameterizedTest
    @EnumSource
    void theHostHearsOnceThatItsWriteSetHasItsPlace(ProviderKind kind) {
        start(kind);
        List<Long> told = new ArrayList<>();
        for (long id = 1; id <= 20; id++) {
            long own = id;
            WriteSetHandle handle = node.append(id, "row" + id);
            TransactionMeta meta = new TransactionMeta();
            assertThat(provider.certify(1, handle, WHOLE, meta, () -> told.add(own)))
                    .isEqualTo(Status.OK);
            assertThat(told).hasSize((int) id).last().isEqualTo(id);
            node.finish(new Ordered(handle, meta));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theHostHearsItWhileTheWriteSetStillWaitsForItsTurn(ProviderKind kind) {
        start(kind);
        assertThat(provider.pause()).isNotNegative();
        WriteSetHandle handle = node.append(1, "row");
        TransactionMeta meta = new TransactionMeta();
        CompletableFuture<Boolean> placed = new CompletableFuture<>();
        CompletableFuture<Status> certified =
                ConformanceNode.run(() -> provider.certify(1, handle, WHOLE, meta, () -> placed.complete(true)));
        assertThat(ConformanceNode.get(placed)).isTrue();
        ConformanceNode.assertWaits(certified);
        assertThat(provider.resume()).isEqualTo(Status.OK);
        assertThat(ConformanceNode.get(certified)).isEqualTo(Status.OK);
        node.finish(new Ordered(handle, meta));
    }
}
