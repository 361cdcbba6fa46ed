package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import java.util.Objects;

/**
 * Names a view (docs/spec/gcomm-evs.md 2). 20 bytes on the wire: the uuid, then a little-endian word with the type in its two highest bits.
 *
 * @param type kind of view
 * @param uuid the member that created the view
 * @param seq 0 to {@link #MAXIMUM_SEQ}
 */
public record ViewId(ViewType type, Uuid uuid, int seq) implements Comparable<ViewId> {

    /** Length of the binary form, in bytes. */
    public static final int BYTES = 20;

    /** The largest sequence number that 30 bits hold. */
    public static final int MAXIMUM_SEQ = 0x3fff_ffff;

    /** "No view": 20 zero bytes. */
    public static final ViewId NIL = new ViewId(ViewType.REG, Uuid.UNDEFINED, 0);

    private static final int TYPE_SHIFT = 30;

    public ViewId {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(uuid, "uuid");
        if (seq < 0 || seq > MAXIMUM_SEQ) {
            throw new IllegalArgumentException("view seq " + seq + " is outside 0 to " + MAXIMUM_SEQ);
        }
    }

    /** Reads 20 bytes at an absolute index. */
    public static ViewId read(ByteBuf buffer, int index) {
        int word = buffer.getIntLE(index + Uuid.BYTES);
        Uuid uuid = new Uuid(buffer.getLong(index), buffer.getLong(index + Long.BYTES));
        return new ViewId(ViewType.ofCode(word >>> TYPE_SHIFT), uuid, word & MAXIMUM_SEQ);
    }

    /** Writes 20 bytes at an absolute index. */
    public void write(ByteBuf buffer, int index) {
        buffer.setLong(index, uuid.mostSignificant());
        buffer.setLong(index + Long.BYTES, uuid.leastSignificant());
        buffer.setIntLE(index + Uuid.BYTES, word());
    }

    /** True if the 20 bytes at an absolute index are this id; allocates nothing. */
    boolean isAt(ByteBuf buffer, int index) {
        return buffer.getLong(index) == uuid.mostSignificant()
                && buffer.getLong(index + Long.BYTES) == uuid.leastSignificant()
                && buffer.getIntLE(index + Uuid.BYTES) == word();
    }

    private int word() {
        return type.ordinal() << TYPE_SHIFT | seq;
    }

    /** The same uuid and seq with another type. */
    public ViewId as(ViewType other) {
        return new ViewId(other, uuid, seq);
    }

    /** By seq; with equal seqs the younger uuid first; then by type (docs/spec/gcomm-transport-pc.md 2.2). */
    @Override
    public int compareTo(ViewId other) {
        if (seq != other.seq) {
            return Integer.compare(seq, other.seq);
        }
        int age = Long.compare(timestamp(other.uuid), timestamp(uuid));
        if (age != 0) {
            return age;
        }
        int bytes = uuid.compareTo(other.uuid);
        return bytes != 0 ? bytes : type.compareTo(other.type);
    }

    /** The 60-bit RFC 4122 time of a uuid: time_hi without the version, time_mid, time_low. */
    public static long timestamp(Uuid uuid) {
        long most = uuid.mostSignificant();
        return (most & 0xfffL) << 48 | (most >>> 16 & 0xffffL) << 32 | most >>> 32;
    }

    @Override
    public String toString() {
        return type + "(" + ShortUuid.of(uuid) + "," + seq + ")";
    }
}
