package io.wsrep4j.provider.writeset;

import static io.wsrep4j.provider.memory.OffHeap.MEMORY;

import io.wsrep4j.provider.memory.MemorySource;
import java.util.Arrays;

/**
 * An array of longs that leaves the heap when it grows large. {@link #clear} must follow whatever becomes of its owner: memory outside the heap is given
 * back by nobody else. Not thread-safe.
 */
final class LongCells {

    private static final int LARGEST_ON_HEAP = 32 * 1024;

    private final int initial;
    private long[] heap;
    private long block;
    private int length;

    LongCells(int initialLength) {
        initial = initialLength;
        length = initialLength;
        heap = new long[initialLength];
    }

    int length() {
        return length;
    }

    long get(int index) {
        return block == 0 ? heap[index] : MEMORY.readLong(block + (long) index * Long.BYTES);
    }

    void set(int index, long value) {
        if (block == 0) {
            heap[index] = value;
        } else {
            MEMORY.writeLong(block + (long) index * Long.BYTES, value);
        }
    }

    /** Begins anew with zeros. */
    void renew(int newLength) {
        if (newLength <= LARGEST_ON_HEAP) {
            clear();
            heap = new long[newLength];
        } else {
            long fresh = MemorySource.system().allocate((long) newLength * Long.BYTES);
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
            long larger = MemorySource.system().allocate((long) newLength * Long.BYTES);
            if (block == 0) {
                for (int i = 0; i < length; i++) {
                    MEMORY.writeLong(larger + (long) i * Long.BYTES, heap[i]);
                }
            } else {
                MEMORY.copyMemory(block, larger, (long) length * Long.BYTES);
                freeBlock();
            }
            block = larger;
        }
        length = newLength;
    }

    private void freeBlock() {
        MemorySource.system().free(block, (long) length * Long.BYTES);
        block = 0;
    }

    /** Becomes as short as at first; what it held is undefined then. */
    void clear() {
        if (block != 0) {
            freeBlock();
        }
        if (heap.length > initial) {
            heap = new long[initial];
        }
        length = heap.length;
    }
}
