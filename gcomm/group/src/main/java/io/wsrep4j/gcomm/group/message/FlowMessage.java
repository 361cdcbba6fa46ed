package io.wsrep4j.gcomm.group.message;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A flow control message (docs/spec/gcs.md 4.3). Immutable.
 *
 * @param configuration low 32 bits of the id of the configuration that the sender is in
 * @param stop true to ask for a pause, false to end it
 */
public record FlowMessage(int configuration, boolean stop) {

    /** Length of the message, in bytes. */
    public static final int BYTES = 8;

    private static final int CONFIGURATION = 0;
    private static final int STOP = 4;

    /** The message's bytes. */
    public ByteBuffer encode() {
        return ByteBuffer.allocate(BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(CONFIGURATION, configuration)
                .putInt(STOP, stop ? 1 : 0);
    }

    /** Reads a message. @param payload between position and limit; not moved */
    public static FlowMessage decode(ByteBuffer payload) throws MalformedMessageException {
        ByteBuffer in = payload.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (in.limit() != BYTES) {
            throw new MalformedMessageException("flow control message", in.limit() + " bytes", String.valueOf(BYTES));
        }
        return new FlowMessage(in.getInt(CONFIGURATION), in.getInt(STOP) != 0);
    }
}
