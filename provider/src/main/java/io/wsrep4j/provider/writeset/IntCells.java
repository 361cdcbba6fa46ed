package io.wsrep4j.provider.writeset;

import static io.wsrep4j.provider.memory.OffHeap.MEMORY;

import java.util.Arrays;

/** {@link Cells} of ints. */
final class IntCells extends Cells {

    private int[] heap;

    IntCells(int initialLength) {
        super(initialLength, Integer.BYTES);
        heap = new int[initialLength];
    }

    int get(int index) {
        return isOnHeap() ? heap[index] : MEMORY.readInt(address(index));
    }

    void set(int index, int value) {
        if (isOnHeap()) {
            heap[index] = value;
        } else {
            MEMORY.writeInt(address(index), value);
        }
    }

    @Override
    void makeOnHeap(int newLength) {
        heap = new int[newLength];
    }

    @Override
    void growOnHeap(int newLength) {
        heap = Arrays.copyOf(heap, newLength);
    }

    @Override
    void copyFromHeap(long target, int count) {
        for (int i = 0; i < count; i++) {
            MEMORY.writeInt(target + (long) i * Integer.BYTES, heap[i]);
        }
    }

    @Override
    int lengthOnHeap() {
        return heap.length;
    }

    /** Fills an array that is on the heap with zeros. */
    void zero() {
        Arrays.fill(heap, 0, length(), 0);
    }
}
