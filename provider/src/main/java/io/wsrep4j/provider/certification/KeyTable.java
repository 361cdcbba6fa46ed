package io.wsrep4j.provider.certification;

import io.wsrep4j.provider.memory.MemorySource;
import java.util.Arrays;

/**
 * The keys in the index, each with the newest write set that used it as each type: four slots (docs/spec/writeset-certification.md 8.1 and 6.7).
 * Outside the heap.
 *
 * <p>A directory of {@link KeySegment}s by the first bits of the hash, which grows with extendible hashing: a segment that is full moves to a block a
 * fifth larger, and beyond a limit is divided, while all others stay as they are. So no growth takes longer than moving one segment takes, and the
 * table is never less than five eighths full by growing. Where memory is refused, nothing has changed.
 *
 * <p>Places stay valid while {@link #moves} stays the same and nothing is purged. Seqnos are kept as their last 32 bits: all of them lie within 2^32 of
 * the newest. Not thread-safe.
 */
final class KeyTable {

    /** Above this capacity a segment does not double. */
    private static final int SMALL = 4 * 1024;

    private final MemorySource source;

    /** A segment that needs more is divided. */
    private final int maxCapacity;

    /** By the first {@code depth} bits of the hash; a segment of lesser depth stands here several times, side by side. */
    private KeySegment[] directory;

    private int depth;
    private long bytes;
    private int size;
    private long newest;
    private int moves;

    /** Segments that keys are wanted in, the first {@code wantedCount}. */
    private KeySegment[] wantedIn = new KeySegment[16];

    private int wantedCount;

    KeyTable(MemorySource source) {
        this(source, KeySegment.MAX_CAPACITY);
    }

    KeyTable(MemorySource source, int maxCapacity) {
        this.source = source;
        this.maxCapacity = maxCapacity;
        begin(first());
    }

    private KeySegment first() {
        return new KeySegment(source, 0, KeySegment.MIN_CAPACITY, false);
    }

    private void begin(KeySegment first) {
        directory = new KeySegment[] {first};
        depth = 0;
        bytes = first.bytes();
        size = 0;
        newest = 0;
    }

    /**
     * Forgets everything and gives the memory back.
     *
     * @throws OutOfMemoryError if there is no memory for an empty table; then nothing is forgotten
     */
    void clear() {
        KeySegment first = first();
        close();
        begin(first);
    }

    /** Gives all memory back; nothing may follow. */
    void close() {
        forgetWanted();
        moves++;
        for (int i = 0; i < directory.length; i += span(directory[i])) {
            directory[i].free();
        }
        directory = new KeySegment[0];
        bytes = 0;
        size = 0;
    }

    /** How often a segment stands in the directory. */
    private int span(KeySegment segment) {
        return 1 << depth - segment.depth();
    }

    /** Number of keys. */
    int size() {
        return size;
    }

    /** Bytes outside the heap. */
    long bytes() {
        return bytes;
    }

    /** Changes whenever entries have moved, except by a purge. */
    int moves() {
        return moves;
    }

    private KeySegment segment(long hash) {
        return directory[(int) (hash >>> KeySegment.HASH_BITS - depth)];
    }

    /** The place of this key; negative if it is absent. */
    long find(long hash, boolean wide, long wideHash) {
        return segment(hash).find(hash, wide, wideHash);
    }

    /** Counts a key that will come and was absent at {@link #find}; all that was counted is then provided for by {@link #reserveWanted}. */
    void want(long hash, boolean wide) {
        KeySegment segment = segment(hash);
        if (segment.want(wide)) {
            if (wantedCount == wantedIn.length) {
                wantedIn = Arrays.copyOf(wantedIn, 2 * wantedCount);
            }
            wantedIn[wantedCount++] = segment;
        }
    }

    void forgetWanted() {
        for (int i = 0; i < wantedCount; i++) {
            wantedIn[i].forgetWanted();
        }
        Arrays.fill(wantedIn, 0, wantedCount, null);
        wantedCount = 0;
    }

    /**
     * Makes room for the keys that were counted since the last time.
     *
     * @return false if a segment was divided: then its parts' shares are not known, and the keys must be counted again
     * @throws OutOfMemoryError if there is no memory; the keys in the table are as they were
     */
    boolean reserveWanted() {
        boolean complete = true;
        try {
            for (int i = 0; i < wantedCount; i++) {
                KeySegment segment = wantedIn[i];
                if (segment.lacksWanted()) {
                    complete &= grow(segment, segment.wanted(), segment.isWideWanted());
                }
            }
        } finally {
            forgetWanted();
        }
        return complete;
    }

    /** @return false if it was divided instead */
    private boolean grow(KeySegment segment, int more, boolean wide) {
        boolean withWide = wide || segment.isWide();
        long needed = KeySegment.capacityFor((long) segment.size() + more, withWide);
        if (needed > maxCapacity) {
            divide(segment, withWide, needed);
            return false;
        }
        int wanted = segment.lacksRoom(more, false) ? (int) needed : segment.capacity();
        int generous = segment.capacity() < SMALL && wanted > segment.capacity() ? 2 * segment.capacity() : 0;
        resize(segment, Math.max(wanted, Math.min(generous, maxCapacity)), withWide);
        return true;
    }

