package io.wsrep4j.provider.writeset;

import static io.wsrep4j.provider.memory.OffHeap.MEMORY;

import io.wsrep4j.provider.memory.MemorySource;

/**
 * An array of numbers that leaves the heap when it grows large. {@link #clear} must follow whatever becomes of its owner: memory outside the heap is
 * given back by nobody else. Not thread-safe.
 */
abstract sealed class Cells permits IntCells, LongCells {

    private static final int LARGEST_ON_HEAP = 32 * 1024;

    private final int initial;
    private final long cellBytes;
    private long block;
    private int length;

    /**
     * Says how long it is at first; the subclass makes its array, on the heap.
     *
     * @param cellBytes of one number
     */
    Cells(int initialLength, int cellBytes) {
        this.initial = initialLength;
        this.cellBytes = cellBytes;
        length = initialLength;
    }

    final int length() {
        return length;
    }

    final boolean isOnHeap() {
        return block == 0;
    }

    /** Where a cell lies, once they are outside the heap. */
    final long address(int index) {
        return block + index * cellBytes;
    }

    /** Begins anew with zeros. */
    final void renew(int newLength) {
        if (newLength <= LARGEST_ON_HEAP) {
            clear();
            makeOnHeap(newLength);
        } else {
            long fresh = MemorySource.system().allocate(newLength * cellBytes);
            clear();
            block = fresh;
        }
        length = newLength;
    }

    /** Grows, and keeps what there is. */
    final void grow(int newLength) {
        if (newLength <= LARGEST_ON_HEAP) {
            growOnHeap(newLength);
        } else {
            long larger = MemorySource.system().allocate(newLength * cellBytes);
            if (block == 0) {
                copyFromHeap(larger, length);
            } else {
                MEMORY.copyMemory(block, larger, length * cellBytes);
                freeBlock();
            }
            block = larger;
        }
        length = newLength;
    }

    private void freeBlock() {
        MemorySource.system().free(block, length * cellBytes);
        block = 0;
    }

    /** Becomes as short as at first; what it held is undefined then. */
    final void clear() {
        if (block != 0) {
            freeBlock();
        }
        if (lengthOnHeap() > initial) {
            makeOnHeap(initial);
        }
        length = lengthOnHeap();
    }

    /** A new array of zeros. */
    abstract void makeOnHeap(int newLength);

    /** A longer array, with what the one before held. */
    abstract void growOnHeap(int newLength);

    /** Copies the first numbers of the array to memory outside the heap. */
    abstract void copyFromHeap(long target, int count);

    /** Of the array. */
    abstract int lengthOnHeap();
}
