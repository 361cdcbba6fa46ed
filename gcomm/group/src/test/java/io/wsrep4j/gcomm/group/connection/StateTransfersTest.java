package io.wsrep4j.gcomm.group.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.StateTransferAnswer;
import io.wsrep4j.gcomm.group.connection.GroupFixture.Peer;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.NodeState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests, donors, JOIN and SYNC (docs/spec/gcs.md checklist 34 to 41). */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StateTransfersTest {

    private final GroupFixture group = new GroupFixture();

    @AfterEach
    void close() {
        group.close();
    }

    @Test
    void onlyRequesterAndDonorSeeTheRequest() {
        Peer[] n = group.synced(2);
        Peer joiner = group.peer("n3");
        group.primary(n[0], n[1], joiner);
        StateTransferAnswer answer = joiner.request("n2");
        group.settle();
        assertThat(answer)
                .isEqualTo(new StateTransferAnswer(
                        StateTransferAnswer.Status.GRANTED, 1, answer.localSeqno(), answer.lastChange()));
        assertThat(n[0].taken(GroupAction.StateTransferRequested.class)).hasSize(1); // from the fixture's own n2
        GroupAction.StateTransferRequested request =
                n[1].taken(GroupAction.StateTransferRequested.class).get(0);
        assertThat(answer.lastChange()).isPositive().isEqualTo(request.seqno());
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
        assertThat(n[0].state().members().get(1).desyncCount())
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

    /** Its host had sent its part before it turned out that the joiner cannot be reached; Galera's own library reports in this order. */
    @Test
    void aDonorThatFailsAfterItHasReportedSuccessEndsItsJoiner() {
        Peer[] n = group.synced(1);
        Peer joiner = group.peer("n2");
        group.primary(n[0], joiner);
        joiner.request("");
        group.settle();
        n[0].connection.join(n[0].at(2), 0);
        group.settle();
        assertThat(n[0].status(n[0])).isEqualTo(NodeState.SYNCED);
        assertThat(joiner.connection.session().hasLeft()).isFalse();
        n[0].connection.join(n[0].at(2), -110);
        group.settle();
        GroupFixture.until(() -> joiner.connection.session().hasLeft());
        assertThat(n[0].status(n[0])).isEqualTo(NodeState.SYNCED);
    }

    /** A donor may be another one's by then. */
    @Test
    void aDonorsSecondReportOfItsNextTransferDoesNotEndTheJoinerOfItsLast() {
        Peer[] n = group.synced(1);
        Peer first = group.peer("n2");
        Peer second = group.peer("n3");
        group.primary(n[0], first, second);
        first.request("");
        group.settle();
        n[0].connection.join(n[0].at(2), 0);
        group.settle();
        second.request("");
        group.settle();
        n[0].connection.join(n[0].at(2), -1);
        group.settle();
        n[0].connection.join(n[0].at(2), -125);
        group.settle();
        GroupFixture.until(() -> second.connection.session().hasLeft());
        assertThat(first.connection.session().hasLeft()).isFalse();
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
}
