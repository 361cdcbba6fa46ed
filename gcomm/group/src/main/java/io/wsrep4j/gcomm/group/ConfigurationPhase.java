package io.wsrep4j.gcomm.group;

/** How far the members have agreed on a configuration (docs/spec/gcs.md 8.1). */
enum ConfigurationPhase {
    /** This member is out of the group. */
    CLOSED,
    NON_PRIMARY,
    WAIT_STATE_UUID,
    WAIT_STATE_MESSAGES,
    PRIMARY,
    /** Its own history is ahead of the group's: it must leave. */
    INCONSISTENT;

    boolean isExchanging() {
        return this == WAIT_STATE_UUID || this == WAIT_STATE_MESSAGES;
    }

    /** What becomes of an own action that is delivered but cannot be ordered now (docs/spec/gcs.md 3.4). */
    ReplicationResult.Status lossStatus() {
        return switch (this) {
            case PRIMARY -> ReplicationResult.Status.CUT_OFF;
            case WAIT_STATE_UUID, WAIT_STATE_MESSAGES -> ReplicationResult.Status.TRY_AGAIN;
            case NON_PRIMARY, INCONSISTENT -> ReplicationResult.Status.NOT_PRIMARY;
            case CLOSED -> ReplicationResult.Status.CLOSED;
        };
    }

    /** What becomes of a message that is to be sent now: ORDERED if it may go. */
    ReplicationResult.Status sendStatus() {
        return this == PRIMARY ? ReplicationResult.Status.ORDERED : lossStatus();
    }
}
