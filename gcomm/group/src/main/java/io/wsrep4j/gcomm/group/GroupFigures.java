package io.wsrep4j.gcomm.group;

/**
 * Figures of the group layer at one moment, with Galera's definitions (docs/spec/gcs.md 20; docs/spec/options-status.md 10.1: the names of the fields
 * are those of the status variables). Queue lengths in actions or threads, times in nanoseconds.
 *
 * @param protocolGroup negotiated version of the group layer's protocol, -1 before the first primary configuration
 * @param protocolReplicator negotiated version of the replicator's protocol, -1 before
 * @param protocolApplication negotiated version of the application's protocol, -1 before
 * @param flowControlPaused share of the time since the last flush, 0 to 1
 */
public record GroupFigures(
        int protocolGroup,
        int protocolReplicator,
        int protocolApplication,
        long localSendQueue,
        long localSendQueueMax,
        long localSendQueueMin,
        double localSendQueueAverage,
        long localReceiveQueue,
        long localReceiveQueueMax,
        long localReceiveQueueMin,
        double localReceiveQueueAverage,
        long flowControlPausedNanos,
        double flowControlPaused,
        long flowControlSent,
        long flowControlReceived,
        boolean flowControlActive,
        boolean flowControlRequested) {}
