package io.wsrep4j.provider.certification;

import java.util.Arrays;

/**
 * A multiset of longs that knows its least. Removal is lazy: what was removed waits in a second heap until it comes to the top of the first,
 * or until it outnumbers what is left. Not thread-safe.
 */
final class LongMinQueue {

    private final Heap present = new Heap();
    private final Heap removed = new Heap();

    int size() {
        return present.size - removed.size;
    }

    void clear() {
        present.clear();
        removed.clear();
    }

    void add(long value) {
        present.add(value);
    }

    /** Removes one occurrence of a value that is in the set. */
    void remove(long value) {
        if (size() == 0) {
            throw new IllegalStateException("nothing is pending that had seen " + value);
        }
        removed.add(value);
        dropRemovedTops();
        if (removed.size > 64 && removed.size > present.size / 2) {
            compact();
        }
    }

    /** The least value; there must be one. */
    long min() {
        return present.values[0];
    }

    private void dropRemovedTops() {
        while (removed.size > 0 && removed.values[0] == present.values[0]) {
            removed.poll();
            present.poll();
        }
    }

    private void compact() {
        long[] all = Arrays.copyOf(present.values, present.size);
        long[] gone = Arrays.copyOf(removed.values, removed.size);
        Arrays.sort(all);
        Arrays.sort(gone);
        clear();
        int next = 0;
        for (long value : all) {
            if (next < gone.length && gone[next] == value) {
                next++;
            } else {
                // ascending, so the array is a heap as it stands
                present.append(value);
            }
        }
    }

    private static final class Heap {
        private static final int MIN_CAPACITY = 64;

        private long[] values = new long[MIN_CAPACITY];
        private int size;

        void clear() {
            values = new long[MIN_CAPACITY];
            size = 0;
        }

        void append(long value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
            values[size++] = value;
        }

        void add(long value) {
            append(value);
            int at = size - 1;
            while (at > 0) {
                int parent = at - 1 >> 1;
                if (values[parent] <= value) {
                    break;
                }
                values[at] = values[parent];
                at = parent;
            }
            values[at] = value;
        }

        void poll() {
            long last = values[--size];
            int at = 0;
            while (2 * at + 1 < size) {
                int child = 2 * at + 1;
                if (child + 1 < size && values[child + 1] < values[child]) {
                    child++;
                }
                if (values[child] >= last) {
                    break;
                }
                values[at] = values[child];
                at = child;
            }
            values[at] = last;
        }
    }
}
