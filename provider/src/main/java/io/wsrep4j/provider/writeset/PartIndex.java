package io.wsrep4j.provider.writeset;

/**
 * The key parts stored in one write set so far, each with the strongest prefix stored for it ("seen" of docs/spec/writeset-certification.md 6.5).
 * An entry's number never changes, so that it can be referred to while others are added. Outside the heap when they are many. Not thread-safe.
 */
final class PartIndex {

    static final int ABSENT = -1;

    private static final int INITIAL_ENTRIES = 32;
    private static final int KEPT_ENTRIES = 1024;

    /** An entry: the hash, then the prefix. */
    private static final int HASH_SHIFT = KeyCursor.DIGEST_SHIFT;

    private final boolean wide;
    private final LongCells low = new LongCells(INITIAL_ENTRIES);
    private final LongCells high;
    private int size;

    /** Entry number + 1 by hash, linear probing; at most half full. */
    private final IntCells table = new IntCells(2 * INITIAL_ENTRIES);

    private int mask = 2 * INITIAL_ENTRIES - 1;

    /** @param wide whether bytes 8 to 15 of the digest take part in equality */
    PartIndex(boolean wide) {
        this.wide = wide;
        high = new LongCells(wide ? INITIAL_ENTRIES : 0);
    }

    void clear() {
        if (low.length() > KEPT_ENTRIES) {
            low.clear();
            high.clear();
            table.clear();
            mask = table.length() - 1;
        } else if (size > 0) {
            table.zero();
        }
        size = 0;
    }

    /** The entry of this part, or {@link #ABSENT}. */
    int find(long hash, long wideHash) {
        int slot = home(hash);
        for (int number = table.get(slot); number != 0; number = table.get(slot)) {
            int entry = number - 1;
            if (low.get(entry) >>> HASH_SHIFT == hash && (!wide || high.get(entry) == wideHash)) {
                return entry;
            }
            slot = slot + 1 & mask;
        }
        return ABSENT;
    }

    /** Adds a part that is absent; returns its entry. */
    int add(long hash, long wideHash, int firstPrefix) {
        if (size == low.length()) {
            grow();
        }
        int entry = size++;
        low.set(entry, hash << HASH_SHIFT | firstPrefix);
        if (wide) {
            high.set(entry, wideHash);
        }
        place(entry);
        return entry;
    }

    private void grow() {
        int entries = Math.multiplyExact(2, size);
        low.grow(entries);
        if (wide) {
            high.grow(entries);
        }
        table.renew(Math.multiplyExact(2, entries));
        mask = table.length() - 1;
        for (int entry = 0; entry < size; entry++) {
            place(entry);
        }
    }

    private void place(int entry) {
        int slot = home(low.get(entry) >>> HASH_SHIFT);
        while (table.get(slot) != 0) {
            slot = slot + 1 & mask;
        }
        table.set(slot, entry + 1);
    }

    private int home(long hash) {
        return (int) hash & mask;
    }

    int prefix(int entry) {
        return (int) low.get(entry) & KeyCursor.PREFIX_MASK;
    }

    void strengthen(int entry, int newPrefix) {
        low.set(entry, low.get(entry) & ~(long) KeyCursor.PREFIX_MASK | newPrefix);
    }
}