    private void resize(KeySegment segment, int capacity, boolean wide) {
        long before = segment.bytes();
        segment.rebuilt(capacity, wide);
        bytes += segment.bytes() - before;
        moves++;
    }

    /** Puts enough segments in the place of one; all or nothing. */
    private void divide(KeySegment segment, boolean wide, long neededCapacity) {
        int bits = 1;
        while (neededCapacity >> bits > maxCapacity * 3L / 4) {
            bits++;
        }
        int newDepth = Math.max(depth, segment.depth() + bits);
        KeySegment[] larger = new KeySegment[1 << newDepth];
        KeySegment[] parts = allocateParts(segment, bits, wide);
        segment.divideAmong(parts);
        int factor = larger.length / directory.length;
        for (int i = 0; i < larger.length; i++) {
            KeySegment old = directory[i / factor];
            larger[i] = old == segment ? parts[i >> newDepth - segment.depth() - bits & parts.length - 1] : old;
        }
        for (KeySegment part : parts) {
            bytes += part.bytes();
        }
        bytes -= segment.bytes();
        directory = larger;
        depth = newDepth;
        moves++;
        segment.free();
    }

    private KeySegment[] allocateParts(KeySegment segment, int bits, boolean wide) {
        KeySegment[] parts = new KeySegment[1 << bits];
        int[] counts = segment.countAmong(parts.length);
        int made = 0;
        try {
            for (; made < parts.length; made++) {
                parts[made] = new KeySegment(
                        source, segment.depth() + bits, (int) KeySegment.capacityFor(counts[made], wide), wide);
            }
            return parts;
        } finally {
            if (made < parts.length) {
                for (int i = 0; i < made; i++) {
                    parts[i].free();
                }
            }
        }
    }

    /**
     * Notes the newest write set that uses a key as this type; adds the key if it is absent.
     *
     * @throws OutOfMemoryError if there is no memory for a key that nobody {@linkplain #want wanted}; then nothing has changed
     */
    void put(long hash, boolean wide, long wideHash, int type, long seqno) {
        KeySegment segment = segment(hash);
        long place = segment.find(hash, wide, wideHash);
        if (place < 0) {
            while (segment.lacksRoom(1, wide)) {
                grow(segment, 1, wide);
                segment = segment(hash);
                place = segment.find(hash, wide, wideHash);
            }
            segment.occupy(~place, hash, wide, wideHash);
            size++;
        }
        use(place < 0 ? ~place : place, type, seqno);
    }

    /** As {@link #put}, of a key that has been provided for and whose place is still valid, but that other keys may have been added since. */
    void put(long place, long hash, boolean wide, long wideHash, int type, long seqno) {
        long at = place;
        if (at < 0) {
            KeySegment segment = segment(hash);
            at = segment.find(~place, hash, wide, wideHash);
            if (at < 0) {
                at = ~at;
                segment.occupy(at, hash, wide, wideHash);
                size++;
            }
        }
        use(at, type, seqno);
    }

    private void use(long at, int type, long seqno) {
        KeySegment.use(at, type, (int) seqno);
        newest = Math.max(newest, seqno);
    }

    /** The newest write set that used the key at this place as this type; 0 if none. */
    long slot(long place, int type) {
        return KeySegment.isUsed(place, type)
                ? newest - ((int) newest - KeySegment.slot(place, type) & 0xFFFF_FFFFL)
                : 0;
    }

    /** Takes away what a write set left as a key of this hash and type, unless a newer one has replaced it. Moves entries. */
    void purge(long hash, int type, long seqno) {
        KeySegment segment = segment(hash);
        int before = segment.size();
        segment.purge(hash, type, (int) seqno);
        size += segment.size() - before;
    }

    /** Gives memory back when few keys are left. Moves entries, if it must. */
    void trim() {
        try {
            if (depth > 0 && size < maxCapacity / 8) {
                unite();
            }
            for (int i = 0; i < directory.length; i += span(directory[i])) {
                KeySegment segment = directory[i];
                boolean sparse =
                        segment.size() < segment.capacity() >> 3 && segment.capacity() > KeySegment.MIN_CAPACITY;
                if (sparse) {
                    resize(
                            segment,
                            (int) KeySegment.capacityFor(2L * segment.size(), segment.isWide()),
                            segment.isWide());
                }
            }
        } catch (OutOfMemoryError e) {
            // whoever has no memory for a smaller table keeps the larger one, which is as it was
            moves++;
        }
    }

    private void unite() {
        boolean wide = false;
        for (KeySegment segment : directory) {
            wide |= segment.isWide();
        }
        KeySegment only = new KeySegment(source, 0, (int) KeySegment.capacityFor(size, wide), wide);
        for (int i = 0; i < directory.length; i += span(directory[i])) {
            directory[i].copyTo(only);
        }
        for (int i = 0; i < directory.length; i += span(directory[i])) {
            directory[i].free();
        }
        directory = new KeySegment[] {only};
        depth = 0;
        bytes = only.bytes();
        moves++;
    }
}
