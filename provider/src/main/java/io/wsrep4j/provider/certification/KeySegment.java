package io.wsrep4j.provider.certification;

import static io.wsrep4j.provider.memory.OffHeap.MEMORY;

import io.wsrep4j.gcache.file.AnonymousMemory;
import io.wsrep4j.provider.memory.MemorySource;

/**
 * The keys of a {@link KeyTable} whose hashes begin with the same bits: open addressing with linear probing over one block of memory. An entry is 24
 * bytes, a head and four slots of 32 bits; behind all entries come the wide hashes, once a key has one. A place is the address of an entry, or the
 * complement of the address where a key belongs that is absent; it stays valid until an entry is removed or the segment is {@link #rebuilt}.
 * Not thread-safe.
 */
final class KeySegment {

    static final int HASH_BITS = 59;

    /** As many entries as a segment has at least. */
    static final int MIN_CAPACITY = 1024;

    /** More would make the pause too long in which the entries move; 20 MiB. */
    static final int MAX_CAPACITY = 873_813;

    private static final int ENTRY = 24;
    private static final int SLOTS = Long.BYTES;
    private static final int WIDE_ENTRY = Long.BYTES;

    /** A head: the hash, for each slot whether it is in use, and whether a wide hash belongs to it. Of a key there is always a slot in use. */
    private static final int HASH_SHIFT = 5;

    private static final long FIRST_USED = 2;
    private static final long USED = 0xF * FIRST_USED;
    private static final long WIDE = 1;

    private static final int HOME_SHIFT = 32;

    private final MemorySource source;
    /** How many first bits all hashes here have in common. */
    private final int depth;

    private long block;
    private long end;
    private int capacity;
    private boolean wide;
    private int size;

    /** Keys that are about to come, as {@link KeyTable#want} counted them. */
    private int wanted;

    private boolean wideWanted;

    /** @throws OutOfMemoryError if there is no memory */
    KeySegment(MemorySource source, int depth, int leastCapacity, boolean wide) {
        this.source = source;
        this.depth = depth;
        this.capacity = rounded(leastCapacity, wide);
        this.wide = wide;
        block = source.allocate(bytes());
        end = block + (long) capacity * ENTRY;
    }

    /** The capacity at which so many keys fill five eighths; or somewhat less, where it will be rounded to pages that are large. */
    static long capacityFor(long keys, boolean wide) {
        long capacity = Math.max(MIN_CAPACITY, keys * 8 / 5 + 1);
        long leastLarge = AnonymousMemory.LEAST_HUGE / bytes(1, wide);
        return capacity < leastLarge ? capacity : Math.max(leastLarge, keys * 10 / 7 + 1);
    }

    /** At least this capacity, and as much more as the memory has room for that is taken for it. */
    private static int rounded(int capacity, boolean wide) {
        return (int) (MemorySource.rounded(bytes(capacity, wide)) / bytes(1, wide));
    }

    private static long bytes(int capacity, boolean wide) {
        return (long) capacity * (wide ? ENTRY + WIDE_ENTRY : ENTRY);
    }

    /** Bytes the block occupies. */
    long bytes() {
        return MemorySource.rounded(bytes(capacity, wide));
    }

    int size() {
        return size;
    }

    int depth() {
        return depth;
    }

    int capacity() {
        return capacity;
    }

    boolean isWide() {
        return wide;
    }

    /** True if so many keys more would fill it beyond three quarters, or need room for wide hashes that it does not have. */
    boolean lacksRoom(int more, boolean withWide) {
        return (long) size + more > capacity * 3L >> 2 || withWide && !wide;
    }

    boolean lacksWanted() {
        return lacksRoom(wanted, wideWanted);
    }

    int wanted() {
        return wanted;
    }

    boolean isWideWanted() {
        return wideWanted;
    }

    /** @return true for the first time since {@link #forgetWanted} */
    boolean want(boolean withWide) {
        wideWanted |= withWide;
        return wanted++ == 0;
    }

    void forgetWanted() {
        wanted = 0;
        wideWanted = false;
    }

    private long home(long hash) {
        // the bits after the common ones, as a fraction of the capacity: so entries lie in the order of their hashes
        long fraction = hash << HASH_SHIFT + depth >>> HOME_SHIFT;
        return block + (fraction * capacity >>> HOME_SHIFT) * ENTRY;
    }

    /** The place of this key. */
    long find(long hash, boolean isWide, long wideHash) {
        return find(home(hash), hash, isWide, wideHash);
    }

    /** As {@link #find(long, boolean, long)}, from a place on that it gave before. */
    long find(long start, long hash, boolean isWide, long wideHash) {
        long at = start;
        while (true) {
            long head = MEMORY.readLong(at);
            if (head == 0) {
                return ~at;
            }
            if (head >>> HASH_SHIFT == hash && (!isWide || (head & WIDE) == 0 || wideHash(at) == wideHash)) {
                return at;
            }
            at = after(at);
        }
    }

    private long after(long at) {
        long next = at + ENTRY;
        return next == end ? block : next;
    }

    private long wideHashAt(long at) {
        return end + (at - block) / ENTRY * WIDE_ENTRY;
    }

    private long wideHash(long at) {
        return MEMORY.readLong(wideHashAt(at));
    }

