package io.wsrep4j.gcomm.group.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.connection.GroupFixture.Peer;
import io.wsrep4j.gcomm.group.message.NodeState;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When it counts that a node can bring itself to a later position (docs/spec/gcs.md 28.17). */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RecoveryClaimsTest {

    private static final Uuid HISTORY = new Uuid(3, 4);

    private final GroupFixture group = new GroupFixture();

    @AfterEach
    void close() {
        group.close();
    }

    private Peer returning(String name, long position, long recoverable) {
        return group.peer(name, Map.of(), new Gtid(HISTORY, position), recoverable);
    }

    @Test
    void whoBeginsAloneBeginsWhereItCanBringItself() {
        Peer one = returning("n1", 500, 520);
        group.primary(one);
        assertThat(one.configuration().position()).isEqualTo(new Gtid(HISTORY, 521));
        assertThat(one.configuration().members().get(0).state()).isEqualTo(NodeState.JOINED);
    }

    @Test
    void whoCanBringItselfFurthestIsTheNewestAfterACrashOfAll() {
        Peer[] n = {returning("n1", 510, 519), returning("n2", 500, 520), returning("n3", 512, 512)};
        group.component(true, true, n);
        assertThat(n[0].configuration().position()).isEqualTo(new Gtid(HISTORY, 521));
        assertThat(n[0].status(n[0])).isEqualTo(NodeState.PRIM);
        assertThat(n[0].status(n[1])).isEqualTo(NodeState.SYNCED);
        assertThat(n[0].status(n[2])).isEqualTo(NodeState.PRIM);
        assertThat(n[1].configuration().encode()).isEqualTo(n[0].configuration().encode());
    }

    @Test
    void thoseWhoCanBringThemselvesAsFarAreAllComplete() {
        Peer[] n = {returning("n1", 510, 520), returning("n2", 500, 520), returning("n3", 520, 520)};
        group.component(true, true, n);
        assertThat(n[0].configuration().position()).isEqualTo(new Gtid(HISTORY, 521));
        assertThat(n[0].configuration().members()).allMatch(member -> member.state() == NodeState.JOINED);
    }

    /** The component may have gone another way since: same history, other write sets. */
    @Test
    void whoComesToALivingComponentIsWhereItsHostIs() {
        Peer one = returning("n1", 510, 510);
        group.primary(one);
        Peer ahead = returning("n2", 505, 520);
        Peer level = returning("n3", 505, 511);
        group.primary(one, ahead, level);
        assertThat(one.configuration().position()).isEqualTo(new Gtid(HISTORY, 512));
        assertThat(one.status(ahead)).isEqualTo(NodeState.PRIM);
        assertThat(one.status(level)).isEqualTo(NodeState.PRIM);
        assertThat(ahead.taken(GroupAction.Inconsistent.class)).isEmpty();
    }

    @Test
    void whoHasSurvivedIsNotOutdoneAndThrowsNobodyOut() {
        Peer survivor = returning("n1", 510, 510);
        group.primary(survivor);
        group.component(false, false, survivor);
        Peer back = returning("n2", 505, 520);
        group.component(true, true, survivor, back);
        assertThat(survivor.configuration().position()).isEqualTo(new Gtid(HISTORY, 512));
        assertThat(survivor.status(back)).isEqualTo(NodeState.PRIM);
        assertThat(back.taken(GroupAction.Inconsistent.class)).isEmpty();
    }

    @Test
    void theClaimIsGoneWithTheFirstQuorum() {
        Peer[] n = {returning("n1", 530, 530), returning("n2", 500, 520)};
        group.component(true, true, n);
        assertThat(n[1].configuration().position()).isEqualTo(new Gtid(HISTORY, 531));
        group.component(false, false, n[1]);
        group.component(false, false, n[0]);
        group.component(true, true, n);
        assertThat(n[1].configuration().position()).isEqualTo(new Gtid(HISTORY, 532));
    }

    @Test
    void nobodyCanRecoverToLessThanItHas() {
        assertThatThrownBy(() -> returning("n1", 500, 499))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("500")
                .hasMessageContaining("499");
    }
}
