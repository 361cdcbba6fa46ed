package io.wsrep4j.provider.state;

import static io.wsrep4j.provider.state.ReplicatorState.CONNECTED;
import static io.wsrep4j.provider.state.ReplicatorState.DONOR;
import static io.wsrep4j.provider.state.ReplicatorState.JOINED;
import static io.wsrep4j.provider.state.ReplicatorState.SYNCED;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A node that asked to be a donor is one from the group's answer on, whatever waits for its turn still. */
final class NodeSituationTest {

    private final NodeSituation situation = new NodeSituation(finding -> {});

    @Test
    void whatWasOrderedBeforeTheAnswerDoesNotUndoIt() {
        situation.become(CONNECTED);
        situation.become(JOINED, 3);
        situation.becomeDonorFrom(6);
        assertThat(situation.state()).isEqualTo(DONOR);
        situation.become(SYNCED, 5);
        assertThat(situation.state()).isEqualTo(DONOR);
        situation.become(JOINED, 7);
        situation.become(SYNCED, 8);
        assertThat(situation.state()).isEqualTo(SYNCED);
    }

    @Test
    void aNodeThatHasNotSeenItsStateYetBecomesADonorWithIt() {
        situation.become(CONNECTED);
        situation.becomeDonorFrom(6);
        assertThat(situation.state()).isEqualTo(CONNECTED);
        situation.become(JOINED, 4);
        assertThat(situation.state()).isEqualTo(DONOR);
    }

    @Test
    void aDonorThatEndedDonatingBeforeTheAnswerRemainsOne() {
        situation.become(CONNECTED);
        situation.become(DONOR);
        situation.becomeDonorFrom(6);
        situation.become(JOINED, 5);
        assertThat(situation.state()).isEqualTo(DONOR);
    }
}