    /** Puts an absent key where it belongs; {@link #use} must follow. There must be room. */
    void occupy(long at, long hash, boolean isWide, long wideHash) {
        MEMORY.writeLong(at, hash << HASH_SHIFT | (isWide ? WIDE : 0));
        if (isWide) {
            MEMORY.writeLong(wideHashAt(at), wideHash);
        }
        size++;
    }

    /** Notes the newest write set that uses the key at this place as this type. */
    static void use(long at, int type, int seqno) {
        MEMORY.writeLong(at, MEMORY.readLong(at) | FIRST_USED << type);
        MEMORY.writeInt(at + SLOTS + (long) type * Integer.BYTES, seqno);
    }

    /** True if the key at this place was used as this type. */
    static boolean isUsed(long at, int type) {
        return (MEMORY.readLong(at) & FIRST_USED << type) != 0;
    }

    /** What {@link #use} noted; only if {@link #isUsed}. */
    static int slot(long at, int type) {
        return MEMORY.readInt(at + SLOTS + (long) type * Integer.BYTES);
    }

    /**
     * Empties every slot of this type that still names this write set, of all keys of this hash: keys of the same hash are told apart by wide hashes,
     * but a purge takes away all that a write set left. Drops a key without slots.
     */
    void purge(long hash, int type, int seqno) {
        long at = home(hash);
        long head = MEMORY.readLong(at);
        while (head != 0) {
            boolean same = head >>> HASH_SHIFT == hash;
            boolean names = same && (head & FIRST_USED << type) != 0 && slot(at, type) == seqno;
            if (names && (head & USED) == FIRST_USED << type) {
                remove(at);
            } else {
                if (names) {
                    MEMORY.writeLong(at, head & ~(FIRST_USED << type));
                }
                at = after(at);
            }
            if (same && !wide) {
                return;
            }
            head = MEMORY.readLong(at);
        }
    }

    /** Closes the gap, so that no probe ends too early. */
    private void remove(long place) {
        long gap = place;
        long at = after(gap);
        long head = MEMORY.readLong(at);
        while (head != 0) {
            long wanted = home(head >>> HASH_SHIFT);
            // the entry may move into the gap unless its home lies cyclically after the gap
            if (distance(wanted, at) >= distance(gap, at)) {
                move(at, gap);
                gap = at;
            }
            at = after(at);
            head = MEMORY.readLong(at);
        }
        MEMORY.writeLong(gap, 0);
        size--;
    }

    private long distance(long from, long to) {
        long distance = to - from;
        return distance < 0 ? distance + (end - block) : distance;
    }

    private void move(long from, long to) {
        copyEntry(from, to);
        if (wide) {
            MEMORY.writeLong(wideHashAt(to), wideHash(from));
        }
    }

    private static void copyEntry(long from, long to) {
        MEMORY.writeLong(to, MEMORY.readLong(from));
        MEMORY.writeLong(to + 8, MEMORY.readLong(from + 8));
        MEMORY.writeLong(to + 16, MEMORY.readLong(from + 16));
    }

    /**
     * Moves everything to a block of another size.
     *
     * @throws OutOfMemoryError if there is no memory; then everything is as it was
     */
    void rebuilt(int newCapacity, boolean withWide) {
        KeySegment larger = new KeySegment(source, depth, newCapacity, withWide);
        long old = block;
        long oldBytes = bytes();
        copyTo(larger);
        block = larger.block;
        end = larger.end;
        capacity = larger.capacity;
        wide = larger.wide;
        source.free(old, oldBytes);
    }

    /** Copies every key to the segment that this segment's keys belong to from now on. */
    void copyTo(KeySegment target) {
        for (long from = block; from < end; from += ENTRY) {
            long head = MEMORY.readLong(from);
            if (head != 0) {
                target.take(this, from, head);
            }
        }
    }

    /** Copies every key to the one of these that it belongs to by the bits that follow the common ones. */
    void divideAmong(KeySegment[] parts) {
        int bits = Integer.numberOfTrailingZeros(parts.length);
        for (long from = block; from < end; from += ENTRY) {
            long head = MEMORY.readLong(from);
            if (head != 0) {
                parts[partOf(head >>> HASH_SHIFT, bits)].take(this, from, head);
            }
        }
    }

    /** How many keys each part would get. */
    int[] countAmong(int parts) {
        int bits = Integer.numberOfTrailingZeros(parts);
        int[] counts = new int[parts];
        for (long from = block; from < end; from += ENTRY) {
            long head = MEMORY.readLong(from);
            if (head != 0) {
                counts[partOf(head >>> HASH_SHIFT, bits)]++;
            }
        }
        return counts;
    }

    private int partOf(long hash, int bits) {
        return (int) (hash << HASH_SHIFT + depth >>> Long.SIZE - bits);
    }

    private void take(KeySegment origin, long from, long head) {
        long to = home(head >>> HASH_SHIFT);
        while (MEMORY.readLong(to) != 0) {
            to = after(to);
        }
        copyEntry(from, to);
        if (origin.wide) {
            MEMORY.writeLong(wideHashAt(to), origin.wideHash(from));
        }
        size++;
    }

    /** Gives the memory back; the segment must not be used any more. */
    void free() {
        source.free(block, bytes());
        block = 0;
    }
}
