package io.wsrep4j.gcomm.group.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.NodeIdentity;
import io.wsrep4j.gcomm.group.Quorum;
import io.wsrep4j.gcomm.group.connection.GroupFixture.Peer;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.gcomm.group.message.StateMessage;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How members agree on a configuration (docs/spec/gcs.md checklist 23 to 32). */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StateExchangeTest {

    private final GroupFixture group = new GroupFixture();

    @AfterEach
    void close() {
        group.close();
    }

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

    /** docs/spec/gcs.md checklist 25. */
    @Test
    void aStateMessageOfAnotherExchangeIsIgnored() {
        Peer[] n = group.synced(2);
        StateMessage former = n[0].state().members().get(1).stated();
        group.transport.component(true, false, n[0].node, n[1].node);
        // the view, in which member 0 begins an exchange, and then that exchange's id
        group.transport.deliverOne(n[0].node);
        n[1].inject(MessageType.STATE_MESSAGE, former.encode());
        group.transport.orderOne(n[0].node);
        group.transport.deliverOne(n[0].node);
        assertThat(n[0].state().isExchanging()).isTrue();
        group.transport.orderOne(n[0].node);
        group.transport.deliverOne(n[0].node);
        assertThat(n[0].state().isExchanging()).isTrue();
        assertThat(n[0].state().members().get(1).stated().exchange()).isEqualTo(former.exchange());
        group.settle();
        assertThat(n[0].configuration().position().seqno()).isEqualTo(3);
        assertThat(n[0].status(n[1])).isEqualTo(NodeState.SYNCED);
        assertThat(n[0].state().members().get(1).stated().exchange()).isNotEqualTo(former.exchange());
    }

    /** docs/spec/gcs.md checklist 27: the message names the nodes and both positions. */
    @Test
    void inconsistentHistoriesAreRefusedByTheNamesAndPositionsOfTheNodes() {
        Peer[] one = group.synced(1);
        Peer other = group.peer("other", Map.of(), new Gtid(new Uuid(3, 4), 500));
        group.primary(other);
        Gtid here = one[0].at(1);
        Gtid there = other.at(501);
        group.primary(one[0], other);
        assertThat(Quorum.decide(one[0].state().members().stream()
                                .map(member -> member.stated())
                                .toList())
                        .reason())
                .contains("inconsistent histories")
                .contains("'n1' is at " + here)
                .contains("'other' at " + there)
                .contains("join anew");
        assertThat(group.log("n1"))
                .anyMatch(line -> line.contains("'n1' is at " + here) && line.contains("'other' at " + there));
        assertThat(group.log("other")).anyMatch(line -> line.contains("'n1' is at " + here));
    }

    /** docs/spec/gcs.md checklist 32. */
    @Test
    void theBootstrapFlagIsInTheExchangeRightAfterTheBootstrapAndInNoOther() {
        Peer[] n = group.synced(2);
        assertThat(n[0].state().members()).noneMatch(member -> member.stated().has(StateMessage.BOOTSTRAP));
        group.component(false, false, n[0]);
        group.component(false, false, n[1]);
        group.component(false, false, n);
        group.component(true, true, n);
        assertThat(n[0].configuration().isPrimary()).isTrue();
        assertThat(n[0].state().members()).allMatch(member -> member.stated().has(StateMessage.BOOTSTRAP));
        assertThat(n[1].state().members()).allMatch(member -> member.stated().has(StateMessage.BOOTSTRAP));
        group.primary(n);
        assertThat(n[0].state().members()).noneMatch(member -> member.stated().has(StateMessage.BOOTSTRAP));
        group.primary(n[0]);
        assertThat(n[0].state().members()).noneMatch(member -> member.stated().has(StateMessage.BOOTSTRAP));
    }
}
