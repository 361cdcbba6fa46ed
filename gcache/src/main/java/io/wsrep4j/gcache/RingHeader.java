package io.wsrep4j.gcache;

import static io.wsrep4j.gcache.OffHeap.MEMORY;

import io.wsrep4j.api.Uuid;

/**
 * The header document of the ring's file, little-endian: what the ring is (geometry, written once), which history it holds, and from where to
 * where its records lie (docs/spec/gcache.md 20).
 *
 * <pre>
 *   0 magic               64 oldest: place of the oldest record; 72 its complement
 *   8 version            128 next: place after the newest record / 8, lap in the upper 24 bits; 136 its complement
 *  12 flags              192 history, 16 bytes; 208 its check
 *  16 slab count         256 clean: 1 after a clean stop
 *  20 check of geometry  512 encryption key slots
 *  24 slab size         4096 slab offsets, 8 bytes each
 *  32 tag: random number of this file
 *  40 offset of this header in the file
 * </pre>
 *
 * Everything but the places, the clean mark and the keys is there twice: the copy lies {@link #COPY} bytes further.
 *
 * <p>A place is a position in the slabs laid end to end. A complement that does not match says that recovery must prove the place by the records,
 * which fit end to end from {@code oldest} to {@code next}: a kill between the two stores leaves such a pair, and so does a damaged file.
 */
final class RingHeader {

    static final long MAGIC = 0x316E_6972_4A70_7277L;
    static final int VERSION = 1;
    static final int FLAG_ENCRYPTED = 1;
    static final int KEY_SLOTS = 512;

    private static final int AT_VERSION = 8;
    private static final int AT_FLAGS = 12;
    private static final int AT_SLAB_COUNT = 16;
    private static final int AT_GEOMETRY_CHECK = 20;
    private static final int AT_SLAB_SIZE = 24;
    private static final int AT_TAG = 32;
    private static final int AT_OWN_OFFSET = 40;
    private static final int AT_OLDEST = 64;
    private static final int AT_NEXT = 128;
    private static final int AT_HISTORY = 192;
    private static final int AT_HISTORY_CHECK = 208;
    private static final int AT_CLEAN = 256;
    private static final int AT_SLABS = 4096;

    /** Where the copy of geometry and history lies, from the header's beginning. */
    static final int COPY = 128 << 10;

    private static final int NEXT_BITS = 40;

    private final long address;
    private final int slabCount;
    private final long slabSize;
    private final long tag;

    /** Reads a header whose geometry is {@link #isWhole whole}. */
    RingHeader(long address) {
        this.address = address;
        this.slabCount = MEMORY.readInt(address + AT_SLAB_COUNT);
        this.slabSize = MEMORY.readLong(address + AT_SLAB_SIZE);
        this.tag = MEMORY.readLong(address + AT_TAG);
    }

    /** Writes a new header; the magic last. */
    static RingHeader create(long address, long ownOffset, long[] slabOffsets, long slabSize, long tag, int flags) {
        MEMORY.writeInt(address + AT_VERSION, VERSION);
        MEMORY.writeInt(address + AT_FLAGS, flags);
        MEMORY.writeInt(address + AT_SLAB_COUNT, slabOffsets.length);
        MEMORY.writeLong(address + AT_SLAB_SIZE, slabSize);
        MEMORY.writeLong(address + AT_TAG, tag);
        MEMORY.writeLong(address + AT_OWN_OFFSET, ownOffset);
        for (int i = 0; i < slabOffsets.length; i++) {
            MEMORY.writeLong(address + AT_SLABS + (long) i * Long.BYTES, slabOffsets[i]);
        }
        MEMORY.writeInt(address + AT_GEOMETRY_CHECK, geometryCheck(address, slabOffsets.length));
        RingHeader header = new RingHeader(address);
        header.oldest(0);
        header.next(0, 1);
        header.history(Uuid.UNDEFINED);
        header.clean(false);
        MEMORY.writeOrderedLong(address, MAGIC);
        copyGeometry(address, address + COPY);
        return header;
    }

    /** Restores a header whose copy is {@link #isWhole whole}. */
    static void restore(long address) {
        copyGeometry(address + COPY, address);
    }

    private static void copyGeometry(long from, long to) {
        int slabs = MEMORY.readInt(from + AT_SLAB_COUNT);
        MEMORY.copyMemory(from, to, (long) AT_OWN_OFFSET + Long.BYTES);
        MEMORY.copyMemory(from + AT_SLABS, to + AT_SLABS, (long) slabs * Long.BYTES);
    }

    static boolean hasMagic(long address) {
        return MEMORY.readLong(address) == MAGIC;
    }

    static int version(long address) {
        return MEMORY.readInt(address + AT_VERSION);
    }

    /** True if the geometry is as it was written. The caller has made sure that the whole header document is mapped. */
    static boolean isWhole(long address, long ownOffset, int maximumSlabs) {
        int slabs = MEMORY.readInt(address + AT_SLAB_COUNT);
        return hasMagic(address)
                && MEMORY.readLong(address + AT_OWN_OFFSET) == ownOffset
                && slabs > 0
                && slabs <= maximumSlabs
                && MEMORY.readInt(address + AT_GEOMETRY_CHECK) == geometryCheck(address, slabs);
    }

