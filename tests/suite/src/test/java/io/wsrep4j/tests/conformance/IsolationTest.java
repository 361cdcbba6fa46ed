package io.wsrep4j.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.TransactionSource;
import io.wsrep4j.api.WriteSetHandle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/spec/wsrep-api-v26.md checklist 67 to 69, as far as one node shows them, and the saved state around total order isolation. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class IsolationTest {

    private static final int WHOLE = ConformanceNode.WHOLE;
    private static final List<Key> TABLE = List.of(Key.of("db", "another"));

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

    private Status begin(long connection, TransactionMeta meta) {
        return provider.toExecuteStart(connection, TABLE, List.of(ConformanceNode.bytes("ALTER TABLE t")), WHOLE, meta);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#67")
    void anIsolatedActionWaitsForEverythingBefore(ProviderKind kind) {
        start(kind);
        ConformanceNode.Ordered before = node.order(1);
        TransactionMeta meta = new TransactionMeta();
        CompletableFuture<Status> begun = ConformanceNode.run(() -> begin(77, meta));
        ConformanceNode.assertWaits(begun);
        assertThat(provider.commitOrderEnter(before.handle(), before.meta())).isEqualTo(Status.OK);
        assertThat(provider.commitOrderLeave(before.handle(), before.meta(), null))
                .isEqualTo(Status.OK);
        ConformanceNode.assertWaits(begun);
        assertThat(provider.release(before.handle())).isEqualTo(Status.OK);
        assertThat(ConformanceNode.get(begun)).isEqualTo(Status.OK);
        assertThat(meta.seqno()).isEqualTo(before.meta().seqno() + 1);
        assertThat(meta.dependsOn()).isEqualTo(before.meta().seqno());
        assertThat(meta.transactionId()).isEqualTo(TransactionSource.UNDEFINED_ID);
        assertThat(meta.connectionId()).isEqualTo(77);
        assertThat(provider.toExecuteEnd(77, null)).isEqualTo(Status.OK);
        assertThat(node.lastCommitted()).isEqualTo(meta.seqno());
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#67")
    void nothingLaterCommitsUntilItEnds(ProviderKind kind) {
        start(kind);
        TransactionMeta meta = new TransactionMeta();
        assertThat(begin(78, meta)).isEqualTo(Status.OK);
        ConformanceNode.Ordered later = node.order(2);
        CompletableFuture<Status> entered =
                ConformanceNode.run(() -> provider.commitOrderEnter(later.handle(), later.meta()));
        ConformanceNode.assertWaits(entered);
        provider.resetStatus();
        assertThat(provider.abortCertification(-1, 4711).status()).isEqualTo(Status.OK);
        assertThat(provider.options()).isNotEmpty();
        assertThat(provider.toExecuteEnd(78, null)).isEqualTo(Status.OK);
        assertThat(ConformanceNode.get(entered)).isEqualTo(Status.OK);
        provider.commitOrderLeave(later.handle(), later.meta(), null);
        provider.release(later.handle());
        assertThat(node.status("local_commits")).isEqualTo("1");
        assertThat(node.status("open_connections")).isEqualTo("0");
    }

    @ParameterizedTest
    @EnumSource(names = "WSREP4J")
    @Tag("docs/spec/wsrep-api-v26.md#68")
    void theEndOfNothingFails(ProviderKind kind) {
        // the reference ends the process here (an exception that nobody catches)
        start(kind);
        assertThat(provider.toExecuteEnd(4711, null)).isEqualTo(Status.CONNECTION_FAIL);
    }

    @ParameterizedTest
    @EnumSource
    void contradictoryFlagsAreRefusedUnordered(ProviderKind kind) {
        start(kind);
        TransactionMeta meta = new TransactionMeta();
        Status status = provider.toExecuteStart(79, TABLE, List.of(), 0x03, meta);
        assertThat(status).isEqualTo(Status.CONNECTION_FAIL);
        assertThat(meta.isOrdered()).isFalse();
        assertThat(node.commit(3)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void aFailureThatEverybodyHasEndsTheActionWell(ProviderKind kind) {
        start(kind);
        TransactionMeta meta = new TransactionMeta();
        assertThat(begin(80, meta)).isEqualTo(Status.OK);
        assertThat(provider.toExecuteEnd(80, ConformanceNode.bytes(" Error_code: 1050;\0")))
                .isEqualTo(Status.OK);
        assertThat(node.status("local_state")).isEqualTo("4");
        assertThat(node.commit(4)).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void theSavedStateIsUnknownInside(ProviderKind kind) throws IOException {
        start(kind);
        Path file = directory.resolve("grastate.dat");
        String history = provider.lastCommitted().uuid().toString();
        assertThat(Files.readString(file)).contains(history).contains("seqno:   -1");
        TransactionMeta meta = new TransactionMeta();
        assertThat(begin(81, meta)).isEqualTo(Status.OK);
        assertThat(Files.readString(file))
                .contains("uuid:    00000000-0000-0000-0000-000000000000")
                .contains("seqno:   -1");
        assertThat(provider.toExecuteEnd(81, null)).isEqualTo(Status.OK);
        assertThat(Files.readString(file)).contains(history).contains("seqno:   -1");
    }

    /** A transaction on the table of an isolated action that it had not seen when it was sent: the one conflict a single node can have. */
    private ConformanceNode.Ordered loser(long id) {
        TransactionMeta action = new TransactionMeta();
        assertThat(begin(90, action)).isEqualTo(Status.OK);
        WriteSetHandle handle = new WriteSetHandle(id);
        provider.appendKey(handle, List.of(Key.of("db", "another", "row")), KeyType.EXCLUSIVE, true);
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(1, handle, WHOLE, meta)).isEqualTo(Status.TRANSACTION_FAIL);
        assertThat(meta.seqno()).isEqualTo(action.seqno() + 1);
        assertThat(meta.historyUuid()).isEqualTo(action.historyUuid());
        return new ConformanceNode.Ordered(handle, meta);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#55")
    void aLoserPassesItsPlaceInOrder(ProviderKind kind) {
        start(kind);
        ConformanceNode.Ordered loser = loser(5);
        long seqno = loser.meta().seqno();
        Gtid before = new Gtid(loser.meta().historyUuid(), seqno - 1);
        CompletableFuture<Status> entered =
                ConformanceNode.run(() -> provider.commitOrderEnter(loser.handle(), loser.meta()));
        ConformanceNode.assertWaits(entered);
        assertThat(provider.toExecuteEnd(90, null)).isEqualTo(Status.OK);
        assertThat(ConformanceNode.get(entered)).isEqualTo(Status.OK);
        assertThat(provider.syncWait(before, Integer.MAX_VALUE).status()).isEqualTo(Status.OK);
        assertThat(provider.commitOrderLeave(loser.handle(), loser.meta(), null))
                .isEqualTo(Status.OK);
        assertThat(provider.release(loser.handle())).isEqualTo(Status.OK);
        assertThat(node.lastCommitted()).isEqualTo(seqno);
        assertThat(node.status("local_cert_failures")).isEqualTo("1");
        assertThat(node.status("local_commits")).isEqualTo("0");
        assertThat(node.commit(6)).isEqualTo(seqno + 1);
    }

    @ParameterizedTest
    @EnumSource
    void aLoserThatIsOnlyReleasedPassesItsPlaceToo(ProviderKind kind) {
        start(kind);
        ConformanceNode.Ordered loser = loser(7);
        CompletableFuture<Status> released = ConformanceNode.run(() -> provider.release(loser.handle()));
        ConformanceNode.assertWaits(released);
        assertThat(provider.toExecuteEnd(90, null)).isEqualTo(Status.OK);
        assertThat(ConformanceNode.get(released)).isEqualTo(Status.OK);
        assertThat(node.commit(8)).isEqualTo(loser.meta().seqno() + 1);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#62")
    void aReplayThatFailsCertificationAppliesNothing(ProviderKind kind) {
        start(kind);
        TransactionMeta action = new TransactionMeta();
        assertThat(begin(91, action)).isEqualTo(Status.OK);
        CompletableFuture<Long> paused = ConformanceNode.run(provider::pause);
        ConformanceNode.assertWaits(paused);
        WriteSetHandle handle = new WriteSetHandle(9);
        provider.appendKey(handle, List.of(Key.of("db", "another", "row")), KeyType.EXCLUSIVE, true);
        TransactionMeta meta = new TransactionMeta();
        CompletableFuture<Status> certified = ConformanceNode.run(() -> provider.certify(1, handle, WHOLE, meta));
        ConformanceNode.assertWaits(certified);
        assertThat(provider.abortCertification(-1, 9).status()).isEqualTo(Status.OK);
        assertThat(ConformanceNode.get(certified)).isEqualTo(Status.BF_ABORT);
        assertThat(provider.toExecuteEnd(91, null)).isEqualTo(Status.OK);
        assertThat(ConformanceNode.get(paused)).isEqualTo(action.seqno());
        assertThat(provider.resume()).isEqualTo(Status.OK);
        assertThat(provider.replay(handle, new ConformanceNode.Context("replay")))
                .isEqualTo(Status.TRANSACTION_FAIL);
        assertThat(node.host.applied).isEmpty();
        assertThat(provider.commitOrderEnter(handle, meta)).isEqualTo(Status.OK);
        Gtid before = new Gtid(meta.historyUuid(), meta.seqno() - 1);
        assertThat(provider.syncWait(before, Integer.MAX_VALUE).status()).isEqualTo(Status.OK);
        assertThat(provider.commitOrderLeave(handle, meta, null)).isEqualTo(Status.OK);
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        assertThat(node.commit(10)).isEqualTo(meta.seqno() + 1);
    }

    private static final int START_ONLY = 0x40;
    private static final int END_ONLY = 0x01;

    private Status begin(long connection, Key key, int flags, TransactionMeta meta) {
        List<ByteBuffer> data = flags == END_ONLY ? List.of() : List.of(ConformanceNode.bytes("ALTER TABLE t"));
        return provider.toExecuteStart(connection, List.of(key), data, flags, meta);
    }

    private Status run(long connection, Key key, int flags, TransactionMeta meta) {
        Status status = begin(connection, key, flags, meta);
        if (meta.isOrdered()) {
            assertThat(provider.toExecuteEnd(connection, null)).isEqualTo(Status.OK);
        }
        return status;
    }

    @ParameterizedTest
    @EnumSource
    void aNonBlockingOperationKeepsOtherActionsOffItsTableUntilAllMembersHaveEndedIt(ProviderKind kind)
            throws IOException {
        start(kind);
        Path file = directory.resolve("grastate.dat");
        String history = provider.lastCommitted().uuid().toString();
        Key table = Key.of("db", "slow");
        TransactionMeta begun = new TransactionMeta();
        assertThat(run(95, table, START_ONLY, begun)).isEqualTo(Status.OK);
        assertThat(Files.readString(file)).contains("uuid:    00000000-0000-0000-0000-000000000000");

        assertThat(node.commit(20)).isEqualTo(begun.seqno() + 1);
        assertThat(run(96, table, WHOLE, new TransactionMeta())).isEqualTo(Status.TRANSACTION_FAIL);
        assertThat(run(96, table, START_ONLY, new TransactionMeta())).isEqualTo(Status.TRANSACTION_FAIL);
        assertThat(Files.readString(file)).contains("uuid:    00000000-0000-0000-0000-000000000000");

        TransactionMeta ended = new TransactionMeta();
        ended.setOrdered(begun.historyUuid(), begun.seqno(), begun.dependsOn());
        assertThat(run(95, table, END_ONLY, ended)).isEqualTo(Status.OK);
        assertThat(ended.seqno()).isEqualTo(begun.seqno() + 4);
        assertThat(ended.dependsOn()).isEqualTo(begun.seqno() + 3);
        assertThat(Files.readString(file)).contains(history).contains("seqno:   -1");
        assertThat(run(96, table, WHOLE, new TransactionMeta())).isEqualTo(Status.OK);
        assertThat(node.lastCommitted()).isEqualTo(begun.seqno() + 5);
        assertThat(node.status("open_connections")).isEqualTo("0");
    }

    @ParameterizedTest
    @EnumSource(names = "WSREP4J")
    void theEndOfANonBlockingOperationThatNobodyBeganIsRefused(ProviderKind kind) {
        // the reference waits for ever
        start(kind);
        TransactionMeta meta = new TransactionMeta();
        meta.setOrdered(provider.lastCommitted().uuid(), 1, 0);
        assertThat(begin(97, Key.of("db", "t"), END_ONLY, meta)).isEqualTo(Status.CONNECTION_FAIL);
        assertThat(meta.isOrdered()).isFalse();
        assertThat(node.status("open_connections")).isEqualTo("0");
        assertThat(node.commit(21)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(names = "WSREP4J")
    void aNonBlockingOperationThatIsOpenWhenTheNodeLeavesMakesItsStateUnknown(ProviderKind kind) throws IOException {
        start(kind);
        TransactionMeta begun = new TransactionMeta();
        Key table = Key.of("db", "slow");
        assertThat(run(98, table, START_ONLY, begun)).isEqualTo(Status.OK);
        assertThat(provider.disconnect()).isEqualTo(Status.OK);
        assertThat(Files.readString(directory.resolve("grastate.dat")))
                .contains("uuid:    00000000-0000-0000-0000-000000000000");
    }
}
