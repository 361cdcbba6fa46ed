package io.wsrep4j.gcomm.group.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.group.Conduct;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.gcomm.group.StateTransferAnswer;
import io.wsrep4j.gcomm.group.VoteAnswer;
import io.wsrep4j.gcomm.group.connection.GroupFixture.Peer;
import io.wsrep4j.gcomm.group.message.ActionFragment;
import io.wsrep4j.gcomm.group.message.ActionType;
import io.wsrep4j.gcomm.group.message.CodeMessage;
import io.wsrep4j.gcomm.group.message.FlowMessage;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.StateTransferRequest;
import io.wsrep4j.gcomm.group.message.VoteMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What one member may send and no sound one does: it is left out, or costs that member its place; two sound members go on alike, at once.
 */
final class HostileMessagesTest {

    private static final ByteBuffer ERROR = ByteBuffer.wrap("error\0".getBytes(StandardCharsets.US_ASCII));

    private final GroupFixture fixture = new GroupFixture();
    private Peer one;
    private Peer two;
    private Peer liar;

    @BeforeEach
    void form() {
        Peer[] sound = fixture.synced(2);
        one = sound[0];
        two = sound[1];
        liar = fixture.peer("liar");
        fixture.primary(one, two, liar);
        assertThat(one.status(liar)).isEqualTo(NodeState.PRIM);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static ByteBuffer fragment(int version, long id, int size, int number, ActionType type, int length) {
        ByteBuffer out =
                ByteBuffer.allocate(ActionFragment.HEADER_BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        ActionFragment.writeHeader(out, version, id, size, type);
        ActionFragment.writeNumber(out, number);
        return out;
    }

    private void send(int version, long id, int size, int number, ActionType type) {
        liar.inject(MessageType.ACTION, fragment(version, id, size, number, type, 1));
        fixture.settle();
    }

    /** Both sound members order the same write set next, and have the same seqno for it. */
    private void assertTheOthersGoOn() {
        long before = one.state().actId();
        ReplicationResult result = fixture.await(one.replicate("after it"));
        assertThat(result.status()).isEqualTo(ReplicationResult.Status.ORDERED);
        assertThat(result.seqno()).isEqualTo(before + 1);
        fixture.settle();
        assertThat(two.state().actId()).isEqualTo(before + 1);
        List<GroupAction.WriteSet> taken = two.taken(GroupAction.WriteSet.class);
        assertThat(taken.get(taken.size() - 1).seqno()).isEqualTo(before + 1);
        assertThat(one.connection.isLost()).isFalse();
        assertThat(two.connection.isLost()).isFalse();
    }

    private void assertIsolated() {
        GroupFixture.until(
                () -> one.node.evicted.equals(List.of(liar.node.id)) && two.node.evicted.equals(List.of(liar.node.id)));
        assertThat(warnings("isolating member")).singleElement().satisfies(line -> assertThat(line)
                .contains("(liar), id " + liar.node.id)
                .contains("evs.evict"));
    }

    private void assertNotIsolated() {
        assertThat(one.node.evicted).isEmpty();
        assertThat(two.node.evicted).isEmpty();
    }

    private List<String> warnings(String text) {
        return fixture.log("n1").stream().filter(line -> line.contains(text)).toList();
    }

    private void makeComplete() {
        fixture.transfer(liar, one);
        assertThat(one.status(liar)).isEqualTo(NodeState.SYNCED);
    }

    // ---------------------------------------------------------------- fragments

    @Test
    void anActionOfAnotherProtocolIsLeftOutWithOneWarning() {
        for (int i = 1; i <= 10; i++) {
            send(99, i, 100, 0, ActionType.WRITE_SET);
        }
        assertThat(warnings("the group's protocol is 5; ignored")).hasSize(1);
        assertNotIsolated();
        assertTheOthersGoOn();
    }

    @Test
    void whoRepeatsWhatItMayNotSendIsIsolated() {
        for (int i = 1; i <= Conduct.MOST_OFFENCES; i++) {
            send(99, i, 100, 0, ActionType.WRITE_SET);
        }
        assertIsolated();
        assertTheOthersGoOn();
    }

    @Test
    void aGapInOneMembersFragmentsCostsThatMember() {
        makeComplete();
        send(5, 1, 3, 0, ActionType.WRITE_SET);
        send(5, 1, 3, 2, ActionType.WRITE_SET);
        assertIsolated();
        assertTheOthersGoOn();
        long before = one.state().actId();
        send(5, 2, 1, 0, ActionType.WRITE_SET);
        assertThat(one.state().actId()).as("it is not heard any more").isEqualTo(before);
        assertThat(two.state().actId()).isEqualTo(before);
    }

    @Test
    void anotherActionInTheMiddleOfOneCostsItsSender() {
        makeComplete();
        send(5, 1, 0x7fff_ffff, 0, ActionType.WRITE_SET);
        send(5, 2, 1, 0, ActionType.WRITE_SET);
        assertIsolated();
        assertTheOthersGoOn();
    }

    @Test
    void aStateRequestOfTwoGigabytesCostsItsSender() {
        send(5, 1, 0x7fff_ffff, 0, ActionType.STATE_TRANSFER_REQUEST);
        assertIsolated();
        assertTheOthersGoOn();
    }

    @Test
    void theLongestStateRequestIsAnswered() {
        byte[] body = new byte[StateTransferRequest.LONGEST - 27];
        StateTransferRequest longest = new StateTransferRequest("", 3, Gtid.UNDEFINED, ByteBuffer.wrap(body));
        assertThat(longest.encode()).hasSize(StateTransferRequest.LONGEST);
        StateTransferAnswer answer =
                fixture.await(fixture.background(() -> liar.connection.requestStateTransfer(longest)));
        assertThat(answer.status()).isEqualTo(StateTransferAnswer.Status.GRANTED);
        assertNotIsolated();
    }

    @Test
    void anOwnStateRequestThatIsTooLongIsRefusedBeforeAnybodyGetsIt() {
        byte[] body = new byte[StateTransferRequest.LONGEST];
        StateTransferRequest tooLong = new StateTransferRequest("", 3, Gtid.UNDEFINED, ByteBuffer.wrap(body));
        StateTransferAnswer answer =
                fixture.await(fixture.background(() -> liar.connection.requestStateTransfer(tooLong)));
        assertThat(answer.status()).isEqualTo(StateTransferAnswer.Status.REFUSED);
        fixture.settle();
        assertNotIsolated();
        assertTheOthersGoOn();
    }

    @Test
    void writeSetsOfAMemberWithoutAStateAreLeftOutAndWhenTheyRepeatCostIt() {
        long before = one.state().actId();
        for (int i = 1; i <= Conduct.MOST_OFFENCES; i++) {
            send(5, i, 1, 0, ActionType.WRITE_SET);
        }
        assertThat(one.state().actId()).isEqualTo(before);
        assertThat(warnings("but it is PRIM; ignored")).hasSize(1);
        assertIsolated();
        assertTheOthersGoOn();
    }

    @Test
    void theTailOfAnActionThatAViewCutOffIsNoOffenceHoweverLongItIs() {
        makeComplete();
        send(5, 1, 10_000, 0, ActionType.WRITE_SET);
        fixture.primary(one, two, liar);
        for (int number = 1; number <= 2 * Conduct.MOST_OFFENCES; number++) {
            send(4, 1, 10_000, number, ActionType.WRITE_SET);
        }
        assertNotIsolated();
        assertThat(warnings("liar) sent")).isEmpty();
        assertTheOthersGoOn();
    }

    @Test
    void unknownTypesAndMalformedMessagesAreLeftOutWithOneWarning() {
        for (int i = 0; i < 10; i++) {
            liar.node.inject(77, new byte[10]);
            liar.inject(MessageType.FLOW, ByteBuffer.allocate(3));
            liar.inject(MessageType.VOTE, ByteBuffer.allocate(3));
            liar.inject(MessageType.LAST, ByteBuffer.allocate(9));
            liar.inject(MessageType.ACTION, ByteBuffer.allocate(19));
        }
        fixture.settle();
        assertThat(warnings("(liar)").stream().filter(line -> line.contains("ignored")))
                .hasSize(1);
        assertTheOthersGoOn();
    }

    // ---------------------------------------------------------------- votes

    @Test
    void aVoteOnWhatNobodyHasIsLeftOut() {
        makeComplete();
        liar.inject(MessageType.VOTE, VoteMessage.encode(one.at(one.state().actId() + 1000), -3, ERROR));
        fixture.settle();
        assertThat(one.taken(GroupAction.VoteRequested.class)).isEmpty();
        assertThat(two.taken(GroupAction.VoteRequested.class)).isEmpty();
        assertTheOthersGoOn();
        voteOfTheOthersIsStillCounted();
    }

    @Test
    void aVoteOfAMemberWithoutAStateIsLeftOut() {
        fixture.await(one.replicate("voted on"));
        fixture.settle();
        liar.inject(MessageType.VOTE, VoteMessage.encode(one.at(one.state().actId()), -3, ERROR));
        fixture.settle();
        assertThat(one.taken(GroupAction.VoteRequested.class)).isEmpty();
        assertThat(two.taken(GroupAction.VoteRequested.class)).isEmpty();
        assertTheOthersGoOn();
        voteOfTheOthersIsStillCounted();
    }

    private void voteOfTheOthersIsStillCounted() {
        long seqno = one.state().actId();
        CompletableFuture<VoteAnswer> answer = fixture.background(() -> one.connection.vote(one.at(seqno), 1, ERROR));
        GroupFixture.until(() -> {
            fixture.settle();
            return !two.taken(GroupAction.VoteRequested.class).isEmpty();
        });
        CompletableFuture<VoteAnswer> second = fixture.background(() -> two.connection.vote(two.at(seqno), 1, ERROR));
        if (one.status(liar).isComplete()) {
            liar.inject(
                    MessageType.VOTE,
                    VoteMessage.encode(one.at(seqno), VoteMessage.value(one.at(seqno), 1, ERROR), ERROR));
        }
        assertThat(fixture.await(answer)).isEqualTo(VoteAnswer.AGREED);
        assertThat(fixture.await(second)).isEqualTo(VoteAnswer.AGREED);
    }

    // ---------------------------------------------------------------- small messages

    @Test
    void aStopOfAMemberWithoutAStatePausesNobody() {
        liar.inject(MessageType.FLOW, new FlowMessage((int) one.state().configurationId(), true).encode());
        fixture.settle();
        assertThat(one.connection.figures().flowControlActive()).isFalse();
        assertTheOthersGoOn();
    }

    @Test
    void aMemberEndsItsOwnPausesOnly() {
        makeComplete();
        int configuration = (int) one.state().configurationId();
        for (int i = 0; i < 5; i++) {
            liar.inject(MessageType.FLOW, new FlowMessage(configuration, false).encode());
        }
        for (int i = 0; i < 5; i++) {
            two.inject(MessageType.FLOW, new FlowMessage(configuration, true).encode());
        }
        fixture.settle();
        assertThat(one.connection.figures().flowControlActive())
                .as("a pause cannot be ended in advance by another one")
                .isTrue();
        for (int i = 0; i < 5; i++) {
            assertThat(one.connection.figures().flowControlActive())
                    .as("each STOP has its CONT")
                    .isTrue();
            two.inject(MessageType.FLOW, new FlowMessage(configuration, false).encode());
            fixture.settle();
        }
        assertThat(one.connection.figures().flowControlActive()).isFalse();
        assertTheOthersGoOn();
    }

    @Test
    void aPauseWhoseEndWasSentBeforeItHoldsNobody() {
        int configuration = (int) one.state().configurationId();
        two.inject(MessageType.FLOW, new FlowMessage(configuration, false).encode());
        two.inject(MessageType.FLOW, new FlowMessage(configuration, true).encode());
        fixture.settle();
        assertThat(one.connection.figures().flowControlActive())
                .as("two threads of a sound member overtook each other")
                .isFalse();
        assertThat(one.state().members().get(1).offences()).isZero();
        assertTheOthersGoOn();
    }

    @Test
    void onePauseUponTheOtherIsAnOffenceInTheEnd() {
        makeComplete();
        int configuration = (int) one.state().configurationId();
        for (int i = 0; i < 2 * Conduct.MOST_UNPAIRED_STOPS; i++) {
            liar.inject(MessageType.FLOW, new FlowMessage(configuration, true).encode());
        }
        fixture.settle();
        assertThat(one.state().members().get(2).offences()).isEqualTo(Conduct.MOST_UNPAIRED_STOPS);
    }

    @Test
    void aReportOfWhatNobodyHasIsLeftOut() {
        makeComplete();
        liar.inject(MessageType.LAST, new CodeMessage(one.at(Long.MAX_VALUE), 0).encode());
        fixture.settle();
        assertThat(one.state().members().get(2).discardable()).isLessThan(Long.MAX_VALUE);
        assertTheOthersGoOn();
    }

    @Test
    void allSoundMembersRefuseTheSame() {
        makeComplete();
        LongStream.range(1, 50).forEach(seed -> {
            java.util.Random random = new java.util.Random(seed);
            byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            liar.node.inject(random.nextInt(12), bytes);
            fixture.settle();
            assertThat(one.state().actId()).isEqualTo(two.state().actId());
        });
        assertTheOthersGoOn();
    }
}
