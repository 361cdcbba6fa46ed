package io.wsrep4j.provider.transaction;

import static io.wsrep4j.provider.transaction.UnconnectedNode.A;
import static io.wsrep4j.provider.transaction.UnconnectedNode.B;
import static io.wsrep4j.provider.transaction.UnconnectedNode.WHOLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.provider.writeset.WriteSetFlags;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fragments whose transaction was aborted before they were certified: they are certified in their place all the same, before anything behind them
 * (docs/spec/writeset-certification.md 8.11, and docs/spec/replicator-state-transfer.md 7.6).
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class GivenUpWriteSetsTest {

    private static final int FIRST_FRAGMENT = TransactionFlags.TRX_START;

    @TempDir
    Path directory;

    @Test
    void aGivenUpFragmentIsCertifiedBeforeTheNextWriteSetAndCanMakeItFail() throws Exception {
        try (UnconnectedNode node = new UnconnectedNode(directory, 4, 4)) {
            OrderedEvent fragment = node.ordered(node.sent(A, FIRST_FRAGMENT, 4, "row"), 1, 5);
            node.certificationTurn.giveUp(fragment);
            node.parts.orders().skip(5);
            assertThat(node.parts.certification().position()).isEqualTo(4);

            node.deliver(node.sent(B, WHOLE, 4, "row"), 2, 6);

            assertThat(node.parts.certification().position()).isEqualTo(6);
            assertThat(node.kept(5)).isEqualTo("WRITE_SET");
            assertThat(node.kept(6)).isEqualTo("skipped");
            assertThat(node.applied).containsExactly("6 TRX_END|ROLLBACK|TRX_START");
        }
    }

    @Test
    void aGivenUpFragmentThatFailsIsSkippedInTheHistory() throws Exception {
        try (UnconnectedNode node = new UnconnectedNode(directory, 4, 4)) {
            node.deliver(node.sent(B, WHOLE, 4, "row"), 1, 5);
            node.certificationTurn.giveUp(node.ordered(node.sent(A, FIRST_FRAGMENT, 4, "row"), 2, 6));
            node.parts.orders().skip(6);

            node.deliver(node.sent(B, WHOLE, 4, "row"), 3, 7);

            assertThat(node.kept(6)).isEqualTo("skipped");
            assertThat(node.kept(7))
                    .as("the failed fragment's keys bind nobody")
                    .isEqualTo("WRITE_SET");
        }
    }

    @Test
    void aGivenUpRollbackFragmentPassesAndStaysInTheHistory() throws Exception {
        try (UnconnectedNode node = new UnconnectedNode(directory, 4, 4)) {
            OrderedEvent rollback = node.ordered(node.sent(A, WriteSetFlags.ROLLBACK_FRAGMENT, 4), 1, 5);
            node.certificationTurn.giveUp(rollback);
            node.parts.orders().skip(5);

            node.certificationTurn.judgePendingBefore(2);

            assertThat(rollback.dependsOn()).isEqualTo(4);
            assertThat(WriteSetFlags.isFailed(rollback.flags())).isFalse();
            assertThat(node.kept(5)).isEqualTo("WRITE_SET");
        }
    }

    @Test
    void onlyWhatLiesBeforeIsCertifiedInOrder() throws Exception {
        try (UnconnectedNode node = new UnconnectedNode(directory, 4, 4)) {
            node.certificationTurn.giveUp(node.ordered(node.sent(A, FIRST_FRAGMENT, 4, "third"), 3, 7));
            node.certificationTurn.giveUp(node.ordered(node.sent(A, FIRST_FRAGMENT, 4, "first"), 1, 5));
            node.certificationTurn.giveUp(node.ordered(node.sent(A, FIRST_FRAGMENT, 4, "second"), 2, 6));

            node.certificationTurn.judgePendingBefore(3);
            assertThat(node.parts.certification().position()).isEqualTo(6);

            node.certificationTurn.judgePendingBefore(4);
            assertThat(node.parts.certification().position()).isEqualTo(7);
        }
    }

    @Test
    void theGroupHearsHowFarThisNodeIsWhenAGivenUpFragmentMakesItTime() throws Exception {
        String[] manyRows =
                IntStream.rangeClosed(0, 1024).mapToObj(i -> "row" + i).toArray(String[]::new);
        try (UnconnectedNode node = new UnconnectedNode(directory, 4, 4)) {
            node.certificationTurn.giveUp(node.ordered(node.sent(A, FIRST_FRAGMENT, 4, manyRows), 1, 5));

            node.certificationTurn.judgePendingBefore(2);

            assertThat(node.reported).containsExactly(4L);
        }
    }
}
