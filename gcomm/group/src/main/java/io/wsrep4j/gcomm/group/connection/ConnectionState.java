package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.flow.FlowControl.Role;
import io.wsrep4j.gcomm.group.message.NodeState;

/** State of a node's connection to its group (docs/spec/gcs.md 17). */
enum ConnectionState {
    SYNCED(Role.SYNCED),
    JOINED(Role.JOINED),
    /** Shown as DONOR/DESYNCED. */
    DONOR(Role.DONOR),
    JOINER(Role.JOINER),
    /** In the primary component, needs a transfer. */
    PRIMARY(Role.OUTSIDE),
    /** Connected, not primary. */
    OPEN(Role.OUTSIDE),
    CLOSED(Role.OUTSIDE);

    private final Role role;

    ConnectionState(Role role) {
        this.role = role;
    }

    Role role() {
        return role;
    }

    /** Has the whole state. */
    boolean isComplete() {
        return this == SYNCED || this == JOINED || this == DONOR;
    }

    /** The state that a primary configuration gives this node. */
    static ConnectionState inPrimary(NodeState state) {
        return switch (state) {
            case NON_PRIM, PRIM -> PRIMARY;
            case JOINER -> JOINER;
            case DONOR -> DONOR;
            case JOINED -> JOINED;
            case SYNCED -> SYNCED;
        };
    }

    /** As Galera's log names it. */
    @Override
    public String toString() {
        return this == DONOR ? "DONOR/DESYNCED" : name();
    }
}
