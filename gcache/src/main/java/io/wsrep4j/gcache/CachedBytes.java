package io.wsrep4j.gcache;

import static io.wsrep4j.gcache.OffHeap.MEMORY;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A handle on bytes in the cache: checked access without copying and without garbage. All numbers are little-endian, as everything on Galera's
 * wire. One owner at a time; nothing here takes a lock.
 *
 * <p>{@link #address}, {@link #window} and {@link #bytes} lead past the checks of this class: they are valid only as long as the handle keeps the
 * bytes (see the sub-classes), and memory that is used longer may belong to another write set, or to nobody, which ends the process.
 */
public abstract sealed class CachedBytes permits WriteSetBuffer, WriteSetCursor {

    final TieredCache cache;

    private long address;
    private int length;
    private Region region;
    private Region windowRegion;
    private ByteBuffer window;

    CachedBytes(TieredCache cache) {
        this.cache = cache;
    }

    final void point(long address, int length, Region region) {
        this.address = address;
        this.length = length;
        this.region = region;
    }

    final void pointNowhere() {
        point(0, 0, null);
    }

    /** True if this handle has bytes now. */
    public final boolean isPresent() {
        return address != 0;
    }

    /** Where the bytes begin, a multiple of 8. */
    public final long address() {
        requirePresent();
        return address;
    }

    /** How many bytes. */
    public final int length() {
        requirePresent();
        return length;
    }

    public final byte getByte(int index) {
        return MEMORY.readByte(at(index, Byte.BYTES));
    }

    public final short getShort(int index) {
        return MEMORY.readShort(at(index, Short.BYTES));
    }

    public final int getInt(int index) {
        return MEMORY.readInt(at(index, Integer.BYTES));
    }

    public final long getLong(int index) {
        return MEMORY.readLong(at(index, Long.BYTES));
    }

    /** Copies out so many bytes as {@code destination} has room for; its position moves. */
    public final void copyTo(int index, ByteBuffer destination) {
        int count = destination.remaining();
        Objects.checkFromIndexSize(index, count, length());
        ByteBuffer source = window();
        destination.put(destination.position(), source, source.position() + index, count);
        destination.position(destination.position() + count);
    }

    /**
     * The bytes between position and limit of a buffer that this handle owns and moves: no garbage. Position is not 0: absolute access must add it.
     * Valid until the handle is used for other bytes. Little-endian, writable.
     */
    public final ByteBuffer window() {
        requirePresent();
        if (region == null) {
            return new Pointer(address).getByteBuffer(0, length).order(ByteOrder.LITTLE_ENDIAN);
        }
        if (windowRegion != region) {
            windowRegion = region;
            window = region.buffer().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        }
        int from = (int) (address - region.address());
        return window.limit(from + length).position(from);
    }

    /** The bytes as a buffer of their own, position 0, to be handed to the host: one small object. Little-endian, writable memory. */
    public final ByteBuffer bytes() {
        return window().slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    final long at(int index, int size) {
        Objects.checkFromIndexSize(index, size, length);
        return address + index;
    }

    private void requirePresent() {
        if (address == 0) {
            throw new IllegalStateException("this handle has no bytes: nothing was reserved or found with it");
        }
    }
}
