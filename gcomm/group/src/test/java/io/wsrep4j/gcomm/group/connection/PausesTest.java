package io.wsrep4j.gcomm.group.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.gcomm.group.StateTransferAnswer;
import io.wsrep4j.gcomm.group.VoteAnswer;
import io.wsrep4j.gcomm.group.connection.GroupFixture.Peer;
import io.wsrep4j.gcomm.group.message.FlowMessage;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.NodeState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Flow control through the group layer (docs/spec/gcs.md checklist 43, 44, 47, 50, 51). */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PausesTest {

    private final GroupFixture group = new GroupFixture();

    @AfterEach
    void close() {
        group.close();
    }

    @Test
    void aLongQueuePausesTheGroupAndAShortOneEndsThePause() {
        Peer one = group.peer("n1");
        group.primary(one);
        Peer slow = group.peer("n2", Map.of("gcs.fc_limit", "4", "gcs.fc_factor", "0.5"), Gtid.UNDEFINED);
        group.primary(one, slow);
        group.transfer(slow, one);
        // two members: 4 * sqrt(2) is 6, and half of it 3
        for (int i = 0; i < 6; i++) {
            assertThat(group.await(one.replicate("w" + i)).status()).isEqualTo(ReplicationResult.Status.ORDERED);
        }
        assertThat(slow.connection.figures().flowControlSent()).isZero();
        assertThat(group.await(one.replicate("w6")).status()).isEqualTo(ReplicationResult.Status.ORDERED);
        group.deliver();
        assertThat(slow.connection.figures().flowControlRequested()).isTrue();
        assertThat(one.connection.figures().flowControlActive()).isTrue();
        CompletableFuture<ReplicationResult> waiting = one.replicate("waits");
        CompletableFuture<StateTransferAnswer> desync = group.background(one.connection::desync);
        GroupFixture.until(() -> one.connection.figures().localSendQueue() == 2);
        group.deliver();
        assertThat(waiting).isNotDone();
        assertThat(desync).isNotDone();
        takeOne(slow);
        takeOne(slow);
        takeOne(slow);
        group.deliver();
        assertThat(one.connection.figures().flowControlActive()).isTrue();
        takeOne(slow);
        assertThat(group.await(waiting).status()).isEqualTo(ReplicationResult.Status.ORDERED);
        assertThat(group.await(desync).status()).isEqualTo(StateTransferAnswer.Status.GRANTED);
        assertThat(one.connection.figures().flowControlPausedNanos()).isPositive();
        assertThat(one.connection.figures().flowControlReceived()).isEqualTo(1);
        assertThat(slow.connection.figures().flowControlSent()).isEqualTo(1);
    }

    private static void takeOne(Peer peer) {
        try {
            assertThat(peer.connection.receive()).isInstanceOf(GroupAction.WriteSet.class);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aHoldPausesTheGroupUntilItIsTakenBackAndOutlastsAViewChange() {
        Peer[] n = group.synced(2);
        n[1].connection.hold(true);
        group.deliver();
        assertThat(n[0].connection.figures().flowControlActive()).isTrue();
        CompletableFuture<ReplicationResult> waiting = n[0].replicate("waits");
        GroupFixture.until(() -> n[0].connection.figures().localSendQueue() == 1);
        n[1].connection.hold(true);
        group.deliver();
        assertThat(waiting).isNotDone();
        n[1].connection.hold(false);
        assertThat(group.await(waiting).status()).isEqualTo(ReplicationResult.Status.ORDERED);
        n[1].connection.hold(true);
        group.transport.component(true, false, n[0].node, n[1].node);
        group.settle();
        assertThat(n[0].connection.figures().flowControlActive()).isTrue();
        n[1].connection.hold(false);
        group.deliver();
        assertThat(n[0].connection.figures().flowControlActive()).isFalse();
    }

    @Test
    void reportsOfWhatIsSettledGetThroughAPauseAheadOfWaitingSenders() {
        Peer[] n = group.synced(2);
        for (int i = 0; i < 5; i++) {
            group.await(n[0].replicate("w" + i));
        }
        group.settle();
        n[0].connection.hold(true);
        group.deliver();
        CompletableFuture<ReplicationResult> waiting = n[1].replicate("waits");
        GroupFixture.until(() -> n[1].connection.figures().localSendQueue() == 1);
        assertThat(n[0].connection.reportDiscardable(n[0].at(4))).isTrue();
        assertThat(n[1].connection.reportDiscardable(n[0].at(4))).isTrue();
        group.deliver();
        assertThat(waiting).isNotDone();
        assertThat(n[0].connection.session().state().configuration().commitCut())
                .isEqualTo(4);
        n[0].connection.hold(false);
        assertThat(group.await(waiting).status()).isEqualTo(ReplicationResult.Status.ORDERED);
    }

    @Test
    void aViewChangeEndsAPause() {
        Peer[] n = group.synced(2);
        n[1].inject(MessageType.FLOW, new FlowMessage(2, true).encode().clear());
        group.deliver();
        CompletableFuture<ReplicationResult> waiting = n[0].replicate("waits");
        GroupFixture.until(() -> n[0].connection.figures().localSendQueue() == 1);
        group.transport.component(true, false, n[0].node, n[1].node);
        assertThat(group.await(waiting).status()).isEqualTo(ReplicationResult.Status.ORDERED);
    }

    @Test
    void whileTheGroupIsPausedTheEndsOfTransfersAndVotesPass() {
        Peer[] n = group.synced(3);
        group.await(n[0].replicate("voted on"));
        assertThat(n[1].desync().status()).isEqualTo(StateTransferAnswer.Status.GRANTED);
        group.settle();
        n[2].inject(MessageType.FLOW, new FlowMessage(3, true).encode().clear());
        group.deliver();
        CompletableFuture<ReplicationResult> waiting = n[0].replicate("waits");
        GroupFixture.until(() -> n[0].connection.figures().localSendQueue() == 1);

        n[1].connection.join(n[1].at(4), 0);
        group.settle();
        assertThat(n[0].status(n[1])).as("after JOIN and SYNC").isEqualTo(NodeState.SYNCED);

        ByteBuffer error = ByteBuffer.wrap("cannot apply\0".getBytes(StandardCharsets.US_ASCII));
        CompletableFuture<VoteAnswer> failed = group.background(() -> n[0].connection.vote(n[0].at(4), -1, error));
        List<CompletableFuture<VoteAnswer>> agreed = List.of(
                group.background(() -> n[1].connection.vote(n[1].at(4), 0, ByteBuffer.allocate(0))),
                group.background(() -> n[2].connection.vote(n[2].at(4), 0, ByteBuffer.allocate(0))));
        assertThat(group.await(failed)).isEqualTo(VoteAnswer.DISAGREED);
        for (CompletableFuture<VoteAnswer> answer : agreed) {
            assertThat(group.await(answer)).isEqualTo(VoteAnswer.AGREED);
        }
        assertThat(n[0].connection.figures().flowControlActive()).isTrue();
        assertThat(waiting).isNotDone();

        n[2].inject(MessageType.FLOW, new FlowMessage(3, false).encode().clear());
        assertThat(group.await(waiting).status()).isEqualTo(ReplicationResult.Status.ORDERED);
    }

    @Test
    void aPauseThatLastsIsReportedOnceAMinuteWithTheNameOfWhoAskedForIt() {
        List<Runnable> later = new ArrayList<>();
        Peer one = group.peerWithoutTimer("n1", Map.of(), later);
        group.primary(one);
        Peer slow = group.peer("slow");
        group.primary(one, slow);
        group.transfer(slow, one);
        group.overdue.clear();
        slow.inject(MessageType.FLOW, new FlowMessage((int) one.state().configurationId(), true).encode());
        group.deliverTo(one);
        runOverdue();
        assertThat(holds()).isEmpty();
        group.later = FlowSignals.HOLD_REPORT_NANOS;
        runOverdue();
        runOverdue();
        assertThat(holds()).singleElement().satisfies(line -> assertThat(line)
                .contains("for 60 s: member 1.0 (slow), id " + slow.node.id));
        group.later = 2 * FlowSignals.HOLD_REPORT_NANOS;
        runOverdue();
        assertThat(holds()).hasSize(2);
        slow.inject(MessageType.FLOW, new FlowMessage((int) one.state().configurationId(), false).encode());
        group.deliverTo(one);
        runOverdue();
        assertThat(group.overdue).isEmpty();
        assertThat(holds()).hasSize(2);
    }

    private List<String> holds() {
        return group.log("n1").stream()
                .filter(line -> line.contains("has held the group"))
                .toList();
    }

    private void runOverdue() {
        List<Runnable> due = List.copyOf(group.overdue);
        group.overdue.clear();
        due.forEach(Runnable::run);
    }

    @Test
    void howeverMuchCannotBeSentItIsTriedAgainOnceAtATime() {
        List<Runnable> later = new CopyOnWriteArrayList<>();
        Peer one = group.peer("n1");
        group.primary(one);
        Peer slow = group.peerWithoutTimer("n2", Map.of("gcs.fc_limit", "4"), later);
        group.primary(one, slow);
        group.transfer(slow, one);
        while (!slow.connection.figures().flowControlRequested()) {
            group.await(one.replicate("w"));
            group.deliver();
        }
        assertThat(later).isEmpty();

        List<Integer> refused = group.transport.refuseAll();
        slow.drain();
        for (int round = 1; round <= 8; round++) {
            assertThat(later).as("round " + round).hasSize(1);
            later.remove(0).run();
        }
        assertThat(refused).contains(MessageType.FLOW.code());

        group.transport.acceptAgain();
        later.remove(0).run();
        group.settle();
        assertThat(later).isEmpty();
        assertThat(one.connection.figures().flowControlActive()).isFalse();
    }

    @Test
    void aJoinerOverTheHardLimitLeavesOrStopsTheGroup() {
        for (String throttle : List.of("0.25", "0")) {
            Peer one = group.peer("d" + throttle);
            group.primary(one);
            Peer joiner = group.peer(
                    "j" + throttle,
                    Map.of("gcs.recv_q_hard_limit", "1K", "gcs.max_throttle", throttle),
                    Gtid.UNDEFINED);
            group.primary(one, joiner);
            joiner.request("");
            group.settle();
            // ten seconds would not be enough for the throttle to let this much through
            group.await(one.replicate("x".repeat(2000)));
            group.deliver();
            if (throttle.equals("0")) {
                assertThat(joiner.connection.figures().flowControlRequested()).isTrue();
                assertThat(one.connection.figures().flowControlActive()).isTrue();
                joiner.connection.join(one.at(3), 0);
                group.settle();
                assertThat(one.connection.figures().flowControlActive()).isFalse();
            } else {
                GroupFixture.until(() -> joiner.connection.session().hasLeft());
            }
        }
    }
}
