package io.wsrep4j.gcomm.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.group.GroupFixture.Peer;
import io.wsrep4j.gcomm.group.message.ActionFragment;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.FlowMessage;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.gcomm.group.message.VoteMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Single behaviours of the group layer (sheet gcs, 26). */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class GroupConnectionTest {

    private static final ByteBuffer ERROR =
            ByteBuffer.wrap("cannot apply\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

    private final GroupFixture group = new GroupFixture();

    @AfterEach
    void close() {
        group.close();
    }

    // ---------------------------------------------------------------- state exchange

    @Test
    void bootstrapMakesConfiguration1WithSeqno1() {
        Peer one = group.peer("n1");
        group.primary(one);
        ConfigurationChange change = one.configuration();
        assertThat(change.configurationId()).isEqualTo(1);
        assertThat(change.position().seqno()).isEqualTo(1);
        assertThat(change.members().get(0).state()).isEqualTo(NodeState.JOINED);
        assertThat(one.taken(GroupAction.Synced.class)).hasSize(1);
        assertThat(one.connection.figures().protocolGroup()).isEqualTo(5);
    }

    @Test
    void bootstrapWithASavedPositionGoesOnFromIt() {
        Gtid saved = new Gtid(new Uuid(3, 4), 500);
        Peer one = group.peer("n1", Map.of(), saved);
        group.primary(one);
        assertThat(one.configuration().position()).isEqualTo(new Gtid(saved.uuid(), 501));
        assertThat(one.configuration().configurationId()).isEqualTo(1);
    }

    @Test
    void everyPrimaryConfigurationTakesOneSeqnoAndAllMembersMakeTheSameBytes() {
        Peer[] n = group.synced(3);
        assertThat(n[0].configuration().configurationId()).isEqualTo(3);
        assertThat(n[0].configuration().position().seqno()).isEqualTo(3);
        assertThat(n[1].configuration().encode()).isEqualTo(n[0].configuration().encode());
        group.primary(n[0], n[1]);
        assertThat(n[0].configuration().configurationId()).isEqualTo(4);
        assertThat(n[0].configuration().position().seqno()).isEqualTo(4);
    }

    @Test
    void aNonPrimaryConfigurationTakesNoSeqno() {
        Peer[] n = group.synced(2);
        group.component(false, false, n[1]);
        assertThat(n[1].configuration().configurationId()).isEqualTo(ConfigurationChange.NOT_PRIMARY);
        assertThat(n[1].configuration().position().seqno()).isEqualTo(2);
    }

    @Test
    void aFullRemergeRestoresTheStates() {
        Peer[] n = group.synced(3);
        group.component(false, false, n[0]);
        group.component(false, false, n[1], n[2]);
        group.primary(n);
        assertThat(n[0].configuration().members()).allMatch(m -> m.state() == NodeState.SYNCED);
        assertThat(n[0].configuration().configurationId()).isEqualTo(4);
    }

    @Test
    void aNodeAtExactlyTheGroupsSeqnoNeedsNoTransfer() {
        Peer[] n = group.synced(1);
        Peer back = group.peer("n2", Map.of(), n[0].at(1));
        group.primary(n[0], back);
        assertThat(back.taken(GroupAction.Synced.class)).hasSize(1);
        assertThat(n[0].status(back)).isEqualTo(NodeState.SYNCED);
    }

    @Test
    void aNodeAheadOfTheGroupLeavesAndDisturbsNobody() {
        Peer[] n = group.synced(1);
        Peer ahead = group.peer("n2", Map.of(), n[0].at(100));
        group.primary(n[0], ahead);
        GroupFixture.until(() -> ahead.connection.session().hasLeft());
        group.settle();
        assertThat(ahead.actions.get(ahead.actions.size() - 2)).isInstanceOf(GroupAction.Inconsistent.class);
        assertThat(n[0].configuration().isPrimary()).isTrue();
        assertThat(n[0].status(n[0])).isEqualTo(NodeState.SYNCED);
    }

    @Test
    void twoCompleteMembersOfDifferentHistoriesAreNoPrimaryConfiguration() {
        Peer[] one = group.synced(1);
        Peer other = group.peer("other");
        group.primary(other);
        group.primary(one[0], other);
        assertThat(one[0].configuration().isPrimary()).isFalse();
        assertThat(other.configuration().isPrimary()).isFalse();
    }

    @Test
    void aNodeThatIsTooOldForTheGroupLeaves() {
        Peer[] n = group.synced(1);
        Peer old = group.peer(new NodeIdentity("old", "", new Protocols(4, 11, 4), 0, false), Map.of(), Gtid.UNDEFINED);
        group.primary(n[0], old);
        GroupFixture.until(() -> old.connection.session().hasLeft());
        group.settle();
        assertThat(n[0].configuration().isPrimary()).isTrue();
        assertThat(n[0].connection.figures().protocolGroup()).isEqualTo(5);
    }

    @Test
    void onlyMember0sStateUuidCounts() {
        Peer[] n = group.synced(2);
        n[1].inject(MessageType.STATE_UUID, ByteBuffer.allocate(16));
        group.settle();
        assertThat(n[0].state().isPrimary()).isTrue();
        assertThat(n[0].configuration().configurationId()).isEqualTo(2);
    }

    @Test
    void arbitratorsLeftAloneDoNotBindTheDataNodesToTheirVersions() {
        Peer[] n = group.synced(1);
        Peer arbitrator = group.peer(
                new NodeIdentity("garb", "", new Protocols(5, 127, 127), 0, true),
                Map.of("gcs.stateless", "yes"),
                Gtid.UNDEFINED);
        group.primary(n[0], arbitrator);
        group.transfer(arbitrator, n[0]);
        assertThat(n[0].connection.figures().protocolReplicator()).isEqualTo(11);
        group.primary(arbitrator);
        Peer data = group.peer("n3");
        group.primary(arbitrator, data);
        assertThat(data.configuration().isPrimary()).isTrue();
        assertThat(data.connection.figures().protocolReplicator()).isEqualTo(11);
    }

    // ---------------------------------------------------------------- actions

    @Test
    void aWriteSetGetsTheSameSeqnoEverywhere() {
        Peer[] n = group.synced(2);
        ReplicationResult result = group.await(n[0].replicate("hello"));
        group.settle();
        assertThat(result.status()).isEqualTo(ReplicationResult.Status.ORDERED);
        assertThat(result.seqno()).isEqualTo(3);
        GroupAction.WriteSet foreign = n[1].taken(GroupAction.WriteSet.class).get(0);
        assertThat(foreign.seqno()).isEqualTo(3);
        assertThat(foreign.sender()).isEqualTo(n[0].node.id);
        assertThat(foreign.buffer().bytes().array())
                .isEqualTo("hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Test
    void aWriteSetInOneByteFragmentsArrivesWhole() {
        Peer one = group.peer("n1", Map.of("gcs.max_packet_size", "1"), Gtid.UNDEFINED);
        group.primary(one);
        Peer two = group.peer("n2");
        group.primary(one, two);
        group.transfer(two, one);
        assertThat(group.await(one.replicate("fragments")).status()).isEqualTo(ReplicationResult.Status.ORDERED);
        group.settle();
        assertThat(two.taken(GroupAction.WriteSet.class).get(0).buffer().bytes().array())
                .isEqualTo("fragments".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Test
    void aLargeWriteSetIsCollectedPieceByPiece() {
        Peer[] n = group.synced(2);
        String large = "0123456789".repeat(300_000);
        assertThat(group.await(n[0].replicate(large)).status()).isEqualTo(ReplicationResult.Status.ORDERED);
        group.settle();
        GroupAction.WriteSet received = n[1].taken(GroupAction.WriteSet.class).get(0);
        assertThat(received.size()).isEqualTo(large.length());
        assertThat(new String(received.buffer().bytes().array(), java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo(large);
    }

    @Test
    void anEmptyWriteSetIsRefused() {
        Peer[] n = group.synced(1);
        assertThat(group.await(n[0].replicate("")).status()).isEqualTo(ReplicationResult.Status.BAD_LENGTH);
    }

    @Test
    void writeSetsOutsideAPrimaryComponentFail() {
        Peer[] n = group.synced(2);
        group.component(false, false, n[1]);
        assertThat(group.await(n[1].replicate("x")).status()).isEqualTo(ReplicationResult.Status.NOT_PRIMARY);
    }

    @Test
    void aWriteSetOfAMemberWithoutTheStateGetsNoSeqno() {
        Peer[] n = group.synced(1);
        Peer joiner = group.peer("n2");
        group.primary(n[0], joiner);
        assertThat(group.await(joiner.replicate("x")).status()).isEqualTo(ReplicationResult.Status.CUT_OFF);
        group.settle();
        assertThat(n[0].taken(GroupAction.WriteSet.class)).isEmpty();
        assertThat(n[0].state().actId()).isEqualTo(2);
    }

    @Test
    void aWriteSetDeliveredDuringAStateExchangeIsToBeSentAgain() {
        Peer[] n = group.synced(2);
        CompletableFuture<ReplicationResult> call = n[1].replicate("late");
        GroupFixture.until(() -> n[1].node.hasNews());
        // accepted in the old view, delivered in the next one before the exchange
        group.transport.component(true, false, n[0].node, n[1].node);
        ReplicationResult result = group.await(call);
        group.settle();
        assertThat(result.status()).isIn(ReplicationResult.Status.TRY_AGAIN, ReplicationResult.Status.ORDERED);
        long ordered = n[0].taken(GroupAction.WriteSet.class).size();
        assertThat(ordered).isEqualTo(result.status() == ReplicationResult.Status.ORDERED ? 1 : 0);
    }

    @Test
    void fragmentsOfTwoSendersDoNotMix() {
        Peer[] n = group.synced(3);
        ActionFragmentBytes first = new ActionFragmentBytes(1, 4);
        n[0].inject(MessageType.ACTION, first.fragment(0, "ab"));
        n[1].inject(MessageType.ACTION, first.fragment(0, "AB"));
        n[0].inject(MessageType.ACTION, first.fragment(1, "cd"));
        n[1].inject(MessageType.ACTION, first.fragment(1, "CD"));
        group.deliver();
        n[2].drain();
        assertThat(n[2].taken(GroupAction.WriteSet.class))
                .extracting(w -> new String(w.buffer().bytes().array(), java.nio.charset.StandardCharsets.US_ASCII))
                .containsExactly("abcd", "ABCD");
    }

    /** Fragments as a peer would send them. */
    private record ActionFragmentBytes(long id, int size) {
        ByteBuffer fragment(int number, String data) {
            ByteBuffer out = ByteBuffer.allocate(ActionFragment.HEADER_BYTES + data.length())
                    .order(ByteOrder.LITTLE_ENDIAN);
            ActionFragment.writeHeader(out, 5, id, size, ActionType.WRITE_SET);
            ActionFragment.writeNumber(out, number);
            out.put(ActionFragment.HEADER_BYTES, data.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            return out;
        }
    }

    @Test
    void aDuplicateFragmentIsSkippedAndAGapEndsTheConnection() {
        Peer[] n = group.synced(2);
        ActionFragmentBytes action = new ActionFragmentBytes(1, 6);
        // member 0 is the witness; member 1's own copy would not match what it sent
        n[1].inject(MessageType.ACTION, action.fragment(0, "ab"));
        n[1].inject(MessageType.ACTION, action.fragment(0, "ab"));
        n[1].inject(MessageType.ACTION, action.fragment(1, "cd"));
        deliverTo(n[0]);
        assertThat(n[0].connection.session().hasLeft()).isFalse();
        n[1].inject(MessageType.ACTION, action.fragment(3, "ef"));
        deliverTo(n[0]);
        GroupFixture.until(() -> n[0].connection.session().hasLeft());
        n[0].drain();
        assertThat(n[0].actions.get(n[0].actions.size() - 1)).isInstanceOf(GroupAction.ConfigurationChanged.class);
    }

    private void deliverTo(Peer peer) {
        for (int i = 0; i < 10; i++) {
            group.transport.orderOne(peer.node);
        }
        while (group.transport.deliverOne(peer.node)) {
            peer.connection.figures();
        }
    }

    @Test
    void aFragmentOfAnotherProtocolIsDropped() {
        Peer[] n = group.synced(2);
        ByteBuffer fragment = new ActionFragmentBytes(1, 2).fragment(0, "ab");
        fragment.put(0, (byte) 3);
        n[1].inject(MessageType.ACTION, fragment);
        deliverTo(n[0]);
        assertThat(n[0].state().actId()).isEqualTo(2);
        assertThat(n[0].connection.session().hasLeft()).isFalse();
    }

    @Test
    void badMessagesAreIgnored() {
        Peer[] n = group.synced(2);
        n[1].node.inject(77, new byte[] {1});
        n[1].node.inject(3, new byte[] {1});
        for (MessageType type : MessageType.values()) {
            n[1].node.inject(type.code(), new byte[9]);
            n[1].node.inject(type.code(), new byte[1]);
        }
        byte[] lying = new byte[80];
        lying[0] = 6;
        n[1].node.inject(MessageType.STATE_MESSAGE.code(), lying);
        ByteBuffer huge = new ActionFragmentBytes(9, -5).fragment(0, "x");
        n[1].inject(MessageType.ACTION, huge);
        deliverTo(n[0]);
        assertThat(n[0].connection.session().hasLeft()).isFalse();
        assertThat(n[0].state().isPrimary()).isTrue();
        assertThat(n[0].connection.figures().flowControlActive()).isFalse();
    }

    @Test
    void aClaimedLengthAllocatesNothing() {
        Peer[] n = group.synced(2);
        n[1].inject(MessageType.ACTION, new ActionFragmentBytes(1, Integer.MAX_VALUE).fragment(0, "ab"));
        deliverTo(n[0]);
        assertThat(n[0].connection.session().hasLeft()).isFalse();
    }

    @Test
    void anInterruptedSenderLeavesTheQueue() {
        Peer[] n = group.synced(2);
        n[1].inject(MessageType.FLOW, new FlowMessage(2, true).encode().clear());
        group.deliver();
        SendTicket ticket = n[0].connection.schedule();
        CompletableFuture<ReplicationResult> call =
                group.background(() -> n[0].connection.replicate(ticket, ByteBuffer.wrap(new byte[3])));
        GroupFixture.until(() -> n[0].connection.figures().localSendQueue() == 1);
        assertThat(ticket.interrupt()).isTrue();
        assertThat(group.await(call).status()).isEqualTo(ReplicationResult.Status.INTERRUPTED);
        assertThat(n[0].connection.figures().localSendQueue()).isZero();
    }

    @Test
    void asynchronousWriteSetsComeThroughTheQueue() {
        Peer[] n = group.synced(2);
        assertThat(n[0].connection.send(HeapActionBuffer.of(new byte[] {7})))
                .isEqualTo(ReplicationResult.Status.ORDERED);
        group.settle();
        assertThat(n[0].taken(GroupAction.WriteSet.class)).hasSize(1);
        assertThat(n[0].taken(GroupAction.WriteSet.class).get(0).own()).isTrue();
        assertThat(n[1].taken(GroupAction.WriteSet.class)).hasSize(1);
    }

    @Test
    void aSentWriteSetThatIsNeverDeliveredEndsItsWaitWhenThePrimaryComponentIsLost() {
        Peer[] n = group.synced(2);
        CompletableFuture<ReplicationResult> call = n[1].replicate("lost");
        GroupFixture.until(() -> n[1].node.hasNews());
        group.component(false, false, n[1]);
        assertThat(group.await(call).status()).isEqualTo(ReplicationResult.Status.NOT_PRIMARY);
    }

    @Test
    void closingEndsAWaitingSenderAndDeliversTheLastConfigurationLast() throws InterruptedException {
        Peer[] n = group.synced(2);
        CompletableFuture<ReplicationResult> call = n[1].replicate("waits");
        GroupFixture.until(() -> n[1].node.hasNews());
        n[1].connection.close();
        assertThat(group.await(call).status()).isEqualTo(ReplicationResult.Status.CLOSED);
        n[1].drain();
        assertThat(n[1].configuration().members()).isEmpty();
        assertThat(n[1].connection.receive()).isEqualTo(new GroupAction.Closed(null));
    }

    @Test
    void aBrokenTransportIsToldAsTheReasonOfTheEnd() throws InterruptedException {
        Peer[] n = group.synced(1);
        n[0].node.leave(new GroupException("the cable is cut"));
        n[0].drain();
        assertThat(n[0].connection.receive()).isEqualTo(new GroupAction.Closed("the cable is cut"));
        assertThat(group.await(n[0].replicate("x")).status()).isEqualTo(ReplicationResult.Status.CLOSED);
    }

    // ---------------------------------------------------------------- state transfers

    @Test
    void onlyRequesterAndDonorSeeTheRequest() {
        Peer[] n = group.synced(2);
        Peer joiner = group.peer("n3");
        group.primary(n[0], n[1], joiner);
        StateTransferAnswer answer = joiner.request("n2");
        group.settle();
        assertThat(answer)
                .isEqualTo(new StateTransferAnswer(StateTransferAnswer.Status.GRANTED, 1, answer.localSeqno()));
        assertThat(n[0].taken(GroupAction.StateTransferRequested.class)).hasSize(1); // from the fixture's own n2
        GroupAction.StateTransferRequested request =
                n[1].taken(GroupAction.StateTransferRequested.class).get(0);
        assertThat(request.requester()).isEqualTo(joiner.node.id);
        assertThat(request.buffer().bytes().array()).containsExactly(1, 2, 3);
        assertThat(n[0].status(n[1])).isEqualTo(NodeState.DONOR);
        assertThat(n[0].status(joiner)).isEqualTo(NodeState.JOINER);
        assertThat(joiner.request("").status()).isEqualTo(StateTransferAnswer.Status.REFUSED);
    }

    @Test
    void aMemberThatHasTheStateNeedsNone() {
        Peer[] n = group.synced(2);
        assertThat(n[1].request("").status()).isEqualTo(StateTransferAnswer.Status.NOT_NEEDED);
    }

    @Test
    void joinOfASyncedMemberIsIgnored() {
        Peer[] n = group.synced(2);
        n[1].inject(MessageType.JOIN, 2, 0);
        group.settle();
        assertThat(n[0].status(n[1])).isEqualTo(NodeState.SYNCED);
        assertThat(n[1].connection.session().hasLeft()).isFalse();
    }

    @Test
    void twoDesyncsNeedTwoJoins() {
        Peer[] n = group.synced(2);
        assertThat(n[1].desync().status()).isEqualTo(StateTransferAnswer.Status.GRANTED);
        assertThat(n[1].desync().status()).isEqualTo(StateTransferAnswer.Status.GRANTED);
        assertThat(n[1].connection.channelStatus()).containsEntry("desync_count", "2");
        n[1].connection.join(n[1].at(2), 0);
        group.settle();
        assertThat(n[0].status(n[1])).isEqualTo(NodeState.DONOR);
        group.primary(n);
        assertThat(n[0].state().members().get(1).desyncCount)
                .as("kept over a view change")
                .isEqualTo(1);
        n[1].connection.join(n[1].at(2), 0);
        group.settle();
        assertThat(n[0].status(n[1])).isEqualTo(NodeState.SYNCED);
    }

    @Test
    void aFailingDonorEndsItsJoiner() {
        Peer[] n = group.synced(1);
        Peer joiner = group.peer("n2");
        group.primary(n[0], joiner);
        joiner.request("");
        group.settle();
        n[0].connection.join(n[0].at(2), -5);
        group.settle();
        GroupFixture.until(() -> joiner.connection.session().hasLeft());
        assertThat(n[0].status(n[0])).isEqualTo(NodeState.SYNCED);
    }

    @Test
    void theDepartureOfTheDonorEndsItsJoiner() {
        Peer[] n = group.synced(2);
        Peer joiner = group.peer("n3");
        group.primary(n[0], n[1], joiner);
        joiner.request("n2");
        group.settle();
        group.primary(n[0], joiner);
        GroupFixture.until(() -> joiner.connection.session().hasLeft());
        assertThat(n[0].connection.session().hasLeft()).isFalse();
    }

    @Test
    void joinIsRepeatedAfterAViewChangeThatSwallowedIt() {
        Peer[] n = group.synced(1);
        Peer joiner = group.peer("n2");
        group.primary(n[0], joiner);
        joiner.request("");
        group.settle();
        group.component(false, false, joiner);
        group.component(false, false, n[0]);
        joiner.connection.join(n[0].at(2), 0);
        n[0].connection.join(n[0].at(2), 0);
        group.primary(n[0], joiner);
        assertThat(n[0].status(joiner)).isEqualTo(NodeState.SYNCED);
        assertThat(n[0].status(n[0])).isEqualTo(NodeState.SYNCED);
    }

    // ---------------------------------------------------------------- flow control

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

    // ---------------------------------------------------------------- commit cut and votes

    @Test
    void theCommitCutIsTheLowestReport() {
        Peer[] n = group.synced(2);
        for (int i = 0; i < 10; i++) {
            group.await(n[0].replicate("w"));
        }
        assertThat(n[0].connection.lastCommitted(n[0].at(9))).isTrue();
        group.settle();
        assertThat(n[1].taken(GroupAction.CommitCut.class)).isEmpty();
        assertThat(n[1].connection.lastCommitted(n[0].at(7))).isTrue();
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
                new io.wsrep4j.gcomm.group.message.CodeMessage(new Gtid(new Uuid(9, 9), 8), 0)
                        .encode()
                        .clear());
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
        n[0].connection.lastCommitted(n[0].at(5));
        n[1].connection.lastCommitted(n[0].at(5));
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
            return n[0].state().members().get(0).vote.seqno() == 4
                    && n[0].state().members().get(1).vote.seqno() == 4;
        });
        assertThat(first).isNotDone();
        group.primary(n[0], n[1]);
        assertThat(group.await(first)).isEqualTo(VoteAnswer.DISAGREED);
        assertThat(group.await(second)).isEqualTo(VoteAnswer.AGREED);
        assertThat(n[0].configuration().voteSeqno()).isEqualTo(4);
        assertThat(n[0].configuration().voteResult()).isZero();
    }

    @Test
    void aVoteAboutAnUnknownHistoryIsIgnored() {
        Peer[] n = group.synced(2);
        n[1].inject(MessageType.VOTE, VoteMessage.encode(new Gtid(new Uuid(1, 1), 2), -3, ERROR));
        group.settle();
        assertThat(n[0].taken(GroupAction.VoteRequested.class)).isEmpty();
    }

    // ---------------------------------------------------------------- the rest

    @Test
    void theCausalPositionIsTheLastDelivered() {
        Peer[] n = group.synced(2);
        group.await(n[0].replicate("w"));
        CompletableFuture<CausalAnswer> answer = group.background(() -> n[1].connection.causalPosition(Long.MAX_VALUE));
        assertThat(group.await(answer)).isEqualTo(new CausalAnswer(CausalAnswer.Status.KNOWN, n[1].at(3)));
        group.component(false, false, n[1]);
        answer = group.background(() -> n[1].connection.causalPosition(Long.MAX_VALUE));
        assertThat(group.await(answer).status()).isEqualTo(CausalAnswer.Status.NOT_PRIMARY);
        assertThat(n[0].connection.causalPosition(1_000).status()).isEqualTo(CausalAnswer.Status.TIMED_OUT);
    }

    @Test
    void receptionIsSuspendedWhileAConfigurationIsHandled() throws InterruptedException {
        Peer one = group.peer("n1");
        group.transport.component(true, false, one.node);
        group.deliver();
        assertThat(one.connection.receive()).isInstanceOf(GroupAction.ConfigurationChanged.class);
        assertThat(one.connection.receive()).isInstanceOf(GroupAction.Suspended.class);
        one.connection.resumeReception();
        group.deliver();
        assertThat(one.connection.receive()).isInstanceOf(GroupAction.Synced.class);
    }

    @Test
    void localSeqnosHaveNoGaps() {
        Peer[] n = group.synced(1);
        long next = n[0].connection.nextLocalSeqno();
        assertThat(group.await(n[0].replicate("w")).localSeqno()).isEqualTo(next + 1);
        assertThat(n[0].connection.nextLocalSeqno()).isEqualTo(next + 2);
    }

    @Test
    void aGroupCanBeOpenedAgain() throws GroupException {
        Peer[] n = group.synced(1);
        assertThatThrownBy(() -> n[0].connection.initialPosition(Gtid.UNDEFINED))
                .isInstanceOf(IllegalStateException.class);
        Gtid last = n[0].at(1);
        n[0].connection.close();
        n[0].drain();
        n[0].connection.initialPosition(last);
        SimulatedTransport.Node again = group.transport.newNode(50, 0);
        n[0].connection.open(again, "fixture", true);
        group.transport.component(true, false, again);
        group.settle();
        assertThat(n[0].configuration().position()).isEqualTo(new Gtid(last.uuid(), 2));
    }

    @Test
    void halfAPositionIsRefused() {
        Peer one = group.peer("n1");
        one.connection.close();
        assertThatThrownBy(() -> one.connection.initialPosition(new Gtid(new Uuid(1, 1), -1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> one.connection.initialPosition(new Gtid(Uuid.UNDEFINED, 4)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void optionsChangeAtRunTimeWhereGalerasDo() {
        Peer[] n = group.synced(1);
        assertThat(n[0].connection.setOption("gcs.fc_limit", "1k")).isTrue();
        assertThat(n[0].connection.options()).containsEntry("gcs.fc_limit", "1K");
        assertThat(n[0].connection.setOption("gcs.fc_debug", "yes")).isTrue();
        assertThat(n[0].connection.options()).containsEntry("gcs.fc_debug", "YES");
        assertThat(n[0].connection.setOption("known", "x")).isTrue();
        assertThat(n[0].connection.setOption("unknown", "x")).isFalse();
        for (String bad : List.of(
                "gcs.fc_limit=0",
                "gcs.fc_limit=abc",
                "gcs.fc_factor=1.5",
                "gcs.max_throttle=1.0",
                "gcs.recv_q_hard_limit=0",
                "gcs.recv_q_soft_limit=1.0",
                "gcs.fc_debug=5",
                "gcs.vote_policy=0",
                "gcs.stateless=no",
                "gcs.max_packet_size=5",
                "gcs.fc_single_primary=yes",
                "gcs.sync_donor=x")) {
            String[] option = bad.split("=");
            assertThatThrownBy(() -> n[0].connection.setOption(option[0], option[1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(option[0]);
        }
        assertThatThrownBy(() -> GroupOptions.parse(Map.of("gcs.nonsense", "1")))
                .hasMessageContaining("gcs.nonsense");
    }
}
