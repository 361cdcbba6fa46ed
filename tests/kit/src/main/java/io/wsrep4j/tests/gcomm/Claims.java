package io.wsrep4j.tests.gcomm;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.group.message.StateMessage;
import io.wsrep4j.gcomm.group.message.StateMessage.LastPrimary;
import io.wsrep4j.gcomm.group.message.StateMessage.Vote;

/**
 * What a {@link HostileMember} says of itself in a state exchange. Called under its channel's lock, for every exchange anew.
 */
@FunctionalInterface
public interface Claims {

    /**
     * The answer.
     *
     * @param exchange the state UUID to answer
     * @param model what a member with a state has said in this exchange: its history, position, last primary component and protocols
     * @param self name and protocols of the one who claims: what an honest newcomer without a state would say
     * @return null to be silent
     */
    StateMessage answer(Uuid exchange, StateMessage model, StateMessage self);

    /** An honest newcomer: no state. The group makes it PRIM. */
    static Claims nothing() {
        return (exchange, model, self) -> self;
    }

    /** Says nothing, so that the exchange does not end. */
    static Claims silence() {
        return (exchange, model, self) -> null;
    }

    /** To have been SYNCED all the time, at the position of the others plus {@code ahead}. */
    static Claims synced(long ahead) {
        return complete(NodeState.SYNCED, ahead);
    }

    /** As above, in another complete state. */
    static Claims complete(NodeState state, long ahead) {
        return (exchange, model, self) -> claim(
                self,
                state,
                new LastPrimary(model.lastPrimary().uuid(), model.lastPrimary().configurationId(), 1, state),
                new Gtid(model.position().uuid(), model.position().seqno() + ahead),
                model);
    }

    /** To be SYNCED as the others are, from a last primary component with this configuration id. */
    static Claims configuration(long id) {
        return (exchange, model, self) -> claim(
                self,
                NodeState.SYNCED,
                new LastPrimary(model.lastPrimary().uuid(), id, 1, NodeState.SYNCED),
                model.position(),
                model);
    }

    /** To be SYNCED with a history that nobody else has. */
    static Claims history(Uuid history, long seqno) {
        return (exchange, model, self) -> claim(
                self,
                NodeState.SYNCED,
                new LastPrimary(exchange, model.lastPrimary().configurationId(), 1, NodeState.SYNCED),
                new Gtid(history, seqno),
                model);
    }

    private static StateMessage claim(
            StateMessage self, NodeState state, LastPrimary lastPrimary, Gtid position, StateMessage model) {
        return new StateMessage(
                self.version(),
                self.flags() | StateMessage.COUNTS_IN_COMMIT_CUT,
                model.supported(),
                lastPrimary,
                state,
                self.exchange(),
                position,
                self.name(),
                self.incomingAddress(),
                -1L,
                0,
                model.commitCut(),
                Vote.NONE,
                model.votePolicy(),
                model.used());
    }
}
