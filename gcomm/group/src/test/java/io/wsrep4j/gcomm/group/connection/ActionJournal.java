package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.api.Gtid;

/** Takes down what the groups of simulated applications give them, and judges it at once or at the end. */
public interface ActionJournal {

    /** A write set or a configuration has this place in the history that a node follows. */
    void ordered(SimulatedApplication node, Gtid at, String content);

    /** A member that has the state is in this primary configuration. */
    void configured(SimulatedApplication node, long configurationId, String members);

    /** A node refuses to go on: the group's history ends before its own, which ends at the place given. */
    void inconsistent(SimulatedApplication node, Gtid at, String reason);
}
