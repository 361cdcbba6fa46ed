package io.wsrep4j.gcache;

import static io.wsrep4j.gcache.OffHeap.MEMORY;

import io.wsrep4j.gcache.file.LargeMemory;

/**
 * Where each seqno's payload lies: a circle of 16-byte entries off the heap, slot = seqno modulo capacity, doubled when the range outgrows it
 * (docs/spec/gcache.md 18). Holes are allowed. Look-ups touch only this table, never the stores. Guarded by the cache's mutex.
 */
final class SeqnoTable {

    /** More missing seqnos in a row than this is a program error, not a hole. */
    static final long MAXIMUM_JUMP = 1L << 22;

    private static final int ENTRY = 16;
    private static final int WORD_2 = 8;
    private static final long INITIAL_CAPACITY = 1L << 12;
    private static final long ADDRESS_MASK = (1L << 48) - 1;

    private LargeMemory block;
    private long memory;
    private long capacity;
    private long lowest = -1;
    private long highest = -1;
    private long count;

    SeqnoTable() {
        capacity = INITIAL_CAPACITY;
        block = new LargeMemory(capacity * ENTRY);
        memory = block.address();
    }

    long lowest() {
        return lowest;
    }

    long highest() {
        return highest;
    }

    long count() {
        return count;
    }

    /** The payload's address, or 0 if the seqno is absent. */
    long address(long seqno) {
        return seqno < lowest || seqno > highest || count == 0 ? 0 : MEMORY.readLong(entry(seqno)) & ADDRESS_MASK;
    }

    /** The store's slot of a present seqno. */
    int slot(long seqno) {
        return (int) (MEMORY.readLong(entry(seqno)) >>> 48);
    }

    int length(long seqno) {
        return (int) MEMORY.readLong(entry(seqno) + WORD_2);
    }

    int kind(long seqno) {
        return (int) (MEMORY.readLong(entry(seqno) + WORD_2) >>> 32) & 0xff;
    }

    int flags(long seqno) {
        return (int) (MEMORY.readLong(entry(seqno) + WORD_2) >>> 40) & 0xff;
    }

    void flags(long seqno, int flags) {
        long at = entry(seqno) + WORD_2;
        MEMORY.writeLong(at, MEMORY.readLong(at) & ~(0xffL << 40) | (long) flags << 40);
    }

    /** True if this seqno can be added without a range that only a program error makes. */
    boolean isNear(long seqno) {
        return count == 0 || seqno <= highest + MAXIMUM_JUMP && seqno >= lowest - MAXIMUM_JUMP;
    }

    /** Adds an absent seqno. */
    void put(long seqno, long address, int slot, int length, int kind, int flags) {
        if (count == 0) {
            lowest = seqno;
            highest = seqno;
        } else {
            growTo(Math.max(highest, seqno) - Math.min(lowest, seqno) + 1);
            lowest = Math.min(lowest, seqno);
            highest = Math.max(highest, seqno);
        }
        long at = entry(seqno);
        MEMORY.writeLong(at, address | (long) slot << 48);
        MEMORY.writeLong(at + WORD_2, length & 0xffff_ffffL | (long) kind << 32 | (long) flags << 40);
        count++;
    }

    /** Removes a present seqno. */
    void remove(long seqno) {
        MEMORY.writeLong(entry(seqno), 0);
        count--;
        if (count == 0) {
            lowest = -1;
            highest = -1;
            return;
        }
        while (seqno == lowest && address(lowest) == 0) {
            seqno = ++lowest;
        }
        while (seqno == highest && address(highest) == 0) {
            seqno = --highest;
        }
    }

    void close() {
        if (memory != 0) {
            block.free();
            memory = 0;
        }
    }

    private long entry(long seqno) {
        return memory + (seqno & capacity - 1) * ENTRY;
    }

    private void growTo(long range) {
        if (range <= capacity) {
            return;
        }
        long larger = capacity;
        while (larger < range) {
            larger <<= 1;
        }
        LargeMemory largerBlock = new LargeMemory(larger * ENTRY);
        long fresh = largerBlock.address();
        for (long seqno = lowest; seqno <= highest; seqno++) {
            long from = entry(seqno);
            long to = fresh + (seqno & larger - 1) * ENTRY;
            MEMORY.writeLong(to, MEMORY.readLong(from));
            MEMORY.writeLong(to + WORD_2, MEMORY.readLong(from + WORD_2));
        }
        block.free();
        block = largerBlock;
        memory = fresh;
        capacity = larger;
    }
}