    boolean isEncrypted() {
        return (MEMORY.readInt(address + AT_FLAGS) & FLAG_ENCRYPTED) != 0;
    }

    int slabCount() {
        return slabCount;
    }

    long slabSize() {
        return slabSize;
    }

    long slabOffset(int slab) {
        return MEMORY.readLong(address + AT_SLABS + (long) slab * Long.BYTES);
    }

    long tag() {
        return tag;
    }

    long oldest() {
        return MEMORY.readLong(address + AT_OLDEST);
    }

    void oldest(long place) {
        MEMORY.writeOrderedLong(address + AT_OLDEST, place);
        MEMORY.writeOrderedLong(address + AT_OLDEST + Long.BYTES, ~place);
    }

    long next() {
        return (MEMORY.readLong(address + AT_NEXT) & (1L << NEXT_BITS) - 1) << 3;
    }

    int lap() {
        return (int) (MEMORY.readLong(address + AT_NEXT) >>> NEXT_BITS);
    }

    void next(long place, int lap) {
        long word = place >>> 3 | (long) lap << NEXT_BITS;
        MEMORY.writeOrderedLong(address + AT_NEXT, word);
        MEMORY.writeOrderedLong(address + AT_NEXT + Long.BYTES, ~word);
    }

    /** True if both places are where records can begin and their complements match. */
    boolean hasSurePlaces() {
        return MEMORY.readLong(address + AT_OLDEST) == ~MEMORY.readLong(address + AT_OLDEST + Long.BYTES)
                && MEMORY.readLong(address + AT_NEXT) == ~MEMORY.readLong(address + AT_NEXT + Long.BYTES)
                && hasPossiblePlaces();
    }

    /** True if both places are where records can begin. */
    boolean hasPossiblePlaces() {
        return isPlace(oldest()) && isPlace(next());
    }

    private boolean isPlace(long place) {
        return place >= 0 && place < slabSize * slabCount && (place & 7) == 0;
    }

    boolean isClean() {
        return MEMORY.readLong(address + AT_CLEAN) == 1;
    }

    void clean(boolean clean) {
        MEMORY.writeOrderedLong(address + AT_CLEAN, clean ? 1 : 0);
    }

    /** The history, or undefined if its bytes are not as they were written. */
    Uuid history() {
        Uuid history = historyAt(address);
        return history.isUndefined() ? historyAt(address + COPY) : history;
    }

    private Uuid historyAt(long at) {
        Uuid history = new Uuid(MEMORY.readLong(at + AT_HISTORY), MEMORY.readLong(at + AT_HISTORY + Long.BYTES));
        boolean whole = MEMORY.readLong(at + AT_HISTORY_CHECK) == historyCheck(history);
        return whole && !history.isUndefined() ? history : Uuid.UNDEFINED;
    }

    /**
     * Changes the history: to undefined before anything doubtful is written, from undefined when all is right, or while the ring is empty. So a kill
     * in between may leave one or the other.
     */
    void history(Uuid history) {
        writeHistory(address, history);
        writeHistory(address + COPY, history);
    }

    private void writeHistory(long at, Uuid history) {
        MEMORY.writeOrderedLong(at + AT_HISTORY, history.mostSignificant());
        MEMORY.writeOrderedLong(at + AT_HISTORY + Long.BYTES, history.leastSignificant());
        MEMORY.writeOrderedLong(at + AT_HISTORY_CHECK, historyCheck(history));
    }

    /** Where the last slab ends in the file. */
    long end() {
        return slabOffset(slabCount - 1) + slabSize;
    }

    /** Takes over the encryption's keys of another file. */
    void copyKeySlots(RingHeader other) {
        MEMORY.copyMemory(other.keySlots(), keySlots(), AT_SLABS - KEY_SLOTS);
    }

    /** Where the encryption's key slots begin. */
    long keySlots() {
        return address + KEY_SLOTS;
    }

    private long historyCheck(Uuid history) {
        return (tag ^ history.mostSignificant()) * 0x9E3779B97F4A7C15L + history.leastSignificant();
    }

    private static int geometryCheck(long address, int slabs) {
        long sum = 17;
        for (int at = AT_SLAB_SIZE; at <= AT_OWN_OFFSET; at += Long.BYTES) {
            sum = (sum ^ MEMORY.readLong(address + at)) * 0x9E3779B97F4A7C15L;
        }
        sum = (sum ^ MEMORY.readLong(address + AT_VERSION)) * 0x9E3779B97F4A7C15L;
        for (int i = 0; i < slabs; i++) {
            sum = (sum ^ sum >>> 32 ^ MEMORY.readLong(address + AT_SLABS + (long) i * Long.BYTES))
                    * 0x9E3779B97F4A7C15L;
        }
        return (int) ((sum ^ sum >>> 29) >>> 16);
    }
}
