package io.wsrep4j.provider.writeset;

import static io.wsrep4j.provider.memory.OffHeap.MEMORY;

import java.util.Arrays;

/** {@link Cells} of longs. */
final class LongCells extends Cells {

    private long[] heap;

    LongCells(int initialLength) {
        super(initialLength, Long.BYTES);
        heap = new long[initialLength];
    }

    long get(int index) {
        return isOnHeap() ? heap[index] : MEMORY.readLong(address(index));
    }

    void set(int index, long value) {
        if (isOnHeap()) {
            heap[index] = value;
        } else {
            MEMORY.writeLong(address(index), value);
        }
    }

    @Override
    void makeOnHeap(int newLength) {
        heap = new long[newLength];
    }

    @Override
    void growOnHeap(int newLength) {
        heap = Arrays.copyOf(heap, newLength);
    }

    @Override
    void copyFromHeap(long target, int count) {
        for (int i = 0; i < count; i++) {
            MEMORY.writeLong(target + (long) i * Long.BYTES, heap[i]);
        }
    }

    @Override
    int lengthOnHeap() {
        return heap.length;
    }
}
