package io.wsrep4j.gcomm.evs;

import java.util.Map;

/** Hands what happens to the state that this node is in. */
final class States {

    private final Transitions transitions;
    private final EvsState[] states = new EvsState[EvsStateName.values().length];

    /** @param behaviour one for each state */
    States(Transitions transitions, Map<EvsStateName, EvsState> behaviour) {
        this.transitions = transitions;
        for (EvsStateName name : EvsStateName.values()) {
            states[name.ordinal()] = behaviour.get(name);
        }
    }

    EvsState current() {
        return states[transitions.state().ordinal()];
    }

    /** @param source who sent the message first, this node included */
    void handle(Node source, EvsMessage message) {
        EvsState state = current();
        if (message instanceof UserMessage user) {
            state.onUser(source, user);
        } else if (message instanceof GapMessage gap) {
            state.onGap(source, gap);
        } else if (message instanceof JoinMessage join) {
            state.onJoin(source, join);
        } else if (message instanceof InstallMessage install) {
            state.onInstall(source, install);
        } else if (message instanceof LeaveMessage leave) {
            state.onLeave(source, leave);
        }
    }
}
