package io.wsrep4j.gcomm.group.message;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A vote on the outcome of a write set (docs/spec/gcs.md 4.2). Immutable.
 *
 * @param position of the write set
 * @param value 0 for success, negative for a failure
 * @param text what is said of the failure, for logs only; without terminating zero
 */
public record VoteMessage(Gtid position, long value, String text) {

    /** The longest text that is sent, in bytes; a zero follows it. */
    public static final int LONGEST_TEXT = 991;

    /** The message's bytes. @param error the host's bytes between position and limit, perhaps with a zero at their end */
    public static ByteBuffer encode(Gtid position, long value, ByteBuffer error) {
        int length = Math.min(error.remaining(), LONGEST_TEXT);
        ByteBuffer out = ByteBuffer.allocate(CodeMessage.BYTES + length + 1).order(ByteOrder.LITTLE_ENDIAN);
        new CodeMessage(position, value).write(out);
        out.put(CodeMessage.BYTES, error, error.position(), length);
        return out;
    }

    /** Reads a message. @param payload between position and limit; not moved */
    public static VoteMessage decode(ByteBuffer payload) throws MalformedMessageException {
        if (payload.remaining() < CodeMessage.BYTES) {
            throw new MalformedMessageException(
                    "vote", payload.remaining() + " bytes", "at least " + (CodeMessage.BYTES + 1));
        }
        CodeMessage code = CodeMessage.decode(payload);
        byte[] text = new byte[Math.min(payload.remaining() - CodeMessage.BYTES, LONGEST_TEXT + 1)];
        payload.get(payload.position() + CodeMessage.BYTES, text);
        String whole = new String(text, StandardCharsets.UTF_8);
        int zero = whole.indexOf('\0');
        return new VoteMessage(code.position(), code.code(), zero < 0 ? whole : whole.substring(0, zero));
    }

    /**
     * The value that a node votes: equal on all nodes where the same write set failed in the same way (docs/spec/gcs.md 15.1).
     *
     * @param error the host's bytes as given, between position and limit; not moved
     * @return 0 for code 0, otherwise a negative number
     */
    public static long value(Gtid position, long code, ByteBuffer error) {
        if (code == 0) {
            return 0;
        }
        ByteBuffer input =
                ByteBuffer.allocate(CodeMessage.BYTES + error.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        position.uuid().write(input, 0);
        input.putLong(Uuid.BYTES, position.seqno()).putLong(Uuid.BYTES + Long.BYTES, code);
        input.put(CodeMessage.BYTES, error, error.position(), error.remaining());
        return Digest.murmur(input).low() | Long.MIN_VALUE;
    }
}
