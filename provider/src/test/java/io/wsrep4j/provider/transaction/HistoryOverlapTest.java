package io.wsrep4j.provider.transaction;

import static io.wsrep4j.provider.transaction.UnconnectedNode.A;
import static io.wsrep4j.provider.transaction.UnconnectedNode.B;
import static io.wsrep4j.provider.transaction.UnconnectedNode.WHOLE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The group delivers to a joiner what its state transfer contained already (docs/spec/replicator-state-transfer.md 22.5). */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class HistoryOverlapTest {

    /** Up to here the transfer brought everything. */
    private static final long TRANSFERRED = 7;

    @TempDir
    Path directory;

    @Test
    void whatTheTransferBroughtAsSkippedStaysSkippedWhenTheGroupDeliversItsBytes() throws Exception {
        try (UnconnectedNode joiner = new UnconnectedNode(directory, TRANSFERRED, 4)) {
            joiner.parts.cache().publishSkipped(5);
            joiner.parts.certification().preloadSkipped(5);

            joiner.deliver(joiner.sent(A, WHOLE, 4, "row"), 1, 5);

            assertThat(joiner.inconsistencies).isEmpty();
            assertThat(joiner.kept(5)).isEqualTo("skipped");
            assertThat(joiner.applied).isEmpty();
        }
    }

    @Test
    void whatTheTransferBroughtAsSkippedIsCertifiedIfItWasNotPreloaded() throws Exception {
        try (UnconnectedNode joiner = new UnconnectedNode(directory, TRANSFERRED, 4)) {
            joiner.parts.cache().publishSkipped(5);

            joiner.deliver(joiner.sent(A, WHOLE, 4, "row"), 1, 5);

            assertThat(joiner.inconsistencies).isEmpty();
            assertThat(joiner.parts.certification().position()).isEqualTo(5);
            assertThat(joiner.kept(5)).isEqualTo("skipped");
        }
    }

    @Test
    void whatFailsInTheOverlapIsSkippedInTheHistory() throws Exception {
        try (UnconnectedNode joiner = new UnconnectedNode(directory, TRANSFERRED, 4)) {
            joiner.deliver(joiner.sent(A, WHOLE, 4, "row"), 1, 5);
            joiner.deliver(joiner.sent(B, WHOLE, 4, "row"), 2, 6);
            joiner.deliver(joiner.sent(B, WHOLE, 6, "row"), 3, 7);

            assertThat(joiner.kept(5)).isEqualTo("WRITE_SET");
            assertThat(joiner.kept(6)).isEqualTo("skipped");
            assertThat(joiner.kept(7)).isEqualTo("WRITE_SET");
            assertThat(joiner.applied).as("applied again").isEmpty();
            assertThat(joiner.parts.orders().local().lastLeft()).isEqualTo(3);
        }
    }

    @Test
    void theGroupHearsHowFarTheJoinerIsFromTheOverlapToo() throws Exception {
        String[] manyRows =
                IntStream.rangeClosed(0, 1024).mapToObj(i -> "row" + i).toArray(String[]::new);
        try (UnconnectedNode joiner = new UnconnectedNode(directory, TRANSFERRED, 4)) {
            joiner.deliver(joiner.sent(A, WHOLE, 4, manyRows), 1, 5);

            assertThat(joiner.reported).containsExactly(4L);
        }
    }
}
