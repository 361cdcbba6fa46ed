package io.wsrep4j.gcache;

import io.wsrep4j.api.Uuid;
import java.util.Objects;

/**
 * What opening the ring found (docs/spec/gcache.md 8).
 *
 * @param outcome what was done
 * @param history the history of what was kept; undefined if nothing was
 * @param oldest lowest seqno kept, or -1
 * @param newest highest seqno kept, or -1
 * @param kept write sets kept
 * @param dropped ordered write sets found and not kept: below a hole, contradicting each other, or without room in a smaller ring
 * @param damaged records whose checksum was wrong
 * @param unordered records that never got a seqno
 * @param cleanStop true if the last provider had closed the cache
 * @param nanos duration, in nanoseconds
 */
public record RecoveryReport(
        Outcome outcome,
        Uuid history,
        long oldest,
        long newest,
        long kept,
        long dropped,
        long damaged,
        long unordered,
        boolean cleanStop,
        long nanos) {

    /** What was done with the file that was there. */
    public enum Outcome {
        /** There was no file, or the ring is off. */
        CREATED,
        /** The file was read; what is kept is in the other fields. */
        RECOVERED,
        /** The file was one of Galera's own library: what is kept was copied, the file renamed. */
        IMPORTED,
        /** Recovery is off, or the file belonged to no history: started empty. */
        SKIPPED,
        /** The file could not be used: it was renamed and a new one created. */
        SET_ASIDE
    }

    public RecoveryReport {
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(history, "history");
    }

    /** For the log. Spelled out, because a record's own would link a dozen method handles at every start of a server. */
    @Override
    public String toString() {
        if (outcome == Outcome.CREATED) {
            return "created anew in " + nanos / 1_000_000 + " ms";
        }
        return outcome + ", history " + history + ", seqnos " + oldest + " to " + newest + ", " + kept + " kept, "
                + dropped
                + " dropped, " + damaged + " damaged, " + unordered + " unordered, "
                + (cleanStop ? "closed cleanly, " : "not closed cleanly, ") + nanos / 1000 + " us";
    }

    static RecoveryReport empty(Outcome outcome, long nanos) {
        return new RecoveryReport(outcome, Uuid.UNDEFINED, -1, -1, 0, 0, 0, 0, false, nanos);
    }
}
