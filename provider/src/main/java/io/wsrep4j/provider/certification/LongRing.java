package io.wsrep4j.provider.certification;

/** A queue of longs in one array that grows and shrinks with its content. Not thread-safe. */
final class LongRing {

    private static final int MIN_CAPACITY = 256;

    private long[] values = new long[MIN_CAPACITY];
    private int head;
    private int size;

    int size() {
        return size;
    }

    void add(long value) {
        if (size == values.length) {
            resize(Math.multiplyExact(size, 2));
        }
        values[head + size++ & values.length - 1] = value;
    }

    /** The value at this distance from the oldest. */
    long get(int index) {
        return values[head + index & values.length - 1];
    }

    long poll() {
        long value = values[head];
        head = head + 1 & values.length - 1;
        size--;
        if (size < values.length >> 3 && values.length > MIN_CAPACITY) {
            resize(values.length >> 1);
        }
        return value;
    }

    void clear() {
        values = new long[MIN_CAPACITY];
        head = 0;
        size = 0;
    }

    long bytes() {
        return 8L * values.length;
    }

    private void resize(int capacity) {
        long[] resized = new long[capacity];
        int untilEnd = Math.min(size, values.length - head);
        System.arraycopy(values, head, resized, 0, untilEnd);
        System.arraycopy(values, 0, resized, untilEnd, size - untilEnd);
        values = resized;
        head = 0;
    }
}
