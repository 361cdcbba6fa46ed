package io.wsrep4j.gcomm.group.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.HeapActionBuffer;
import io.wsrep4j.gcomm.group.NodeIdentity;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.gcomm.group.SendTicket;
import io.wsrep4j.gcomm.group.connection.GroupFixture.Peer;
import io.wsrep4j.gcomm.group.message.FlowMessage;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.Protocols;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Write sets through the group layer (docs/spec/gcs.md checklist 5, 6, 15 to 22, 63, 64). */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ActionsTest {

    private final GroupFixture group = new GroupFixture();

    @AfterEach
    void close() {
        group.close();
    }

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
        assertThat(foreign.buffer().bytes().array()).isEqualTo("hello".getBytes(StandardCharsets.US_ASCII));
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
                .isEqualTo("fragments".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void aLargeWriteSetIsCollectedPieceByPiece() {
        Peer[] n = group.synced(2);
        String large = "0123456789".repeat(300_000);
        assertThat(group.await(n[0].replicate(large)).status()).isEqualTo(ReplicationResult.Status.ORDERED);
        group.settle();
        GroupAction.WriteSet received = n[1].taken(GroupAction.WriteSet.class).get(0);
        assertThat(received.size()).isEqualTo(large.length());
        assertThat(new String(received.buffer().bytes().array(), StandardCharsets.US_ASCII))
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
        assertThat(result.status()).isEqualTo(ReplicationResult.Status.TRY_AGAIN);
        assertThat(n[0].taken(GroupAction.WriteSet.class)).isEmpty();
    }

    @Test
    void fragmentsOfTwoSendersDoNotMix() {
        Peer[] n = group.synced(3);
        GroupFixture.ActionFragmentBytes first = new GroupFixture.ActionFragmentBytes(1, 4);
        n[0].inject(MessageType.ACTION, first.fragment(0, "ab"));
        n[1].inject(MessageType.ACTION, first.fragment(0, "AB"));
        n[0].inject(MessageType.ACTION, first.fragment(1, "cd"));
        n[1].inject(MessageType.ACTION, first.fragment(1, "CD"));
        group.deliver();
        n[2].drain();
        assertThat(n[2].taken(GroupAction.WriteSet.class))
                .extracting(w -> new String(w.buffer().bytes().array(), StandardCharsets.US_ASCII))
                .containsExactly("abcd", "ABCD");
    }

    @Test
    void aDuplicateFragmentIsSkippedAndAGapCostsItsSenderThePlace() {
        Peer[] n = group.synced(2);
        GroupFixture.ActionFragmentBytes action = new GroupFixture.ActionFragmentBytes(1, 6);
        // member 0 is the witness; member 1's own copy would not match what it sent
        n[1].inject(MessageType.ACTION, action.fragment(0, "ab"));
        n[1].inject(MessageType.ACTION, action.fragment(0, "ab"));
        n[1].inject(MessageType.ACTION, action.fragment(1, "cd"));
        group.deliverTo(n[0]);
        assertThat(n[0].connection.session().hasLeft()).isFalse();
        n[1].inject(MessageType.ACTION, action.fragment(3, "ef"));
        group.deliverTo(n[0]);
        GroupFixture.until(() -> n[0].node.evicted.equals(List.of(n[1].node.id)));
        assertThat(n[0].connection.session().hasLeft()).isFalse();
    }

    @Test
    void aFragmentOfAnotherProtocolIsDropped() {
        Peer[] n = group.synced(2);
        ByteBuffer fragment = new GroupFixture.ActionFragmentBytes(1, 2).fragment(0, "ab");
        fragment.put(0, (byte) 3);
        n[1].inject(MessageType.ACTION, fragment);
        group.deliverTo(n[0]);
        assertThat(n[0].state().actId()).isEqualTo(2);
        assertThat(n[0].connection.session().hasLeft()).isFalse();
    }

    @Test
    void badMessagesAreIgnored() {
        Peer[] n = group.synced(2);
        int before = group.log("n1").size();
        n[1].node.inject(77, new byte[] {1});
        n[1].node.inject(3, new byte[] {1});
        for (MessageType type : MessageType.values()) {
            n[1].node.inject(type.code(), new byte[9]);
            n[1].node.inject(type.code(), new byte[1]);
        }
        n[1].node.inject(
                MessageType.FLOW.code(),
                Arrays.copyOf(new FlowMessage(2, true).encode().array(), 9));
        byte[] lying = new byte[80];
        lying[0] = 6;
        n[1].node.inject(MessageType.STATE_MESSAGE.code(), lying);
        ByteBuffer huge = new GroupFixture.ActionFragmentBytes(9, -5).fragment(0, "x");
        n[1].inject(MessageType.ACTION, huge);
        group.deliverTo(n[0]);
        assertThat(n[0].connection.session().hasLeft()).isFalse();
        assertThat(n[0].state().isPrimary()).isTrue();
        assertThat(n[0].connection.figures().flowControlActive()).isFalse();
        assertThat(group.log("n1").stream().skip(before))
                .allMatch(line -> line.endsWith("; ignored"))
                .filteredOn(line -> line.startsWith("WARN"))
                .hasSize(1);
        // a STATE_MESSAGE now is none: it may come late
        assertThat(n[0].state().members().get(1).offences()).isEqualTo(2 + 2 * MessageType.values().length);
    }

    @Test
    void aClaimedLengthAllocatesNothing() {
        Peer[] n = group.synced(2);
        n[1].inject(MessageType.ACTION, new GroupFixture.ActionFragmentBytes(1, Integer.MAX_VALUE).fragment(0, "ab"));
        group.deliverTo(n[0]);
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
        assertThat(n[0].connection.send(HeapActionBuffer.of(new byte[] {7}), () -> {}))
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

    /** docs/spec/gcs.md checklist 63: in the queue of senders. */
    @Test
    void closingEndsASenderThatAPauseHoldsAndDeliversTheLastConfigurationLast() throws InterruptedException {
        Peer[] n = group.synced(2);
        n[1].inject(MessageType.FLOW, new FlowMessage(2, true).encode().clear());
        group.deliver();
        CompletableFuture<ReplicationResult> call = n[0].replicate("held");
        GroupFixture.until(() -> n[0].connection.figures().localSendQueue() == 1);
        assertThat(call).isNotDone();
        assertEndsWhenClosed(n[0], call);
    }

    /** docs/spec/gcs.md checklist 63: between two tries, half sent. */
    @Test
    void closingEndsASenderThatTheChannelRefusesForEver() throws InterruptedException {
        Peer one = group.peer("n1", Map.of("gcs.max_packet_size", "21"), Gtid.UNDEFINED);
        group.primary(one);
        group.transport.refuseActions(100);
        CompletableFuture<ReplicationResult> call = one.replicate("refused");
        GroupFixture.until(() -> one.connection.figures().localSendQueue() == 1);
        assertThat(call).isNotDone();
        assertEndsWhenClosed(one, call);
    }

    private void assertEndsWhenClosed(Peer peer, CompletableFuture<ReplicationResult> call)
            throws InterruptedException {
        peer.connection.close();
        assertThat(group.await(call).status()).isEqualTo(ReplicationResult.Status.CLOSED);
        peer.drain();
        assertThat(peer.configuration().members()).isEmpty();
        assertThat(peer.actions.get(peer.actions.size() - 1)).isInstanceOf(GroupAction.ConfigurationChanged.class);
        assertThat(peer.connection.receive()).isEqualTo(new GroupAction.Closed(null));
    }

    /** docs/spec/gcs.md checklist 66, with a member of our own that knows protocol 3 only. */
    @Test
    void besideAnOlderMemberFragmentsCarryItsProtocolAndNoMoreWhenItHasLeft() {
        Peer old = group.peer(new NodeIdentity("old", "", new Protocols(3, 11, 4), 0, false), Map.of(), Gtid.UNDEFINED);
        group.primary(old);
        Peer one = group.peer("n1");
        group.primary(old, one);
        group.transfer(one, old);
        assertThat(one.connection.figures().protocolGroup()).isEqualTo(3);
        assertThat(group.await(one.replicate("beside it")).status()).isEqualTo(ReplicationResult.Status.ORDERED);
        assertThat(group.await(old.replicate("its own")).status()).isEqualTo(ReplicationResult.Status.ORDERED);
        group.settle();
        assertThat(group.transport.fragmentVersions()).isNotEmpty().containsOnly(3);
        assertThat(old.taken(GroupAction.WriteSet.class)).hasSize(1);
        group.primary(one);
        group.transport.fragmentVersions().clear();
        assertThat(group.await(one.replicate("without it")).status()).isEqualTo(ReplicationResult.Status.ORDERED);
        assertThat(group.transport.fragmentVersions()).containsExactly(5);
    }
}
