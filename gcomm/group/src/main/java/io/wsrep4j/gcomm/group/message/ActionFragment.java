package io.wsrep4j.gcomm.group.message;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Header of a fragment of an action (docs/spec/gcs.md 3.1), and a view of one in a message. Not thread-safe: one object is wrapped around one
 * message after the other.
 */
public final class ActionFragment {

    /** Length of the header, in bytes; the data follow. */
    public static final int HEADER_BYTES = 20;

    /** The longest action, in bytes. */
    public static final int LONGEST_ACTION = Integer.MAX_VALUE;

    /** Action ids have 56 bits. */
    public static final long ID_MASK = (1L << 56) - 1;

    private static final int VERSION_AND_ID = 0;
    private static final int ACTION_SIZE = 8;
    private static final int NUMBER = 12;
    private static final int TYPE = 16;
    private static final int RESERVED = 17;

    private int version;
    private long actionId;
    private int actionSize;
    private long number;
    private int typeCode;
    private ByteBuffer data;

    /**
     * Reads the header.
     *
     * @param payload a message, between position and limit; not moved
     * @throws MalformedMessageException if it is shorter than a header, or claims an impossible size
     */
    public void wrap(ByteBuffer payload) throws MalformedMessageException {
        int start = payload.position();
        if (payload.remaining() < HEADER_BYTES) {
            throw new MalformedMessageException(
                    "action fragment", payload.remaining() + " bytes", "at least " + HEADER_BYTES);
        }
        boolean little = payload.order() == ByteOrder.LITTLE_ENDIAN;
        long versionAndId = payload.getLong(start + VERSION_AND_ID);
        versionAndId = little ? Long.reverseBytes(versionAndId) : versionAndId;
        version = (int) (versionAndId >>> 56);
        actionId = versionAndId & ID_MASK;
        actionSize = little(payload.getInt(start + ACTION_SIZE), little);
        number = little(payload.getInt(start + NUMBER), little) & 0xffff_ffffL;
        typeCode = payload.get(start + TYPE) & 0xff;
        data = payload.slice(start + HEADER_BYTES, payload.remaining() - HEADER_BYTES);
        if (actionSize <= 0) {
            throw new MalformedMessageException(
                    "action", (actionSize & 0xffff_ffffL) + " bytes", "1 to " + LONGEST_ACTION);
        }
        if (data.remaining() == 0 || data.remaining() > actionSize) {
            throw new MalformedMessageException(
                    "action fragment", data.remaining() + " bytes of the action", "1 to " + actionSize);
        }
    }

    private static int little(int value, boolean isLittle) {
        return isLittle ? value : Integer.reverseBytes(value);
    }

    /** Protocol version of the group layer that the sender began the action with. */
    public int version() {
        return version;
    }

    /** Counts the actions of the sender. */
    public long actionId() {
        return actionId;
    }

    /** Bytes of the whole action. */
    public int actionSize() {
        return actionSize;
    }

    /** Place of this fragment in its action, from 0. */
    public long number() {
        return number;
    }

    /** Code of the action's type; perhaps an unknown one. */
    public int typeCode() {
        return typeCode;
    }

    /** The bytes of this fragment. */
    public ByteBuffer data() {
        return data;
    }

    /** For logs: every field of the header. */
    public String describe() {
        return "fragment " + number + " of action " + actionId + " (type " + typeCode + ", " + actionSize
                + " bytes, protocol " + version + ") with " + data.remaining() + " bytes";
    }

    /**
     * Writes a header at the start of the buffer, whose order is little-endian.
     *
     * @param header at least {@link #HEADER_BYTES} long; position and limit do not move
     */
    public static void writeHeader(ByteBuffer header, int version, long actionId, int actionSize, ActionType type) {
        header.putLong(VERSION_AND_ID, Long.reverseBytes((long) version << 56 | actionId & ID_MASK));
        header.putInt(ACTION_SIZE, actionSize);
        header.putInt(NUMBER, 0);
        header.put(TYPE, (byte) type.code());
        header.put(RESERVED, (byte) 0).putShort(RESERVED + 1, (short) 0);
    }

    /** Changes the number in a header. */
    public static void writeNumber(ByteBuffer header, int number) {
        header.putInt(NUMBER, number);
    }
}
