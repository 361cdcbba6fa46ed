package io.wsrep4j.provider.writeset;

import java.util.Arrays;

/**
 * The key parts stored in one write set so far, each with the strongest prefix stored for it ("seen" of sheet writeset-certification, 6.5).
 * An entry's number never changes, so that it can be referred to while others are added. Not thread-safe.
 */
final class PartIndex {

    static final int ABSENT = -1;

    private static final int INITIAL_ENTRIES = 32;
    private static final int KEPT_ENTRIES = 1024;

    private final boolean wide;
    private long[] low = new long[INITIAL_ENTRIES];
    private long[] high = new long[INITIAL_ENTRIES];
    private byte[] prefix = new byte[INITIAL_ENTRIES];
    private int size;

    /** Entry number + 1 by hash, linear probing; at most half full. */
    private int[] table = new int[2 * INITIAL_ENTRIES];

    /** @param wide whether bytes 8 to 15 of the digest take part in equality */
    PartIndex(boolean wide) {
        this.wide = wide;
    }

    void clear() {
        if (low.length > KEPT_ENTRIES) {
            allocate(INITIAL_ENTRIES);
        } else if (size > 0) {
            Arrays.fill(table, 0);
        }
        size = 0;
    }

    private void allocate(int entries) {
        low = Arrays.copyOf(low, entries);
        high = Arrays.copyOf(high, entries);
        prefix = Arrays.copyOf(prefix, entries);
        table = new int[2 * entries];
    }

    /** The entry of this part, or {@link #ABSENT}. */
    int find(long hash, long wideHash) {
        int mask = table.length - 1;
        for (int slot = home(hash); table[slot] != 0; slot = slot + 1 & mask) {
            int entry = table[slot] - 1;
            if (low[entry] == hash && (!wide || high[entry] == wideHash)) {
                return entry;
            }
        }
        return ABSENT;
    }

    /** Adds a part that is absent; returns its entry. */
    int add(long hash, long wideHash, int firstPrefix) {
        if (size == low.length) {
            allocate(2 * size);
            for (int entry = 0; entry < size; entry++) {
                place(entry);
            }
        }
        int entry = size++;
        low[entry] = hash;
        high[entry] = wideHash;
        prefix[entry] = (byte) firstPrefix;
        place(entry);
        return entry;
    }

    private void place(int entry) {
        int mask = table.length - 1;
        int slot = home(low[entry]);
        while (table[slot] != 0) {
            slot = slot + 1 & mask;
        }
        table[slot] = entry + 1;
    }

    private int home(long hash) {
        return (int) hash & table.length - 1;
    }

    int prefix(int entry) {
        return prefix[entry];
    }

    void strengthen(int entry, int newPrefix) {
        prefix[entry] = (byte) newPrefix;
    }
}
