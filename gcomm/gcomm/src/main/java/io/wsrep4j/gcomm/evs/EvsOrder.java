package io.wsrep4j.gcomm.evs;

/** What a message waits for before it is delivered (docs/spec/gcomm-evs.md 3.1 and 5). */
public enum EvsOrder {
    /** Filler that is never delivered. */
    DROP(0),
    /** Its sender's earlier messages. */
    UNRELIABLE(1),
    /** Its sender's earlier messages. */
    FIFO(2),
    /** All earlier slots of all members. */
    AGREED(3),
    /** As AGREED, and every member is known to have received it. */
    SAFE(4),
    /** Delivered here only, after everything that was delivered anywhere before it was sent. Never on the wire. */
    LOCAL_CAUSAL(8);

    private static final EvsOrder[] ON_THE_WIRE = {DROP, UNRELIABLE, FIFO, AGREED, SAFE};

    private final int code;

    EvsOrder(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /** The order of a wire value, or null when there is none. */
    static EvsOrder ofCode(int code) {
        return code < ON_THE_WIRE.length ? ON_THE_WIRE[code] : null;
    }
}
