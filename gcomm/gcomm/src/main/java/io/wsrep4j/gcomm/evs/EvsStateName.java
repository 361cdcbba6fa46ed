package io.wsrep4j.gcomm.evs;

/** The states, as the status variable evs_state shows them (docs/spec/gcomm-evs.md 9). */
public enum EvsStateName {
    CLOSED,
    JOINING,
    LEAVING,
    GATHER,
    INSTALL,
    OPERATIONAL
}
