package io.wsrep4j.provider.state;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.text.AsciiNumber;
import java.util.ArrayList;
import java.util.List;

/**
 * The contents of grastate.dat (docs/spec/replicator-state-transfer.md 24.1). Immutable.
 *
 * @param position where the host's data stands; seqno {@link Seqno#UNDEFINED} while the node runs or after it crashed
 * @param safeToBootstrap this node left the cluster last, or nobody can tell
 */
public record SavedStateRecord(Gtid position, boolean safeToBootstrap) {

    /** What a missing or empty file stands for. */
    public static final SavedStateRecord NOTHING = new SavedStateRecord(Gtid.UNDEFINED, true);

    private static final String TITLE = "# GALERA saved state";
    private static final String FILE_VERSION = "2.1";

    /** The text of the file, without padding. */
    String text() {
        return TITLE + "\nversion: " + FILE_VERSION + "\nuuid:    " + position.uuid() + "\nseqno:   " + position.seqno()
                + "\nsafe_to_bootstrap: " + (safeToBootstrap ? 1 : 0) + "\n";
    }

    /** True if this, on the disk, would be believed after a crash although the other one is true. */
    boolean misleadsInsteadOf(SavedStateRecord truth) {
        Uuid uuid = position.uuid();
        if (uuid.isUndefined()) {
            return false;
        }
        return !uuid.equals(truth.position.uuid())
                || position.seqno() != Seqno.UNDEFINED && position.seqno() != truth.position.seqno();
    }

    /** A record that was read, and what was wrong with it. */
    record Reading(SavedStateRecord contents, List<String> problems) {}

    /** Reads a text; lines that make no sense count as "unknown" and are reported. A last line without newline does not count. */
    static Reading parse(String text) {
        Uuid uuid = Uuid.UNDEFINED;
        long seqno = Seqno.UNDEFINED;
        boolean safe = true;
        List<String> problems = new ArrayList<>();
        int end;
        for (int start = 0; (end = text.indexOf('\n', start)) >= 0; start = end + 1) {
            String[] words = text.substring(start, end).strip().split("\\s+", 2);
            String value = words.length > 1 ? words[1] : "";
            try {
                switch (words[0]) {
                    case "uuid:" -> uuid = Uuid.parse(value);
                    case "seqno:" -> seqno = AsciiNumber.parseLong(value);
                    case "safe_to_bootstrap:" -> safe = AsciiNumber.parseInt(value) != 0;
                    default -> {
                        // comments, the version, and what other releases wrote
                    }
                }
            } catch (IllegalArgumentException e) {
                problems.add("line '" + words[0] + " " + value + "' cannot be read: " + e.getMessage());
            }
        }
        return new Reading(
                new SavedStateRecord(new Gtid(uuid, uuid.isUndefined() ? Seqno.UNDEFINED : seqno), safe), problems);
    }
}
