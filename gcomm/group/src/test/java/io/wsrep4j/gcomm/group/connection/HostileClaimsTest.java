package io.wsrep4j.gcomm.group.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.gcomm.group.connection.GroupFixture.Peer;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.gcomm.group.message.StateMessage;
import io.wsrep4j.gcomm.group.message.StateMessage.LastPrimary;
import io.wsrep4j.gcomm.group.message.StateMessage.Vote;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a member may claim in a state exchange: nothing that the others know better, and not nothing for ever. */
final class HostileClaimsTest {

    private final GroupFixture fixture = new GroupFixture();
    private final List<Runnable> later = new ArrayList<>();
    private Peer one;
    private Peer two;
    private Peer joiner;
    private SimulatedTransport.Node liar;
    private UnaryOperator<StateMessage> claim;
    private boolean oldVersion;

    /** Two complete members and one without a state; the liar has the last place among them. */
    @BeforeEach
    void form() throws Exception {
        one = fixture.peerWithoutTimer("n1", Map.of(), later);
        fixture.primary(one);
        two = fixture.peerWithoutTimer("n2", Map.of(), later);
        fixture.primary(one, two);
        fixture.transfer(two, one);
        joiner = fixture.peer("n3");
        liar = fixture.transport.newNode(50, 0);
        liar.join("fixture", false, new GroupListener() {
            @Override
            public void onView(GroupView view) {
                // it only answers
            }

            @Override
            public void onMessage(int senderIndex, int type, ByteBuffer payload) {
                if (type == MessageType.STATE_UUID.code() && claim != null) {
                    StateMessage told = claim.apply(honest(Uuid.read(payload, payload.position())));
                    if (told != null) {
                        byte[] bytes = new byte[told.encode().remaining()];
                        told.encode().get(bytes);
                        bytes[0] = oldVersion ? 0 : bytes[0];
                        liar.inject(MessageType.STATE_MESSAGE.code(), bytes);
                    }
                }
            }

            @Override
            public void onCausal(long token) {
                // asks for none
            }

            @Override
            public void onLeft(GroupException error) {
                // the test ends
            }
        });
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private StateMessage honest(Uuid exchange) {
        return new StateMessage(
                StateMessage.VERSION,
                0,
                GroupFixture.PROTOCOLS,
                LastPrimary.NONE,
                NodeState.NON_PRIM,
                exchange,
                Gtid.UNDEFINED,
                "liar",
                "",
                -1,
                0,
                -1,
                Vote.NONE,
                0,
                Protocols.ZERO);
    }

    private StateMessage synced(StateMessage honest, Gtid position, long configuration) {
        return new StateMessage(
                StateMessage.VERSION,
                StateMessage.COUNTS_IN_COMMIT_CUT,
                honest.supported(),
                new LastPrimary(new Uuid(1, 1), configuration, 3, NodeState.SYNCED),
                NodeState.SYNCED,
                honest.exchange(),
                position,
                "liar",
                "",
                -1,
                0,
                -1,
                Vote.NONE,
                0,
                honest.supported());
    }

    private void joinTheLiar() {
        fixture.transport.component(true, false, one.node, two.node, joiner.node, liar);
        fixture.settle();
    }

    private NodeState liarAccordingTo(Peer peer) {
        return peer.state().members().get(3).status();
    }

    private void assertTheOthersGoOnFrom(long seqno, long configuration) {
        for (Peer peer : List.of(one, two, joiner)) {
            assertThat(peer.state().isPrimary()).isTrue();
            assertThat(peer.state().actId()).isEqualTo(seqno + 1);
            assertThat(peer.state().configurationId()).isEqualTo(configuration + 1);
            assertThat(liarAccordingTo(peer)).isEqualTo(NodeState.PRIM);
            assertThat(peer.status(one)).isEqualTo(NodeState.SYNCED);
            assertThat(peer.status(two)).isEqualTo(NodeState.SYNCED);
            assertThat(peer.connection.isLost()).isFalse();
        }
        later.forEach(Runnable::run);
        assertThat(one.node.evicted).contains(liar.id);
        ReplicationResult result = fixture.await(one.replicate("after it"));
        assertThat(result.status()).isEqualTo(ReplicationResult.Status.ORDERED);
        assertThat(result.seqno()).isEqualTo(seqno + 2);
        fixture.settle();
        assertThat(two.state().actId()).isEqualTo(seqno + 2);
        assertThat(joiner.state().actId()).isEqualTo(seqno + 2);
    }

    @Test
    void aPositionAheadOfWhatTheCompleteMembersHaveIsNotBelieved() {
        long seqno = one.state().actId();
        long configuration = one.state().configurationId();
        Gtid ahead = one.at(seqno + 1000);
        claim = honest -> synced(honest, ahead, configuration);
        joinTheLiar();
        assertTheOthersGoOnFrom(seqno, configuration);
    }

    @Test
    void aConfigurationIdNearTheEndIsNotAdopted() {
        long seqno = one.state().actId();
        long configuration = one.state().configurationId();
        Gtid at = one.at(seqno);
        claim = honest -> synced(honest, at, Long.MAX_VALUE);
        joinTheLiar();
        assertTheOthersGoOnFrom(seqno, configuration);
    }

    @Test
    void anotherHistoryIsNotBelieved() {
        long seqno = one.state().actId();
        long configuration = one.state().configurationId();
        claim = honest -> synced(honest, new Gtid(new Uuid(6, 6), seqno), configuration);
        joinTheLiar();
        assertTheOthersGoOnFrom(seqno, configuration);
    }

    @Test
    void aNewcomerThatSpeaksAnOldVersionDoesNotTakeTheProtocolsBack() {
        oldVersion = true;
        claim = honest -> new StateMessage(
                StateMessage.VERSION,
                0,
                new Protocols(0, 0, 0),
                honest.lastPrimary(),
                honest.currentState(),
                honest.exchange(),
                honest.position(),
                "liar",
                "",
                -1,
                0,
                -1,
                Vote.NONE,
                0,
                Protocols.ZERO);
        joinTheLiar();
        assertThat(one.state().protocols()).isEqualTo(GroupFixture.PROTOCOLS);
        assertThat(two.state().protocols()).isEqualTo(GroupFixture.PROTOCOLS);
    }

    @Test
    void whoIsSilentInAStateExchangeIsIsolatedWhenItIsOverdue() {
        claim = honest -> null;
        joinTheLiar();
        assertThat(one.state().isExchanging()).isTrue();
        assertThat(one.node.evicted).isEmpty();
        List.copyOf(fixture.overdue).forEach(Runnable::run);
        later.forEach(Runnable::run);
        assertThat(one.node.evicted).containsOnly(liar.id);
        assertThat(two.node.evicted).containsOnly(liar.id);
    }

    @Test
    void anExchangeThatEndedIsNotOverdue() {
        claim = honest -> honest;
        joinTheLiar();
        List.copyOf(fixture.overdue).forEach(Runnable::run);
        later.forEach(Runnable::run);
        assertThat(one.node.evicted).isEmpty();
    }
}
