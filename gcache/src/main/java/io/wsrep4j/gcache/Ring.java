package io.wsrep4j.gcache;

import static io.wsrep4j.gcache.OffHeap.MEMORY;

import io.wsrep4j.gcache.file.MappedFile;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ring: records laid end to end in the slabs of one mapped file, the newest overwriting the oldest (docs/spec/gcache.md 5, 6 and 20). A record
 * never crosses a slab's end; what is left there is a discarded record, or nothing if not even a frame fits. Guarded by the cache's mutex.
 *
 * <p>At every instant the records between {@code oldest} and {@code next} of the header fit end to end: that is what recovery after kill -9 walks.
 */
final class Ring {

    private static final Logger LOG = LoggerFactory.getLogger(TieredCache.class);

    /** A ring record is at most this part of a slab. */
    static final int HALF = 2;

    private final MappedFile file;
    private final RingHeader header;
    private final Region[] slabs;
    private final long slabSize;
    private final long capacity;
    private final long tag;

    private long oldest;
    private long next;
    private int lap;
    private boolean empty;

    /** Takes over a ring whose records fit end to end. */
    Ring(MappedFile file, RingHeader header) {
        this.file = file;
        this.header = header;
        this.slabSize = header.slabSize();
        this.slabs = new Region[header.slabCount()];
        for (int i = 0; i < slabs.length; i++) {
            long offset = header.slabOffset(i);
            slabs[i] = new Region(file.address() + offset, file.buffer(offset, (int) slabSize));
        }
        this.capacity = slabSize * slabs.length;
        this.tag = header.tag();
        this.oldest = header.oldest();
        this.next = header.next();
        this.lap = header.lap();
        this.empty = oldest == next;
    }

    MappedFile file() {
        return file;
    }

    RingHeader header() {
        return header;
    }

    long tag() {
        return tag;
    }

    Region slab(int index) {
        return slabs[index];
    }

    int slabCount() {
        return slabs.length;
    }

    /** Which slab this payload is in. */
    int slabOf(long payload) {
        for (int i = 0; i < slabs.length - 1; i++) {
            long offset = payload - slabs[i].address();
            if (offset >= 0 && offset < slabSize) {
                return i;
            }
        }
        return slabs.length - 1;
    }

    long capacity() {
        return capacity;
    }

    long used() {
        return empty ? 0 : next > oldest ? next - oldest : capacity - oldest + next;
    }

    /** Largest record that may enter, frame included. */
    long largestRecord() {
        return slabSize / HALF;
    }

    /**
     * Takes a place for an unordered record.
     *
     * @param evictor asked for space; null to take only what is free
     * @return the payload's address, or 0 if there is no place
     */
    long allocate(int length, Evictor evictor) {
        long size = RecordFrame.size(length);
        if (size > largestRecord()) {
            return 0;
        }
        while (true) {
            int slab = (int) (next / slabSize);
            long toSlabEnd = (slab + 1) * slabSize - next;
            long trail = size <= toSlabEnd ? 0 : toSlabEnd;
            if (trail + size < capacity - used()) {
                return take(size, length, trail, slab);
            }
            if (evictor == null || !dropOldest(evictor)) {
                return 0;
            }
        }
    }

    private long take(long size, int length, long trail, int slab) {
        long place = next;
        if (trail > 0) {
            if (trail >= RecordFrame.BYTES) {
                int rest = (int) trail - RecordFrame.BYTES;
                RecordFrame.write(addressOf(place, slab), RecordFrame.DISCARDED, rest, lap, place, tag);
            }
            place += trail;
            slab++;
            if (place == capacity) {
                place = 0;
                slab = 0;
                lap = lap + 1 & 0xff_ffff;
            }
        }
        long address = addressOf(place, slab);
        RecordFrame.write(address, RecordFrame.UNORDERED, length, lap, place, tag);
        next = place + size;
        if (next == capacity) {
            next = 0;
            lap = lap + 1 & 0xff_ffff;
        }
        empty = false;
        header.next(next, lap);
        return address + RecordFrame.BYTES;
    }

    /** Gives the oldest record's space free; false if it must stay. */
    private boolean dropOldest(Evictor evictor) {
        if (empty) {
            return false;
        }
        int slab = (int) (oldest / slabSize);
        long toSlabEnd = (slab + 1) * slabSize - oldest;
        if (toSlabEnd < RecordFrame.BYTES) {
            advanceOldest(toSlabEnd);
            return true;
        }
        long address = addressOf(oldest, slab);
        long seqno = RecordFrame.seqno(address);
        if (seqno == RecordFrame.UNORDERED || seqno > 0 && !evictor.evictThrough(seqno)) {
            return false;
        }
        long size = RecordFrame.size(RecordFrame.length(address));
        if (size > toSlabEnd || RecordFrame.length(address) < 0) {
            throw new CacheException("ring '" + file.path() + "' is damaged: a record at place " + oldest
                    + " does not end in its slab; something else has written to the file");
        }
        advanceOldest(size);
        return true;
    }

    private void advanceOldest(long size) {
        oldest += size;
        if (oldest == capacity) {
            oldest = 0;
        }
        empty = oldest == next;
        header.oldest(oldest);
        // The caller overwrites these bytes next: never before the header says that they are free.
        MEMORY.storeFence();
    }

    /** The record keeps its place until it is the oldest. */
    void discard(long payload) {
        RecordFrame.discard(payload - RecordFrame.BYTES);
    }

    /** Writes all to disk, and that it is whole. A disk that refuses costs a line, not the rest of the cache's end. */
    void flush() {
        try {
            // The mark must not reach the disk before what it vouches for.
            file.force();
            header.clean(true);
            file.force();
        } catch (IOException e) {
            LOG.warn(
                    "cannot flush '{}' ({}); it survives the server's end, but perhaps not the machine's",
                    file.path(),
                    e.toString());
        }
    }

    /** Forgets every record. Only while nothing points into the ring. */
    void clear() {
        oldest = next;
        empty = true;
        header.oldest(oldest);
    }

    private long addressOf(long place, int slab) {
        return slabs[slab].address() + (place - slab * slabSize);
    }
}
