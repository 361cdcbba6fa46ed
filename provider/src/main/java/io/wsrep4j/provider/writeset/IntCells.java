package io.wsrep4j.provider.writeset;

import static io.wsrep4j.provider.memory.OffHeap.MEMORY;

import io.wsrep4j.provider.memory.MemorySource;
import java.util.Arrays;

/**
 * An array of ints that leaves the heap when it grows large. {@link #clear} must follow whatever becomes of its owner: memory outside the heap is given
 * back by nobody else. Not thread-safe.
 */
final class IntCells {

    private static final int LARGEST_ON_HEAP = 32 * 1024;

    private final int initial;
    private int[] heap;
    private long block;
    private int length;

    IntCells(int initialLength) {
        initial = initialLength;
        length = initialLength;
        heap = new int[initialLength];
    }

    int length() {
        return length;
    }

    int get(int index) {
        return block == 0 ? heap[index] : MEMORY.readInt(block + (long) index * Integer.BYTES);
    }

    void set(int index, int value) {
        if (block == 0) {
            heap[index] = value;
        } else {
            MEMORY.writeInt(block + (long) index * Integer.BYTES, value);
        }
    }

    /** Begins anew with zeros. */
    void renew(int newLength) {
        if (newLength <= LARGEST_ON_HEAP) {
            clear();
            heap = new int[newLength];
        } else {
            long fresh = MemorySource.system().allocate((long) newLength * Integer.BYTES);
            clear();
            block = fresh;
        }
        length = newLength;
    }

    /** Grows, and keeps what there is. */
    void grow(int newLength) {
        if (newLength <= LARGEST_ON_HEAP) {
            heap = Arrays.copyOf(heap, newLength);
        } else {
            long larger = MemorySource.system().allocate((long) newLength * Integer.BYTES);
            if (block == 0) {
                for (int i = 0; i < length; i++) {
                    MEMORY.writeInt(larger + (long) i * Integer.BYTES, heap[i]);
                }
            } else {
                MEMORY.copyMemory(block, larger, (long) length * Integer.BYTES);
                freeBlock();
            }
            block = larger;
        }
        length = newLength;
    }

    private void freeBlock() {
        MemorySource.system().free(block, (long) length * Integer.BYTES);
        block = 0;
    }

    /** Becomes as short as at first; what it held is undefined then. */
    void clear() {
        if (block != 0) {
            freeBlock();
        }
        if (heap.length > initial) {
            heap = new int[initial];
        }
        length = heap.length;
    }

    /** Fills an array that is on the heap with zeros. */
    void zero() {
        Arrays.fill(heap, 0, length, 0);
    }
}
