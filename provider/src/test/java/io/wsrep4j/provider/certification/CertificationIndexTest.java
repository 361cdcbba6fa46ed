package io.wsrep4j.provider.certification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.hash.MurmurHash128;
import io.wsrep4j.provider.writeset.KeyFormat;
import io.wsrep4j.provider.writeset.WriteSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the golden scenarios leave open: purging, reporting, preload, order, memory. */
class CertificationIndexTest {

    private final CertificationOptions options = new CertificationOptions();
    private final CertificationIndex index =
            new CertificationIndex(options, LoggerFactory.getLogger("certification-index-test"));

    private OrderedWriteSet append(TestWriteSets making, long seqno, io.wsrep4j.api.Uuid source, long lastSeen) {
        OrderedWriteSet ordered = making.ordered(seqno, source, lastSeen);
        index.certify(ordered);
        return ordered;
    }

    private static TestWriteSets exclusive(String... key) {
        return TestWriteSets.version6().key(KeyType.EXCLUSIVE, key);
    }

    @Test
    void nothingIsCertifiedBeforeAPositionIsKnown() {
        assertThat(index.isStarted()).isFalse();
        assertThat(index.position()).isEqualTo(-1);
        assertThatThrownBy(() -> append(exclusive("a"), 1, TestWriteSets.A, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("before the index was started");
        assertThatThrownBy(() -> index.start(1, 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("certification version 7; supported: 3 to 6");
    }

    @Test
    void aSeqnoThatDoesNotComeAfterThePositionBreaksLoudly() {
        index.start(10, 6);
        append(exclusive("a"), 12, TestWriteSets.A, 10);
        assertThatThrownBy(() -> append(exclusive("a"), 12, TestWriteSets.A, 10))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("seqno 12 after position 12");
        assertThatThrownBy(() -> index.skip(11)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> index.adjust(11, 6, Set.of())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nothingIsDiscardedThatAPendingWriteSetHadNotSeen() {
        index.start(1, 6);
        OrderedWriteSet first = append(exclusive("a"), 2, TestWriteSets.A, 1);
        OrderedWriteSet second = append(exclusive("b"), 3, TestWriteSets.A, 2);
        assertThat(index.safeToDiscard()).isZero();

        index.left(first);
        assertThat(index.safeToDiscard()).isEqualTo(1);
        assertThat(index.commitCut(3)).isEqualTo(1);
        assertThat(index.lowestSeqno()).isEqualTo(2);

        index.left(second);
        assertThat(index.safeToDiscard()).isEqualTo(2);
        assertThat(index.commitCut(3)).isEqualTo(2);
        assertThat(index.lowestSeqno()).isEqualTo(3);
        assertThat(index.size()).isEqualTo(1);
    }

    @Test
    void leavingOutOfOrderIsAccountedRight() {
        index.start(1, 6);
        List<OrderedWriteSet> all = new ArrayList<>();
        for (int i = 2; i < 5_000; i++) {
            all.add(append(exclusive("k" + i), i, TestWriteSets.A, i - 1));
        }
        for (int i = all.size() - 1; i > 0; i--) {
            index.left(all.get(i));
            assertThat(index.safeToDiscard()).isZero();
        }
        index.left(all.get(0));
        assertThat(index.safeToDiscard()).isEqualTo(1);
    }

    @Test
    void aReportIsDueAfterMoreThan127WriteSets() {
        index.start(1, 6);
        for (int i = 2; i < 2 + 127; i++) {
            assertThat(index.left(append(exclusive("k"), i, TestWriteSets.A, i - 1)))
                    .isEqualTo(-1);
        }
        assertThat(index.left(append(exclusive("k"), 129, TestWriteSets.A, 128)))
                .isEqualTo(128);
        assertThat(index.left(append(exclusive("k"), 130, TestWriteSets.A, 129)))
                .isEqualTo(-1);
    }

    @Test
    void aReportIsDueAfterMoreThan1024Keys() {
        index.start(1, 6);
        TestWriteSets making = TestWriteSets.version6();
        for (int i = 0; i < 1024; i++) {
            making.key(KeyType.EXCLUSIVE, "k" + i);
        }
        assertThat(index.left(append(making, 2, TestWriteSets.A, 1))).isEqualTo(-1);
        assertThat(index.left(append(exclusive("one more"), 3, TestWriteSets.A, 2)))
                .isEqualTo(2);
    }

    @Test
    void aReportIsDueAfterMoreThan128MebibytesFailedOnesIncluded() {
        index.start(1, 6);
        append(exclusive("a"), 2, TestWriteSets.A, 1);
        for (int i = 3; i < 7; i++) {
            OrderedWriteSet failed = append(exclusive("a").data(32 << 20), i, TestWriteSets.B, 1);
            assertThat(failed.hasFailed()).isTrue();
            assertThat(index.left(failed)).isEqualTo(i < 6 ? -1 : 0);
        }
    }

    @Test
    void theSameSafeSeqnoIsReportedOnlyOnce() {
        index.start(1, 6);
        OrderedWriteSet slow = append(exclusive("slow"), 2, TestWriteSets.A, 1);
        int reports = 0;
        for (int i = 3; i < 1_000; i++) {
            reports += index.left(append(exclusive("k"), i, TestWriteSets.A, i - 1)) < 0 ? 0 : 1;
        }
        assertThat(reports).as("reports of seqno 0").isEqualTo(1);
        assertThat(index.left(slow)).isEqualTo(-1);
    }

    @Test
    void withoutReportsTheIndexIsTrimmedToTheMaximumLength() {
        index.start(0, 6);
        for (int i = 1; i <= 20_000; i++) {
            index.left(append(exclusive("k" + i), i, TestWriteSets.A, i - 1));
        }
        assertThat(index.lowestSeqno()).isEqualTo(19_968 - 16_384 + 1);
        assertThat(index.size()).isEqualTo(20_000 - 3_584);
    }

    @Test
    void memoryIsGivenBackAfterThePurge() {
        index.start(0, 6);
        long empty = index.memoryBytes();
        List<OrderedWriteSet> all = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            TestWriteSets making = TestWriteSets.version6();
            for (int k = 0; k < 500; k++) {
                making.key(KeyType.EXCLUSIVE, i + "." + k);
            }
            all.add(append(making, i, TestWriteSets.A, i - 1));
        }
        assertThat(index.size()).isEqualTo(100_000);
        // each key has its entry and its record in the purge list; of both the last block may be hardly in use
        assertThat(index.memoryBytes())
                .isBetween(100_000 * 32L, 100_000L * CertificationIndex.BYTES_A_KEY + KeyRecords.CHUNK_BYTES);
        all.forEach(index::left);
        index.commitCut(199);
        assertThat(index.size()).isEqualTo(500);
        assertThat(index.memoryBytes()).isLessThan(empty + 500 * 24 * 8 + 2 * KeyRecords.CHUNK_BYTES);
    }

    @Test
    void aWriteSetForWhichThereIsNoMemoryLeavesNoTrace() {
        boolean[] refuse = new boolean[1];
        UnreliableMemory memory = new UnreliableMemory(() -> refuse[0]);
        CertificationIndex scarce =
                new CertificationIndex(new CertificationOptions(), LoggerFactory.getLogger("scarce"), memory);
        scarce.start(0, 6);
        scarce.certify(OrderedWriteSet.fromGroup(
                TestWriteSets.version6().key(KeyType.EXCLUSIVE, "row").from(TestWriteSets.A, 0), 1));
        TestWriteSets large = TestWriteSets.version6().key(KeyType.EXCLUSIVE, "row");
        for (int i = 0; i < 5000; i++) {
            large.key(KeyType.EXCLUSIVE, "large " + i);
        }
        int size = scarce.size();
        refuse[0] = true;
        assertThatThrownBy(() -> scarce.certify(OrderedWriteSet.fromGroup(large.from(TestWriteSets.A, 1), 2)))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(scarce.size()).isEqualTo(size);
        refuse[0] = false;

        // the row is still that of write set 1
        assertThat(scarce.certify(OrderedWriteSet.fromGroup(
                        TestWriteSets.version6().key(KeyType.EXCLUSIVE, "row").from(TestWriteSets.B, 0), 3)))
                .isEqualTo(Verdict.FAILED);
        OrderedWriteSet after = OrderedWriteSet.fromGroup(
                TestWriteSets.version6().key(KeyType.EXCLUSIVE, "row").from(TestWriteSets.B, 1), 4);
        assertThat(scarce.certify(after)).isEqualTo(Verdict.PASSED);
        assertThat(after.dependsOn()).isEqualTo(1);
        scarce.close();
        assertThat(memory.bytes()).isZero();
        assertThat(scarce.memoryBytes()).isZero();
    }

    @Test
    void preloadedWriteSetsNeverFailAreNotPendingAndRaiseLaterDependencies() {
        index.start(20, 6);
        for (int i = 21; i < 24; i++) {
            WriteSet writeSet = exclusive("a").from(i == 22 ? TestWriteSets.B : TestWriteSets.A, 0);
            writeSet.stampCertified(i, i - 3, new MurmurHash128());
            OrderedWriteSet preloaded = OrderedWriteSet.fromHistory(writeSet);
            assertThat(index.certify(preloaded)).isEqualTo(Verdict.PASSED);
            assertThat(index.safeToDiscard()).isEqualTo(20);
            assertThat(index.left(preloaded)).isEqualTo(-1);
        }
        OrderedWriteSet next = append(exclusive("a"), 24, TestWriteSets.C, 23);
        assertThat(next.hasFailed()).isFalse();
        assertThat(next.dependsOn()).isEqualTo(23);
    }

    @Test
    void skippedEventsTakeTheirPlaceWithoutKeys() {
        index.start(20, 6);
        index.skip(21);
        index.skip(22);
        assertThat(index.lowestSeqno()).isEqualTo(21);
        assertThat(index.size()).isZero();
        assertThat(append(exclusive("a"), 23, TestWriteSets.A, 22).dependsOn()).isEqualTo(20);
        assertThat(index.commitCut(21)).isEqualTo(21);
        assertThat(index.lowestSeqno()).isEqualTo(22);
    }

    @Test
    void aCopyThatWasNeverCertifiedIsNoHistory() {
        WriteSet writeSet = exclusive("a").from(TestWriteSets.A, 3);
        assertThatThrownBy(() -> OrderedWriteSet.fromHistory(writeSet))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a certified copy");
    }

    @Test
    void leavingAfterAResetOrTwiceChangesNothing() {
        index.start(1, 6);
        OrderedWriteSet before = append(exclusive("a"), 2, TestWriteSets.A, 1);
        index.reset();
        index.start(50, 6);
        OrderedWriteSet after = append(exclusive("a"), 51, TestWriteSets.A, 50);

        index.left(before);
        assertThat(index.safeToDiscard()).isEqualTo(49);
        index.left(after);
        index.left(after);
        assertThat(index.safeToDiscard()).isEqualTo(50);
    }

    @Test
    void aResetForgetsKeysPositionAndOpenOperations() {
        index.start(1, 6);
        index.adjust(2, 6, Set.of(TestWriteSets.A));
        append(exclusive("a").flags(TransactionFlags.ISOLATION | TransactionFlags.TRX_START), 3, TestWriteSets.A, 2);
        assertThat(index.hasNonBlockingOperations()).isTrue();

        index.reset();

        assertThat(index.hasNonBlockingOperations()).isFalse();
        assertThat(index.size()).isZero();
        assertThat(index.position()).isEqualTo(-1);
        assertThat(index.lowestSeqno()).isEqualTo(-1);
    }

    @Test
    void aViewWithTheSameVersionKeepsTheIndexAnotherVersionEmptiesIt() {
        index.start(1, 5);
        append(new TestWriteSets(5, KeyFormat.FLAT8).key(KeyType.EXCLUSIVE, "a"), 2, TestWriteSets.A, 1);
        index.adjust(3, 5, Set.of(TestWriteSets.A));
        assertThat(index.size()).isEqualTo(1);
        assertThat(index.lowestSeqno()).isEqualTo(2);
        index.adjust(4, 6, Set.of(TestWriteSets.A));
        assertThat(index.size()).isZero();
        assertThat(index.lowestSeqno()).isEqualTo(4);
    }

    @Test
    void keysOfDifferentFormatsMatchOnTheirCommonBits() {
        index.start(1, 6);
        append(new TestWriteSets(6, KeyFormat.FLAT16).key(KeyType.EXCLUSIVE, "a"), 2, TestWriteSets.A, 1);
        OrderedWriteSet narrow = append(exclusive("a"), 3, TestWriteSets.B, 1);
        assertThat(narrow.hasFailed()).isTrue();
        append(exclusive("b"), 4, TestWriteSets.A, 1);
        OrderedWriteSet wide =
                append(new TestWriteSets(6, KeyFormat.FLAT16A).key(KeyType.EXCLUSIVE, "b"), 5, TestWriteSets.B, 1);
        assertThat(wide.hasFailed()).isTrue();
        assertThat(index.size()).isEqualTo(2);
    }

    @Test
    void statisticsBeginAnewAtAReset() {
        index.start(1, 6);
        append(exclusive("a"), 5, TestWriteSets.A, 1);
        assertThat(index.statistics()).isEqualTo(new CertificationStatistics(1, 1.0, 3.0, 1));
        index.resetStatistics();
        assertThat(index.statistics()).isEqualTo(new CertificationStatistics(0, 0.0, 0.0, 0));
    }

    @Test
    void conflictsAreLoggedWithBothSidesWhenAskedFor() {
        Logger logger = (Logger) LoggerFactory.getLogger("certification-index-test");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
        index.start(1, 6);
        append(exclusive("a"), 2, TestWriteSets.A, 1);
        append(exclusive("a"), 3, TestWriteSets.B, 1);
        assertThat(lines.list).isEmpty();

        options.setLogConflicts(true);
        append(new TestWriteSets(6, KeyFormat.FLAT8A).key(KeyType.UPDATE, "a"), 4, TestWriteSets.B, 1);

        assertThat(lines.list).hasSize(1);
        assertThat(lines.list.get(0).getFormattedMessage())
                .startsWith("certification conflict: seqno 4 of " + TestWriteSets.B
                        + " (last seen 1, trx 1) uses key UPDATE ")
                .endsWith(" (a), which seqno 2 of " + TestWriteSets.A + " used as EXCLUSIVE");
        logger.detachAppender(lines);
    }

    @Test
    void hiddenOptionsOutsideTheirRangeAreRefused() {
        assertThatThrownBy(() -> new CertificationOptions(0, 127))
                .hasMessage("cert.max_length: 0; allowed: 1 and above");
        assertThatThrownBy(() -> new CertificationOptions(1, -1))
                .hasMessage("cert.length_check: -1; allowed: 0 and above");
    }
}
