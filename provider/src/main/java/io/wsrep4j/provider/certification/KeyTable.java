package io.wsrep4j.provider.certification;

import java.util.Arrays;

/**
 * The keys in the index, each with the newest write set that used it as each type: four slots holding seqnos, 0 for none (sheet
 * writeset-certification, 8.1 and 6.7).
 *
 * <p>Open addressing over primitive arrays, linear probing from the hash's top bits, so that growing and shrinking move entries in memory
 * order. Positions stay valid until {@link #reserve}, {@link #clearSlot} or {@link #clear}. Not thread-safe.
 */
final class KeyTable {

    /** Slots an entry has: one a key type. */
    static final int SLOTS = 4;

    static final int HASH_BITS = 59;

    private static final int ENTRY = 1 + SLOTS;
    private static final int MIN_BITS = 10;
    private static final int MAX_BITS = 28;
    private static final long OCCUPIED = 1;
    private static final long WIDE = 2;
    private static final int FLAG_BITS = 2;

    private int bits;
    private int mask;
    private int size;
    /** Entries side by side, so that one fetch from memory brings a whole one: the hash with two flags, or 0 for none; then the slots. */
    private long[] entries;

    /** Bytes 8 to 15 of the digest where WIDE is set; null until the first wide key comes. */
    private long[] wideHashes;

    KeyTable() {
        clear();
    }

    /** Forgets everything and gives the memory back. */
    void clear() {
        allocate(MIN_BITS);
        wideHashes = null;
        size = 0;
    }

    private void allocate(int newBits) {
        bits = newBits;
        mask = (1 << newBits) - 1;
        entries = new long[ENTRY << newBits];
        if (wideHashes != null) {
            wideHashes = new long[1 << newBits];
        }
    }

    /** Number of keys. */
    int size() {
        return size;
    }

    /** Bytes the arrays occupy. */
    long bytes() {
        return 8L * (entries.length + (wideHashes == null ? 0 : wideHashes.length));
    }

    /** Makes room for this many more keys. Moves entries, if it must. */
    void reserve(int more) {
        int needed = bits;
        while ((long) size + more > 5L << needed >> 3) {
            needed++;
        }
        if (needed != bits) {
            resize(needed);
        }
    }

    /** Gives memory back when few keys are left. Moves entries, if it must. */
    void trim() {
        int enough = bits;
        while (enough > MIN_BITS && size < 1 << enough >> 3) {
            enough--;
        }
        if (enough != bits) {
            resize(enough);
        }
    }

    private void resize(int newBits) {
        if (newBits > MAX_BITS) {
            throw new IllegalStateException("certification index: more than " + (5L << MAX_BITS >> 3)
                    + " keys; nodes must report what they have committed for it to shrink");
        }
        long[] oldEntries = entries;
        long[] oldWide = wideHashes;
        allocate(newBits);
        for (int from = 0; from < oldEntries.length; from += ENTRY) {
            long head = oldEntries[from];
            if (head != 0) {
                int to = home(head >>> FLAG_BITS);
                while (entries[to * ENTRY] != 0) {
                    to = to + 1 & mask;
                }
                System.arraycopy(oldEntries, from, entries, to * ENTRY, ENTRY);
                if (oldWide != null) {
                    wideHashes[to] = oldWide[from / ENTRY];
                }
            }
        }
    }

    private int home(long hash) {
        return (int) (hash >>> HASH_BITS - bits);
    }

    /** The position of this key; or, if it is absent, the complement of the position where it belongs. */
    int find(long hash, boolean wide, long wideHash) {
        return find(home(hash), hash, wide, wideHash);
    }

    private int find(int start, long hash, boolean wide, long wideHash) {
        int at = start;
        while (true) {
            long head = entries[at * ENTRY];
            if (head == 0) {
                return ~at;
            }
            if (head >>> FLAG_BITS == hash && (!wide || (head & WIDE) == 0 || wideHashes[at] == wideHash)) {
                return at;
            }
            at = at + 1 & mask;
        }
    }

    /**
     * Adds a key that was absent at the last {@link #find}, unless it was added since.
     *
     * @param place what {@code find} returned, negative
     */
    int add(int place, long hash, boolean wide, long wideHash) {
        int at = find(~place, hash, wide, wideHash);
        if (at >= 0) {
            return at;
        }
        at = ~at;
        entries[at * ENTRY] = hash << FLAG_BITS | (wide ? WIDE : 0) | OCCUPIED;
        if (wide) {
            if (wideHashes == null) {
                wideHashes = new long[mask + 1];
            }
            wideHashes[at] = wideHash;
        }
        size++;
        return at;
    }

    /** The newest write set that used the key at this position as this type; 0 if none. */
    long slot(int position, int type) {
        return entries[position * ENTRY + 1 + type];
    }

    /** Notes the newest write set that uses the key at this position as this type. */
    void setSlot(int position, int type, long seqno) {
        entries[position * ENTRY + 1 + type] = seqno;
    }

    /** Empties the slot if it still names this write set; drops the key when no slot is left. Moves entries. */
    void clearSlot(int position, int type, long seqno) {
        int first = position * ENTRY + 1;
        if (entries[first + type] == seqno) {
            entries[first + type] = 0;
            if ((entries[first] | entries[first + 1] | entries[first + 2] | entries[first + 3]) == 0) {
                remove(position);
            }
        }
    }

    /** Closes the gap, so that no probe ends too early. */
    private void remove(int position) {
        int gap = position;
        int at = gap + 1 & mask;
        while (entries[at * ENTRY] != 0) {
            int wanted = home(entries[at * ENTRY] >>> FLAG_BITS);
            // the entry may move into the gap unless its home lies cyclically after the gap
            if ((at - wanted & mask) >= (at - gap & mask)) {
                System.arraycopy(entries, at * ENTRY, entries, gap * ENTRY, ENTRY);
                if (wideHashes != null) {
                    wideHashes[gap] = wideHashes[at];
                }
                gap = at;
            }
            at = at + 1 & mask;
        }
        Arrays.fill(entries, gap * ENTRY, gap * ENTRY + ENTRY, 0);
        size--;
    }
}
