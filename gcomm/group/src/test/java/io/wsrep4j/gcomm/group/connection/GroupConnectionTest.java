package io.wsrep4j.gcomm.group.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.group.CausalAnswer;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.GroupOptions;
import io.wsrep4j.gcomm.group.connection.GroupFixture.Peer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Single behaviours of a connection that are no member's business (docs/spec/gcs.md 14, 16, 17, 19). */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class GroupConnectionTest {

    private final GroupFixture group = new GroupFixture();

    @AfterEach
    void close() {
        group.close();
    }

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
    void whatNobodyTookKeepsItsPlaceWhenTheGroupIsOpenedAgain() throws Exception {
        Peer[] n = group.synced(1);
        Gtid last = n[0].at(1);
        long place = n[0].connection.nextLocalSeqno();
        n[0].connection.close();
        n[0].connection.initialPosition(last);
        SimulatedTransport.Node again = group.transport.newNode(50, 0);
        n[0].connection.open(again, "fixture", true);
        assertThat(n[0].connection.receive()).isEqualTo(new GroupAction.Dropped(place + 1));
        group.transport.component(true, false, again);
        group.deliver();
        assertThat(n[0].connection.receive().localSeqno()).isEqualTo(place + 2);
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
