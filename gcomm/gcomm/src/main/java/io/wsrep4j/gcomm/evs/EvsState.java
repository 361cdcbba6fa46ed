package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;

/**
 * What a node does in one state (docs/spec/gcomm-evs.md 9). The defaults ignore; each state says what it does not. Messages come here after
 * {@link Admission}; the source is in the node table.
 */
sealed interface EvsState permits Closed, Joining, Gathering, Installing, Operational, Leaving {

    /** A message of the layer above. */
    default EvsSendResult send(int userType, EvsOrder order, ByteBuf payload) {
        return EvsSendResult.NOT_CONNECTED;
    }

    default void onUser(Node source, UserMessage message) {}

    default void onGap(Node source, GapMessage gap) {}

    default void onJoin(Node source, JoinMessage join) {}

    default void onInstall(Node source, InstallMessage install) {}

    default void onLeave(Node source, LeaveMessage leave) {}

    /** True if a node that is not known yet may come in with this message (docs/spec/gcomm-evs.md 10.2). */
    default boolean welcomes(EvsMessage fromStranger) {
        return false;
    }

    /** The own period is over: time to say again what the others may have missed. */
    default void onRetransTimer() {}

    /** The inactivity check found suspected or inactive nodes. */
    default void onSilence() {}

    /** The layer above wants to leave. */
    default void close() {}
}
