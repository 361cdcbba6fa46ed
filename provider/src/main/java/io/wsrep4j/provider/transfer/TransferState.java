package io.wsrep4j.provider.transfer;

/** How far the joiner's transfer is, for the status text (docs/spec/replicator-state-transfer.md 2: sst_state). */
public enum TransferState {
    NONE,
    /** Waiting for the snapshot or history. */
    WAIT,
    /** Through; the group is being told. */
    JOIN_SENT,
    /** No donor could be had. */
    REQUEST_FAILED,
    /** What came was not the group's state. */
    FAILED
}
