package io.wsrep4j.ist;

import java.nio.ByteBuffer;

/**
 * One seqno of a transfer (docs/spec/replicator-state-transfer.md 20.3).
 *
 * @param seqno its global seqno
 * @param kind what it is
 * @param dependsSeqno what a write set depends on; only protocol versions below 10 carry it, else undefined
 * @param bytes exactly what the donor has cached; null for a skipped seqno, and at the joiner for one that it has cached already
 */
public record IstEvent(long seqno, Kind kind, long dependsSeqno, ByteBuffer bytes) {

    /** What a seqno of the history is. */
    public enum Kind {
        WRITE_SET,
        CONFIGURATION_CHANGE,
        /** Its content failed certification or was voted away: nothing to apply. */
        SKIPPED
    }
}
