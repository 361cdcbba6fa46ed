package io.wsrep4j.gcomm.paxos.message;

import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads little-endian bytes that a stranger may have written. Everything that is wrong is a {@link MalformedFrameException}. */
final class WireReader {

    /** Two of the longest horizons. */
    static final int MAX_SLOTS_OF_RANGE = 2 * 8192;

    /** What all ranges of a frame may name together: so a frame costs its reader no more than its bytes could. */
    static final long MAX_SLOTS_OF_FRAME = 1 << 17;

    private static final long MAX_SLOT = 1L << 62;

    private final ByteBuffer buffer;
    /** Slots that ranges may still name; shared by all parts of a frame. */
    private final long[] budget;

    WireReader(ByteBuffer bytes) {
        this(bytes, new long[] {MAX_SLOTS_OF_FRAME});
    }

    private WireReader(ByteBuffer bytes, long[] budget) {
        this.buffer = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        this.budget = budget;
    }

    private ByteBuffer need(int bytes) {
        if (buffer.remaining() < bytes) {
            throw new MalformedFrameException(bytes + " bytes wanted at offset " + buffer.position() + " where "
                    + buffer.remaining() + " are left");
        }
        return buffer;
    }

    boolean hasMore() {
        return buffer.hasRemaining();
    }

    void end(String what) {
        if (buffer.hasRemaining()) {
            throw new MalformedFrameException(buffer.remaining() + " bytes too many in " + what);
        }
    }

    int u8() {
        return need(1).get() & 0xff;
    }

    int u16() {
        return need(2).getShort() & 0xffff;
    }

    /** A length or count: negative as an int means above 2^31. */
    int u32() {
        return need(4).getInt();
    }

    long u64() {
        return need(8).getLong();
    }

    Uuid uuid() {
        need(Uuid.BYTES);
        Uuid uuid = Uuid.read(buffer, buffer.position());
        buffer.position(buffer.position() + Uuid.BYTES);
        return uuid;
    }

    int intIn8(String what, int least, int most) {
        return check(what, u8(), least, most);
    }

    int intIn(String what, int least, int most) {
        return check(what, u32(), least, most);
    }

    private static int check(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new MalformedFrameException(what + " is " + value + ", allowed are " + least + " to " + most);
        }
        return value;
    }

    long longIn(String what, long least, long most) {
        long value = u64();
        if (value < least || value > most) {
            throw new MalformedFrameException(what + " is " + value + ", allowed are " + least + " to " + most);
        }
        return value;
    }

    /** 0 or more. */
    int mid(String what) {
        return intIn(what, 0, Integer.MAX_VALUE);
    }

    int memberMid(String what) {
        return intIn(what, 1, Integer.MAX_VALUE);
    }

    long slot(String what) {
        return longIn(what, 1, MAX_SLOT);
    }

    /** A slot, or 0 for none. */
    long slotOrNone(String what) {
        return longIn(what, 0, MAX_SLOT);
    }

    void zero8(String what) {
        check(what, u8(), 0, 0);
    }

    void zero16(String what) {
        check(what, u16(), 0, 0);
    }

    void zero32(String what) {
        check(what, u32(), 0, 0);
    }

    boolean flag(String what) {
        return intIn8(what, 0, 1) == 1;
    }

    void charge(long slots) {
        budget[0] -= slots;
        if (budget[0] < 0) {
            throw new MalformedFrameException("ranges name more than " + MAX_SLOTS_OF_FRAME + " slots in one frame");
        }
    }

    WireReader part(String what, int length) {
        return new WireReader(bytes(what, length), budget);
    }

    /** A view, not a copy. */
    ByteBuffer bytes(String what, int length) {
        if (length < 0 || length > buffer.remaining()) {
            throw new MalformedFrameException(what + " of " + Integer.toUnsignedString(length) + " bytes at offset "
                    + buffer.position() + " where " + buffer.remaining() + " are left");
        }
        ByteBuffer bytes = buffer.slice(buffer.position(), length);
        buffer.position(buffer.position() + length);
        return bytes;
    }

    String text(String what) {
        ByteBuffer bytes = bytes(what, u8());
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    /** A u16 count, which the bytes that are there must be able to hold, and that many. */
    <T> List<T> list(String what, int leastBytes, Function<WireReader, T> each) {
        int count = u16();
        if ((long) count * leastBytes > buffer.remaining()) {
            throw new MalformedFrameException(count + " " + what + " cannot be in " + buffer.remaining() + " bytes");
        }
        List<T> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(each.apply(this));
        }
        return values;
    }
}
