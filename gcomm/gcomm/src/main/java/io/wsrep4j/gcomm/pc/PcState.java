package io.wsrep4j.gcomm.pc;

import java.util.EnumSet;
import java.util.Set;

/** States of the primary component (docs/spec/gcomm-transport-pc.md 12.2). */
public enum PcState {
    /** Not connected, or left. */
    CLOSED,
    /** A regular view was installed; every member tells what it knows. */
    STATES_EXCH,
    /** All members have told, and the answer is "primary": waiting for the representative's INSTALL. */
    INSTALL,
    /** In the primary component. */
    PRIM,
    /** The view is breaking up; the component keeps its status until the next regular view, or has just lost it. */
    TRANS,
    /** Not in the primary component. */
    NON_PRIM;

    Set<PcState> successors() {
        return switch (this) {
            case CLOSED -> EnumSet.of(NON_PRIM);
            case STATES_EXCH -> EnumSet.of(CLOSED, INSTALL, TRANS, NON_PRIM);
            case INSTALL -> EnumSet.of(CLOSED, PRIM, TRANS, NON_PRIM);
            case PRIM -> EnumSet.of(CLOSED, TRANS, NON_PRIM);
            case TRANS -> EnumSet.of(CLOSED, STATES_EXCH, NON_PRIM);
            case NON_PRIM -> EnumSet.of(CLOSED, PRIM, TRANS, NON_PRIM);
        };
    }
}
