package io.wsrep4j.gcomm.group.message;

/** State of a member (docs/spec/gcs.md 5); the ordinal is the value in messages, and the order is the order of completeness. */
public enum NodeState {
    /** Not in a primary component, or just started. */
    NON_PRIM,
    /** In the primary component; its state is not usable and it needs a transfer. */
    PRIM,
    /** A transfer is in progress. */
    JOINER,
    /** Complete; donating or desynced. */
    DONOR,
    /** Complete; catching up. */
    JOINED,
    /** Complete and up to date. */
    SYNCED;

    private static final NodeState[] BY_CODE = values();

    static NodeState ofCode(int code) throws MalformedMessageException {
        if (code < 0 || code >= BY_CODE.length) {
            throw new MalformedMessageException("node state", String.valueOf(code), "0 to " + (BY_CODE.length - 1));
        }
        return BY_CODE[code];
    }

    /** Value in messages. */
    public int code() {
        return ordinal();
    }

    /** The member has the whole state: DONOR, JOINED or SYNCED. */
    public boolean isComplete() {
        return compareTo(DONOR) >= 0;
    }
}
