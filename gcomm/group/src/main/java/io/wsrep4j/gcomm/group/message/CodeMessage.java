package io.wsrep4j.gcomm.group.message;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * LAST, JOIN and SYNC, and the first part of VOTE (docs/spec/gcs.md 4.1). Immutable.
 *
 * @param position history and seqno; in the old form, which is 8 bytes long, the history is null
 * @param code result, by the type of message
 */
public record CodeMessage(Gtid position, long code) {

    /** Length of the message, in bytes. */
    public static final int BYTES = 32;

    /** Length of the form that protocol 0 used. */
    public static final int OLD_BYTES = Long.BYTES;

    private static final int HISTORY = 0;
    private static final int SEQNO = 16;
    private static final int CODE = 24;

    /** The message's bytes. */
    public ByteBuffer encode() {
        ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        write(out);
        return out;
    }

    void write(ByteBuffer out) {
        position.uuid().write(out, HISTORY);
        out.putLong(SEQNO, position.seqno());
        out.putLong(CODE, code);
    }

    /**
     * Reads a message.
     *
     * @param payload between position and limit; not moved. Longer ones are read as far as they are known
     */
    public static CodeMessage decode(ByteBuffer payload) throws MalformedMessageException {
        ByteBuffer in = payload.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (in.limit() == OLD_BYTES) {
            return new CodeMessage(new Gtid(null, in.getLong(0)), 0L);
        }
        if (in.limit() < BYTES) {
            throw new MalformedMessageException(
                    "code message", in.limit() + " bytes", OLD_BYTES + " or at least " + BYTES);
        }
        return new CodeMessage(new Gtid(Uuid.read(in, HISTORY), in.getLong(SEQNO)), in.getLong(CODE));
    }

    /** True for the form without a history. */
    public boolean isOldForm() {
        return position.uuid() == null;
    }

    /** For logs. */
    public String describe() {
        return (isOldForm() ? Long.toString(position.seqno()) : position.toString()) + " code " + code;
    }
}
