package io.wsrep4j.gcomm.group.message;

/** Types of actions that travel in fragments (docs/spec/gcs.md 2.1). */
public enum ActionType {
    WRITE_SET(0),
    STATE_TRANSFER_REQUEST(2),
    /** Reserved; has a channel of reassembly of its own. */
    SERVICE(8);

    private final int code;

    ActionType(int code) {
        this.code = code;
    }

    /** Value in the fragment header. */
    public int code() {
        return code;
    }

    /** The type with this code, or null if there is none. */
    public static ActionType ofCode(int code) {
        return switch (code) {
            case 0 -> WRITE_SET;
            case 2 -> STATE_TRANSFER_REQUEST;
            case 8 -> SERVICE;
            default -> null;
        };
    }
}
