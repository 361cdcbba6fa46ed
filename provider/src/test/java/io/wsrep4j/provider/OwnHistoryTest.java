package io.wsrep4j.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.InitArguments;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.View;
import io.wsrep4j.provider.log.NodeLog;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host that has lost its last commits is started again at the position that it has left, beside a write-set cache that has them
 * (docs/spec/replicator-state-transfer.md 31.21).
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class OwnHistoryTest {

    private static final int ROWS = 20;
    /** The bootstrap's view has seqno 1. */
    private static final long NEWEST = 1 + ROWS;

    @TempDir
    Path directory;

    /** Runs a node for a while; the history that it has made. */
    private Uuid run() throws Exception {
        try (SingleNode node = SingleNode.synced(directory)) {
            for (int row = 1; row <= ROWS; row++) {
                node.commit(row, "row" + row);
            }
            assertThat(node.provider.lastCommitted().seqno()).isEqualTo(NEWEST);
            return node.provider.lastCommitted().uuid();
        }
    }

    /** What a crash leaves: the position is the host's to know. */
    private void forgetPosition() throws IOException {
        Path state = directory.resolve("grastate.dat");
        Files.writeString(state, Files.readString(state).replaceFirst("seqno: .*", "seqno:   -1"));
    }

    private SingleNode restarted(Gtid position, String options) throws IOException {
        forgetPosition();
        return new SingleNode(directory, options, position);
    }

    private static List<Long> appliedSeqnos(SingleNode node) {
        return node.host.applied.stream().map(applied -> applied.gtid().seqno()).toList();
    }

    @Test
    void whatTheHostHasLostIsAppliedFromTheOwnCache() throws Exception {
        Uuid history = run();
        try (SingleNode node = restarted(new Gtid(history, 8), "")) {
            node.connect();
            assertThat(appliedSeqnos(node))
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(9, NEWEST).boxed().toList());
            assertThat(node.host.callbacks).containsExactly("connected", "view", "view", "synced");
            assertThat(node.host.views.get(0).stateId()).isEqualTo(new Gtid(history, 8));
            View first = node.host.views.get(0);
            View second = node.host.views.get(1);
            assertThat(first.members()).as("the member of then, and of now").hasSize(2);
            assertThat(first.members().get(first.ownIndex()).id())
                    .isEqualTo(second.members().get(second.ownIndex()).id());
            assertThat(node.host.views.get(1).stateId()).isEqualTo(new Gtid(history, NEWEST + 1));
            assertThat(node.provider.lastCommitted()).isEqualTo(new Gtid(history, NEWEST + 1));
            assertThat(node.commit(100, "new")).isEqualTo(NEWEST + 2);
        }
    }

    @Test
    void configurationsOfThePastAreShownInTheirPlace() throws Exception {
        Uuid history = run();
        try (SingleNode node = restarted(new Gtid(history, NEWEST), "")) {
            node.connect();
            node.commit(100, "after the second view");
        }
        try (SingleNode node = restarted(new Gtid(history, NEWEST - 1), "")) {
            node.connect();
            assertThat(appliedSeqnos(node)).containsExactly(NEWEST, NEWEST + 2);
            assertThat(node.host.views.stream().map(view -> view.stateId().seqno()))
                    .containsExactly(NEWEST - 1, NEWEST + 1, NEWEST + 3);
        }
    }

    @Test
    void aHostThatHasEverythingAppliesNothing() throws Exception {
        Uuid history = run();
        try (SingleNode node = restarted(new Gtid(history, NEWEST), "")) {
            node.connect();
            assertThat(node.host.applied).isEmpty();
            assertThat(node.host.callbacks).containsExactly("connected", "view", "synced");
        }
    }

    @Test
    void whatIsNotAppliedInOneLifeIsThereInTheNext() throws Exception {
        Uuid history = run();
        Gtid position = new Gtid(history, 8);
        try (SingleNode node = restarted(position, "")) {
            assertThat(node.host.log).anyMatch(line -> line.contains("goes on from " + position));
        }
        try (SingleNode node = restarted(position, "")) {
            node.connect();
            assertThat(appliedSeqnos(node)).hasSize((int) (NEWEST - 8));
        }
    }

    @Test
    void aCacheOfAnotherHistoryDoesNotCount() throws Exception {
        run();
        Gtid other = new Gtid(new Uuid(3, 4), 8);
        Path state = directory.resolve("grastate.dat");
        Files.writeString(state, Files.readString(state).replaceFirst("uuid: .*", "uuid:    " + other.uuid()));
        try (SingleNode node = restarted(other, "")) {
            node.connect();
            assertThat(node.host.applied).isEmpty();
            assertThat(node.provider.lastCommitted()).isEqualTo(new Gtid(other.uuid(), 9));
        }
    }

    @Test
    void aCacheThatIsNotToBeRecoveredDoesNotCount() throws Exception {
        Uuid history = run();
        try (SingleNode node = restarted(new Gtid(history, 8), "gcache.recover=no")) {
            node.connect();
            assertThat(node.host.applied).isEmpty();
            assertThat(node.provider.lastCommitted()).isEqualTo(new Gtid(history, 9));
        }
    }

    /** Same history, other write sets: nothing of it may be taken for what a donor sends. */
    @Test
    void whatIsForgoneIsInTheCacheNoMore() throws Exception {
        Uuid history = run();
        forgetPosition();
        RecordingHost host = new RecordingHost();
        InitArguments arguments =
                new InitArguments("n1", "127.0.0.1", "127.0.0.1:3306", directory, "", 4, new Gtid(history, 8));
        ProviderNode node = ProviderNode.start(arguments, host, null, null, new NodeLog(host));
        try {
            assertThat(node.transfers().ownHistoryReaches()).isEqualTo(NEWEST);
            assertThat(node.transfers().isOwnHistoryDue(new Gtid(history, NEWEST)))
                    .isTrue();
            assertThat(node.transfers().isOwnHistoryDue(new Gtid(history, NEWEST + 1)))
                    .isFalse();
            assertThat(node.transfers().isOwnHistoryDue(new Gtid(history, NEWEST - 1)))
                    .isFalse();
            assertThat(node.transfers().isOwnHistoryDue(new Gtid(new Uuid(3, 4), NEWEST)))
                    .isFalse();
            node.transfers().forgoOwnHistory(new Gtid(history, NEWEST + 1));
            assertThat(node.transfers().ownHistoryReaches()).isEqualTo(Seqno.UNDEFINED);
            assertThat(node.transfers().isOwnHistoryDue(new Gtid(history, NEWEST)))
                    .isFalse();
            assertThat(node.parts().cache().contains(9)).isFalse();
            assertThat(node.parts().cache().contains(8)).isTrue();
        } finally {
            node.free();
        }
    }

    @Test
    void whatIsInMemoryDoesNotOutliveACrashAndTheStartSaysSo() throws Exception {
        String memory = "gcache.mem_size=16M";
        Uuid history;
        try (SingleNode node = new SingleNode(directory, memory)) {
            assertThat(node.host.log)
                    .anyMatch(line -> line.contains("not be able to bring back: gcache.mem_size=16777216"));
            node.connect();
            node.commit(1, "row1");
            history = node.provider.lastCommitted().uuid();
        }
        try (SingleNode node = restarted(new Gtid(history, 1), "")) {
            assertThat(node.host.log).noneMatch(line -> line.contains("bring back"));
            node.connect();
            assertThat(node.host.applied).isEmpty();
        }
    }

    @Test
    void whatFollowsAGapDoesNotCount() throws Exception {
        Uuid history = run();
        damage("row12");
        try (SingleNode node = restarted(new Gtid(history, 8), "")) {
            assertThat(node.host.log)
                    .anyMatch(line -> line.startsWith("WARN")
                            && line.contains("until seqno 14 ")
                            && line.contains(history + ":8"));
            node.connect();
            assertThat(node.host.applied).isEmpty();
            assertThat(node.provider.lastCommitted()).isEqualTo(new Gtid(history, 9));
        }
        try (SingleNode node = restarted(new Gtid(history, 9), "")) {
            node.connect();
            assertThat(node.host.applied).as("applied of the old branch").isEmpty();
        }
    }

    /** One bit of a write set in the file. */
    private void damage(String content) throws IOException {
        Path ring = directory.resolve("galera.cache");
        byte[] wanted = content.getBytes(StandardCharsets.US_ASCII);
        try (RandomAccessFile file = new RandomAccessFile(ring.toFile(), "rw")) {
            byte[] bytes = new byte[1 << 20];
            file.readFully(bytes);
            int found = -1;
            for (int at = 0; at + wanted.length < bytes.length; at++) {
                if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                    found = at;
                }
            }
            assertThat(found).isPositive();
            file.seek(found);
            file.write(bytes[found] ^ 1);
        }
    }

    @Test
    void aHostThatFailsMeanwhileLeavesAtWhatItHasApplied() throws Exception {
        Uuid history = run();
        try (SingleNode node = restarted(new Gtid(history, 8), "")) {
            node.host.fail("apply", RecordingHost.Failure.ERROR, 5);
            assertThat(node.provider.connect("c", "local://", "", true)).isEqualTo(Status.OK);
            assertThat(node.receiveOnThread().get(60, TimeUnit.SECONDS)).isNotEqualTo(Status.OK);
            assertThat(node.host.callbacks).doesNotContain("synced");
            assertThat(appliedSeqnos(node)).isEqualTo(List.of(9L, 10L, 11L, 12L));
        }
    }
}
