package io.wsrep4j.api;

import io.wsrep4j.api.text.AsciiNumber;

/**
 * A position in a history: which history, and how far (docs/spec/wsrep-api-v26.md 3.1). Immutable.
 *
 * @param uuid the history; {@link Uuid#UNDEFINED} when unknown
 * @param seqno the position; {@link Seqno#UNDEFINED} when unknown
 */
public record Gtid(Uuid uuid, long seqno) {

    /** Both halves undefined: the only form that means "not ordered". */
    public static final Gtid UNDEFINED = new Gtid(Uuid.UNDEFINED, Seqno.UNDEFINED);

    /**
     * Reads {@code <uuid>:<decimal seqno>}.
     *
     * @throws IllegalArgumentException if the text is anything else; the message quotes it
     */
    public static Gtid parse(String text) {
        int colon = text.indexOf(':');
        if (colon != Uuid.TEXT_LENGTH) {
            throw new IllegalArgumentException("not a GTID: '" + text + "'; expected <uuid>:<seqno>");
        }
        try {
            return new Gtid(Uuid.parse(text.substring(0, colon)), AsciiNumber.parseLong(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a GTID: '" + text + "'; the seqno must be a decimal number", e);
        }
    }

    /** True if both halves are undefined. */
    public boolean isUndefined() {
        return seqno == Seqno.UNDEFINED && uuid.isUndefined();
    }

    @Override
    public String toString() {
        return uuid + ":" + seqno;
    }
}
