package io.wsrep4j.gcomm.group.message;

/** Types of the group layer's messages (docs/spec/gcs.md 2); the code travels as the channel's message type. */
public enum MessageType {
    ACTION(1),
    LAST(2),
    STATE_UUID(4),
    STATE_MESSAGE(5),
    JOIN(6),
    SYNC(7),
    FLOW(8),
    VOTE(9);

    private static final MessageType[] BY_CODE = new MessageType[16];

    static {
        for (MessageType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final int code;

    MessageType(int code) {
        this.code = code;
    }

    /** What the channel carries. */
    public int code() {
        return code;
    }

    /** The type with this code, or null if there is none. */
    public static MessageType ofCode(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
