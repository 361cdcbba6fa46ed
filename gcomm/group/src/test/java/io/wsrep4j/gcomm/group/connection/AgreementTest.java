package io.wsrep4j.gcomm.group.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.gcomm.group.StateTransferAnswer;
import io.wsrep4j.gcomm.group.VoteAnswer;
import io.wsrep4j.gcomm.group.connection.GroupFixture.Peer;
import io.wsrep4j.gcomm.group.message.CodeMessage;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.VoteMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commit cut and votes (docs/spec/gcs.md checklist 12, 52 to 60). */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class AgreementTest {

    private static final ByteBuffer ERROR = ByteBuffer.wrap("cannot apply\0".getBytes(StandardCharsets.US_ASCII));

    private final GroupFixture group = new GroupFixture();

    @AfterEach
    void close() {
        group.close();
    }

    @Test
    void theCommitCutIsTheLowestReport() {
        Peer[] n = group.synced(2);
        for (int i = 0; i < 10; i++) {
            group.await(n[0].replicate("w"));
        }
        assertThat(n[0].connection.reportDiscardable(n[0].at(9))).isTrue();
        group.settle();
        assertThat(n[1].taken(GroupAction.CommitCut.class)).isEmpty();
        assertThat(n[1].connection.reportDiscardable(n[0].at(7))).isTrue();
        group.settle();
        assertThat(n[0].taken(GroupAction.CommitCut.class))
                .extracting(GroupAction.CommitCut::seqno)
                .containsExactly(7L);
        assertThat(n[1].taken(GroupAction.CommitCut.class))
                .extracting(GroupAction.CommitCut::seqno)
                .containsExactly(7L);
        n[1].inject(MessageType.LAST, 6, 0);
        n[1].inject(MessageType.LAST, 8, 1);
        n[1].inject(
                MessageType.LAST,
                new CodeMessage(new Gtid(new Uuid(9, 9), 8), 0).encode().clear());
        group.settle();
        assertThat(n[0].state().commitCut()).isEqualTo(7);
    }

    @Test
    void aFailureOfOneOfThreeIsOutvoted() {
        Peer[] n = group.synced(3);
        group.await(n[0].replicate("w"));
        group.settle();
        CompletableFuture<VoteAnswer> failed = group.background(() -> n[0].connection.vote(n[0].at(4), -1, ERROR));
        GroupFixture.until(() -> {
            group.settle();
            return !n[1].taken(GroupAction.VoteRequested.class).isEmpty();
        });
        assertThat(n[0].taken(GroupAction.VoteRequested.class)).isEmpty();
        assertThat(n[2].taken(GroupAction.VoteRequested.class)).hasSize(1);
        CompletableFuture<VoteAnswer> second =
                group.background(() -> n[1].connection.vote(n[1].at(4), 0, ByteBuffer.allocate(0)));
        CompletableFuture<VoteAnswer> third =
                group.background(() -> n[2].connection.vote(n[2].at(4), 0, ByteBuffer.allocate(0)));
        assertThat(group.await(failed)).isEqualTo(VoteAnswer.DISAGREED);
        assertThat(group.await(second)).isEqualTo(VoteAnswer.AGREED);
        assertThat(group.await(third)).isEqualTo(VoteAnswer.AGREED);
        assertThat(n[1].connection.vote(n[1].at(4), 0, ERROR)).isEqualTo(VoteAnswer.VOTED_ALREADY);
    }

    @Test
    void aFailureOfAllIsAgreedOn() {
        Peer[] n = group.synced(2);
        group.await(n[0].replicate("w"));
        group.settle();
        CompletableFuture<VoteAnswer> first = group.background(() -> n[0].connection.vote(n[0].at(3), -1, ERROR));
        CompletableFuture<VoteAnswer> second = group.background(() -> n[1].connection.vote(n[1].at(3), -1, ERROR));
        assertThat(group.await(first)).isEqualTo(VoteAnswer.AGREED);
        assertThat(group.await(second)).isEqualTo(VoteAnswer.AGREED);
    }

    @Test
    void aVoteAtOrBelowTheCommitCutEndsAtOnceWithSuccess() {
        Peer[] n = group.synced(2);
        for (int i = 0; i < 4; i++) {
            group.await(n[0].replicate("w"));
        }
        n[0].connection.reportDiscardable(n[0].at(5));
        n[1].connection.reportDiscardable(n[0].at(5));
        group.settle();
        CompletableFuture<VoteAnswer> late = group.background(() -> n[0].connection.vote(n[0].at(5), -1, ERROR));
        assertThat(group.await(late)).isEqualTo(VoteAnswer.DISAGREED);
        group.settle();
        assertThat(n[1].taken(GroupAction.VoteRequested.class)).isEmpty();
    }

    @Test
    void aVoteThatADeadMemberLeavesOpenIsSettledInTheNextConfiguration() {
        Peer[] n = group.synced(3);
        group.await(n[0].replicate("w"));
        group.settle();
        CompletableFuture<VoteAnswer> first = group.background(() -> n[0].connection.vote(n[0].at(4), -1, ERROR));
        CompletableFuture<VoteAnswer> second =
                group.background(() -> n[1].connection.vote(n[1].at(4), 0, ByteBuffer.allocate(0)));
        GroupFixture.until(() -> {
            group.deliver();
            return n[0].state().members().get(0).vote().seqno() == 4
                    && n[0].state().members().get(1).vote().seqno() == 4;
        });
        assertThat(first).isNotDone();
        group.primary(n[0], n[1]);
        assertThat(group.await(first)).isEqualTo(VoteAnswer.DISAGREED);
        assertThat(group.await(second)).isEqualTo(VoteAnswer.AGREED);
        assertThat(n[0].configuration().voteSeqno()).isEqualTo(4);
        assertThat(n[0].configuration().voteResult()).isZero();
    }

    /** The others word their errors differently, as hosts do; none of them has applied it. */
    @Test
    void whoseWriteSetFailsOnAllOthersAndIsSilentAboutItIsIsolatedAndTheOthersAgree() {
        List<Runnable> later = new ArrayList<>();
        Peer one = group.peerWithoutTimer("n1", Map.of(), later);
        group.primary(one);
        Peer two = group.peerWithoutTimer("n2", Map.of(), later);
        group.primary(one, two);
        group.transfer(two, one);
        Peer liar = group.peer("liar");
        group.primary(one, two, liar);
        group.transfer(liar, one);
        long seqno = group.await(liar.replicate("nobody can apply it")).seqno();
        group.settle();
        CompletableFuture<VoteAnswer> first =
                group.background(() -> one.connection.vote(one.at(seqno), -1, ByteBuffer.wrap(new byte[] {1})));
        CompletableFuture<VoteAnswer> second =
                group.background(() -> two.connection.vote(two.at(seqno), -1, ByteBuffer.wrap(new byte[] {2})));
        GroupFixture.until(() -> {
            group.deliver();
            return one.state().members().get(0).vote().seqno() == seqno
                    && one.state().members().get(1).vote().seqno() == seqno
                    && two.state().members().get(1).vote().seqno() == seqno;
        });
        assertThat(first).isNotDone();
        assertThat(one.node.evicted).isEmpty();
        List.copyOf(group.overdue).forEach(Runnable::run);
        List.copyOf(later).forEach(Runnable::run);
        assertThat(one.node.evicted).containsExactly(liar.node.id);
        group.primary(one, two);
        assertThat(group.await(first)).isEqualTo(VoteAnswer.AGREED);
        assertThat(group.await(second)).isEqualTo(VoteAnswer.AGREED);
    }

    /** Two hosts word the same failure differently, and the sender of what nobody can apply says that it can. */
    @Test
    void whoAloneSaysThatItsWriteSetCanBeAppliedIsIsolatedAndTheOthersAgree() {
        Peer[] n = group.synced(3);
        long seqno = group.await(n[2].replicate("nobody can apply it")).seqno();
        group.settle();
        CompletableFuture<VoteAnswer> first =
                group.background(() -> n[0].connection.vote(n[0].at(seqno), -1, ByteBuffer.wrap(new byte[] {1})));
        CompletableFuture<VoteAnswer> second =
                group.background(() -> n[1].connection.vote(n[1].at(seqno), -1, ByteBuffer.wrap(new byte[] {2})));
        assertThat(group.await(votes(n[2], seqno, false))).isEqualTo(VoteAnswer.DISAGREED);
        assertThat(group.await(first)).isEqualTo(VoteAnswer.AGREED);
        assertThat(group.await(second)).isEqualTo(VoteAnswer.AGREED);
        GroupFixture.until(() -> n[0].node.evicted.contains(n[2].node.id) && n[1].node.evicted.contains(n[2].node.id));
    }

    /** One against one nobody can tell, and what has a second witness was right. */
    @Test
    void oneFailureDoesNotOverruleTheSenderNorDoTwoOverruleTheSenderAndAnother() {
        Peer[] n = group.synced(4);
        long seqno = group.await(n[3].replicate("w")).seqno();
        group.settle();
        CompletableFuture<VoteAnswer> first =
                group.background(() -> n[0].connection.vote(n[0].at(seqno), -1, ByteBuffer.wrap(new byte[] {1})));
        CompletableFuture<VoteAnswer> second =
                group.background(() -> n[1].connection.vote(n[1].at(seqno), -1, ByteBuffer.wrap(new byte[] {2})));
        CompletableFuture<VoteAnswer> third = votes(n[2], seqno, false);
        CompletableFuture<VoteAnswer> sender = votes(n[3], seqno, false);
        assertThat(group.await(first)).isEqualTo(VoteAnswer.DISAGREED);
        assertThat(group.await(second)).isEqualTo(VoteAnswer.DISAGREED);
        assertThat(group.await(third)).isEqualTo(VoteAnswer.AGREED);
        assertThat(group.await(sender)).isEqualTo(VoteAnswer.AGREED);
        assertThat(n[0].node.evicted).isEmpty();
    }

    @Test
    void aVoteAboutAnUnknownHistoryIsIgnored() {
        Peer[] n = group.synced(2);
        n[1].inject(MessageType.VOTE, VoteMessage.encode(new Gtid(new Uuid(1, 1), 2), -3, ERROR));
        group.settle();
        assertThat(n[0].taken(GroupAction.VoteRequested.class)).isEmpty();
    }

    private CompletableFuture<VoteAnswer> votes(Peer peer, long seqno, boolean failed) {
        return group.background(
                () -> peer.connection.vote(peer.at(seqno), failed ? -1 : 0, failed ? ERROR : ByteBuffer.allocate(0)));
    }

    /** docs/spec/gcs.md checklist 58. */
    @Test
    void aLateVoterGetsTheOutcomeThatIsOnRecord() {
        Peer[] n = group.synced(5);
        for (int i = 0; i < 2; i++) {
            group.await(n[0].replicate("w"));
        }
        group.settle();
        // three of five fail: whatever the other two say, that is the majority
        CompletableFuture<VoteAnswer> first = votes(n[0], 6, true);
        GroupFixture.until(() -> {
            group.deliver();
            return n[1].state().members().get(0).vote().seqno() == 6;
        });
        CompletableFuture<VoteAnswer> second = votes(n[1], 6, true);
        CompletableFuture<VoteAnswer> third = votes(n[2], 6, true);
        assertThat(group.await(first)).isEqualTo(VoteAnswer.AGREED);
        assertThat(group.await(second)).isEqualTo(VoteAnswer.AGREED);
        assertThat(group.await(third)).isEqualTo(VoteAnswer.AGREED);
        assertThat(group.await(votes(n[3], 6, true))).as("late, and failed too").isEqualTo(VoteAnswer.AGREED);
        assertThat(group.await(votes(n[4], 6, false))).as("late, and succeeded").isEqualTo(VoteAnswer.DISAGREED);
        group.settle();
        assertThat(n[0].taken(GroupAction.VoteRequested.class)).isEmpty();
    }

    /** docs/spec/gcs.md checklist 60. */
    @Test
    void theFailureOfMembersThatAreOnlyJoinedIsNotCountedButTheyHearTheOutcome() {
        Peer synced = group.peer("n1");
        group.primary(synced);
        // with this limit a member remains JOINED as long as anything is in its queue
        Peer one = group.peer("n2", Map.of("gcs.fc_limit", "0"), Gtid.UNDEFINED);
        Peer two = group.peer("n3", Map.of("gcs.fc_limit", "0"), Gtid.UNDEFINED);
        group.primary(synced, one, two);
        begin(one, synced);
        begin(two, synced);
        assertThat(group.await(synced.replicate("backlog")).status()).isEqualTo(ReplicationResult.Status.ORDERED);
        group.deliver();
        one.connection.join(synced.at(synced.state().actId()), 0);
        two.connection.join(synced.at(synced.state().actId()), 0);
        group.deliver();
        assertThat(synced.status(one)).isEqualTo(NodeState.JOINED);
        assertThat(synced.status(two)).isEqualTo(NodeState.JOINED);
        long seqno = synced.state().actId();
        CompletableFuture<VoteAnswer> first = votes(one, seqno, true);
        CompletableFuture<VoteAnswer> second = votes(two, seqno, true);
        GroupFixture.until(() -> {
            group.deliver();
            synced.drain();
            return synced.state().members().get(1).vote().seqno() == seqno
                    && synced.state().members().get(2).vote().seqno() == seqno;
        });
        assertThat(first).as("two of three, but they do not count").isNotDone();
        assertThat(synced.taken(GroupAction.VoteRequested.class)).hasSize(1);
        assertThat(group.await(votes(synced, seqno, false))).isEqualTo(VoteAnswer.AGREED);
        assertThat(group.await(first)).isEqualTo(VoteAnswer.DISAGREED);
        assertThat(group.await(second)).isEqualTo(VoteAnswer.DISAGREED);
    }

    /** From here on the joiner is JOINER, and its donor is at its service no more. */
    private void begin(Peer joiner, Peer donor) {
        assertThat(joiner.request("n1").status()).isEqualTo(StateTransferAnswer.Status.GRANTED);
        group.deliver();
        donor.drain();
        donor.connection.join(donor.at(donor.state().actId()), 0);
        group.deliver();
        donor.drain();
        group.deliver();
        assertThat(donor.status(donor)).isEqualTo(NodeState.SYNCED);
    }
}
