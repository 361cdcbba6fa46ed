package io.wsrep4j.provider.transaction;

import java.util.EnumSet;
import java.util.Set;

/**
 * State of a local transaction (docs/spec/replicator-state-transfer.md 6.1). It is entered before the step it is named for is attempted.
 */
enum TransactionState {
    EXECUTING,
    /** Hit by a brute-force abort; its own thread has not noticed yet. */
    MUST_ABORT,
    ABORTING,
    REPLICATING,
    CERTIFYING,
    /** Ordered and aborted: the host has to roll back and replay it. */
    MUST_REPLAY,
    REPLAYING,
    APPLYING,
    COMMITTING,
    ROLLING_BACK,
    COMMITTED,
    ROLLED_BACK;

    private Set<TransactionState> successors;

    static {
        EXECUTING.successors = EnumSet.of(REPLICATING, ROLLED_BACK, MUST_ABORT, ABORTING);
        REPLICATING.successors = EnumSet.of(CERTIFYING, MUST_ABORT, EXECUTING);
        CERTIFYING.successors = EnumSet.of(APPLYING, ABORTING, MUST_ABORT);
        APPLYING.successors = EnumSet.of(COMMITTING, MUST_ABORT, ABORTING);
        COMMITTING.successors = EnumSet.of(COMMITTED, MUST_ABORT, ABORTING);
        COMMITTED.successors = EnumSet.of(EXECUTING);
        MUST_ABORT.successors = EnumSet.of(MUST_REPLAY, ABORTING);
        MUST_REPLAY.successors = EnumSet.of(REPLAYING, ABORTING);
        REPLAYING.successors = EnumSet.of(COMMITTING);
        ABORTING.successors = EnumSet.of(ROLLED_BACK, ROLLING_BACK, EXECUTING);
        ROLLING_BACK.successors = EnumSet.of(ROLLED_BACK);
        ROLLED_BACK.successors = EnumSet.noneOf(TransactionState.class);
    }

    boolean maybeFollowedBy(TransactionState next) {
        return successors.contains(next);
    }
}
