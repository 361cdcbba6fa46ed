package io.wsrep4j.gcache;

import static io.wsrep4j.gcache.OffHeap.MEMORY;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * A write set on its way: reserved, filled piece by piece, then published under a seqno or discarded (docs/spec/gcache.md 3 and 4). Reusable: after
 * {@link #publish}, {@link #discard} or {@link #detach} it can be reserved again, without garbage.
 *
 * <p>After publishing, the bytes stay readable here, and stay where and as they are, until {@link WriteSetCache#release} has passed the seqno.
 *
 * <p>One owner at a time. A reserved buffer must end in exactly one of publish and discard: until then it blocks the ring.
 */
public final class WriteSetBuffer extends CachedBytes {

    /** What has become of the bytes. */
    enum State {
        EMPTY,
        RESERVED,
        PUBLISHED
    }

    private final CRC32C crc = new CRC32C();
    private State state = State.EMPTY;
    private int slot;
    private long storedAddress;
    private int storedLength;
    private Region storedRegion;
    private PlainCopies.Copy copy;
    private long seqno = -1;

    WriteSetBuffer(TieredCache cache) {
        super(cache);
    }

    /**
     * Takes room for a write set.
     *
     * @param length in bytes, 1 to {@link WriteSetCache#MAXIMUM_LENGTH}
     * @throws CacheFullException if every store refuses; the group connection must be closed
     * @throws IllegalArgumentException if the length is outside its range
     * @throws IllegalStateException if something is reserved already
     */
    public void reserve(int length) {
        if (length <= 0 || length > WriteSetCache.MAXIMUM_LENGTH) {
            throw new IllegalArgumentException(
                    "a write set of " + length + " bytes is not possible: 1 to " + WriteSetCache.MAXIMUM_LENGTH);
        }
        if (state == State.RESERVED) {
            throw new IllegalStateException(
                    "this buffer holds " + length() + " reserved bytes; publish or discard them first");
        }
        cache.reserve(this, length);
        state = State.RESERVED;
        seqno = -1;
    }

    /** Copies the remaining bytes of {@code source} to {@code index}; the source's position moves. Only while reserved. */
    public void put(int index, ByteBuffer source) {
        requireReserved();
        int count = source.remaining();
        Objects.checkFromIndexSize(index, count, length());
        ByteBuffer target = window();
        target.put(target.position() + index, source, source.position(), count);
        source.position(source.position() + count);
    }

    /** Copies {@code count} bytes of off-heap memory to {@code index}. Only while reserved. */
    public void put(int index, long sourceAddress, int count) {
        requireReserved();
        MEMORY.copyMemory(sourceAddress, at(index, count), count);
    }

    /**
     * Gives the filled bytes their seqno: now they can be found, and, if they are in the ring, survive the process.
     *
     * @param skip true if all nodes skip this write set
     * @throws CacheException if the seqno is cached already, or not positive: a program error, the node's state is unsafe
     */
    public void publish(long seqno, WriteSetKind kind, boolean skip) {
        requireReserved();
        cache.publish(this, seqno, kind, skip);
        this.seqno = seqno;
        state = State.PUBLISHED;
    }

    /** Gives the room back, unpublished. */
    public void discard() {
        requireReserved();
        cache.discard(this);
        state = State.EMPTY;
        pointNowhere();
    }

    /**
     * Takes a published write set back into use, released or not: it stays as it is until {@link WriteSetCache#release} is called for its seqno
     * again. For a write set that an incremental transfer brought before the group did.
     *
     * @return false if it is not cached
     * @throws IllegalStateException if something is reserved
     */
    public boolean reclaim(long seqno) {
        if (state == State.RESERVED) {
            throw new IllegalStateException(
                    "this buffer holds " + length() + " reserved bytes; publish or discard them first");
        }
        detach();
        if (!cache.reclaim(this, seqno)) {
            return false;
        }
        this.seqno = seqno;
        state = State.PUBLISHED;
        return true;
    }

    /** Lets go of published bytes; nothing happens to them. */
    public void detach() {
        if (state == State.RESERVED) {
            throw new IllegalStateException("reserved bytes must be published or discarded");
        }
        pointNowhere();
        state = State.EMPTY;
        seqno = -1;
    }

    /** The seqno under which the bytes were published, or -1. */
    public long seqno() {
        return seqno;
    }

    /** Where the bytes lie in a store: sealed, if encryption is on, and then this handle shows a copy. */
    void store(long payload, int length, int slot, Region region) {
        storedAddress = payload;
        storedLength = length;
        storedRegion = region;
        this.slot = slot;
        point(payload, length, region);
    }

    void show(PlainCopies.Copy copy) {
        this.copy = copy;
        point(copy.address(), copy.length(), null);
    }

    int slot() {
        return slot;
    }

    long storedAddress() {
        return storedAddress;
    }

    int storedLength() {
        return storedLength;
    }

    PlainCopies.Copy copy() {
        return copy;
    }

    /** CRC32C of the bytes in the store. */
    int storedChecksum() {
        crc.reset();
        crc.update(copy == null ? window() : storedView());
        return (int) crc.getValue();
    }

    private ByteBuffer storedView() {
        if (storedRegion == null) {
            throw new IllegalStateException("only what lies in a mapped store has a checksum");
        }
        int from = (int) (storedAddress - storedRegion.address());
        return storedRegion.buffer().duplicate().limit(from + storedLength).position(from);
    }

    private void requireReserved() {
        if (state != State.RESERVED) {
            throw new IllegalStateException("nothing is reserved with this buffer");
        }
    }
}
