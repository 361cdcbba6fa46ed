package io.wsrep4j.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.ApplyResult;
import io.wsrep4j.api.DataType;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.TransactionMeta;
import io.wsrep4j.api.WriteSetHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/spec/wsrep-api-v26.md checklist 70, 71, 73, 79 and the apply errors of line 78 that a single node can show. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class StreamingTest {

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

    private TransactionMeta fragment(WriteSetHandle handle, int flags) {
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(1, handle, flags, meta)).isEqualTo(Status.OK);
        assertThat(provider.commitOrderEnter(handle, meta)).isEqualTo(Status.OK);
        assertThat(provider.commitOrderLeave(handle, meta, null)).isEqualTo(Status.OK);
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        return meta;
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#70")
    void fragmentsAreAChainUntilTheLast(ProviderKind kind) {
        start(kind);
        WriteSetHandle handle = node.append(1, "one");
        Object opaque = handle.opaque();
        TransactionMeta first = fragment(handle, 0x40);
        assertThat(handle.opaque()).isEqualTo(opaque);
        node.appendTo(handle, "two");
        TransactionMeta second = fragment(handle, 0x00);
        assertThat(second.dependsOn()).isGreaterThanOrEqualTo(first.seqno());
        provider.appendKey(handle, List.of(Key.of("db", "t")), KeyType.SHARED, true);
        TransactionMeta last = fragment(handle, 0x09);
        assertThat(last.dependsOn()).isEqualTo(last.seqno() - 1);
        assertThat(handle.opaque()).isNull();
        assertThat(node.status("local_commits")).isEqualTo("3");
        assertThat(node.status("open_transactions")).isEqualTo("0");
        assertThat(node.lastCommitted()).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#71")
    @Tag("docs/spec/wsrep-api-v26.md#79")
    void aRollbackComesBackEmptyToItsOrigin(ProviderKind kind) {
        start(kind);
        WriteSetHandle handle = node.append(2, "one");
        fragment(handle, 0x40);
        assertThat(provider.rollback(2, null)).isEqualTo(Status.OK);
        assertThat(provider.syncWait(null, 30).status()).isEqualTo(Status.OK);
        assertThat(node.host.applied).singleElement().satisfies(event -> {
            assertThat(event.flags()).isEqualTo(0x0A);
            assertThat(event.data()).isEmpty();
            assertThat(event.gtid().seqno()).isEqualTo(3);
            assertThat(event.dependsOn()).isEqualTo(2);
            assertThat(event.source().transactionId()).isEqualTo(2);
            assertThat(event.source().node())
                    .isEqualTo(node.host.views.get(0).members().get(0).id());
        });
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        assertThat(handle.opaque()).isNull();
        assertThat(node.commit(3)).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#73")
    void anAbortInsideAFragmentsSectionShowsAtRelease(ProviderKind kind) {
        start(kind);
        WriteSetHandle handle = node.append(4, "one");
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(1, handle, 0x40, meta)).isEqualTo(Status.OK);
        assertThat(provider.commitOrderEnter(handle, meta)).isEqualTo(Status.OK);
        assertThat(provider.abortCertification(-1, 4).status()).isEqualTo(Status.OK);
        assertThat(provider.commitOrderLeave(handle, meta, null)).isEqualTo(Status.OK);
        assertThat(provider.release(handle)).isEqualTo(Status.BF_ABORT);
        assertThat(handle.opaque()).isNotNull();
        assertThat(provider.rollback(4, null)).isEqualTo(Status.OK);
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        assertThat(provider.syncWait(null, 30).status()).isEqualTo(Status.OK);
        assertThat(handle.opaque()).isNull();
        assertThat(node.commit(5)).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource
    void anAbortBetweenFragmentsStopsTheNextOne(ProviderKind kind) {
        start(kind);
        WriteSetHandle handle = node.append(6, "one");
        fragment(handle, 0x40);
        assertThat(provider.abortCertification(-1, 6).status()).isEqualTo(Status.OK);
        provider.appendData(handle, List.of(ConformanceNode.bytes("two")), DataType.ORDERED, true);
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(1, handle, 0x00, meta)).isEqualTo(Status.CONNECTION_FAIL);
        assertThat(meta.isOrdered()).isFalse();
        assertThat(provider.rollback(6, null)).isEqualTo(Status.OK);
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        assertThat(provider.syncWait(null, 30).status()).isEqualTo(Status.OK);
        assertThat(node.commit(7)).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#72")
    void aFragmentThatGivesUpBeforeItsTurnPassesItsPlaceAtRelease(ProviderKind kind) {
        start(kind);
        WriteSetHandle handle = node.append(8, "one");
        TransactionMeta meta = new TransactionMeta();
        assertThat(provider.certify(1, handle, 0x40, meta)).isEqualTo(Status.OK);
        assertThat(provider.abortCertification(-1, 8).status()).isEqualTo(Status.OK);
        assertThat(provider.commitOrderEnter(handle, meta)).isEqualTo(Status.TRANSACTION_FAIL);
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        assertThat(node.lastCommitted()).isEqualTo(2);
        assertThat(node.commit(9)).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("docs/spec/wsrep-api-v26.md#78")
    void anErrorThatEverybodyHasIsNoError(ProviderKind kind) {
        start(kind);
        WriteSetHandle handle = node.append(10, "one");
        fragment(handle, 0x40);
        List<Status> answers = new CopyOnWriteArrayList<>();
        node.host.onApply = (given, meta, event) -> {
            answers.add(provider.commitOrderEnter(given, meta));
            answers.add(provider.commitOrderLeave(
                    given, meta, ConformanceNode.bytes(" Can't find record in 't', Error_code: 1032;\0")));
            return ApplyResult.SUCCESS;
        };
        assertThat(provider.rollback(10, null)).isEqualTo(Status.OK);
        assertThat(provider.syncWait(null, 30).status()).isEqualTo(Status.OK);
        assertThat(node.host.applied).hasSize(1);
        assertThat(answers).containsExactly(Status.OK, Status.OK);
        assertThat(provider.release(handle)).isEqualTo(Status.OK);
        assertThat(node.status("local_state")).isEqualTo("4");
    }
}
