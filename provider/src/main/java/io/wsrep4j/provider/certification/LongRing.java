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

    /** Makes room for so many more; if there is no memory for it, everything is as it was. */
    void reserve(int more) {
        int capacity = values.length;
        while (capacity - size < more) {
            capacity = Math.multiplyExact(capacity, 2);
        }
        if (capacity != values.length) {
            resize(capacity);
        }
    }

    void add(long value) {
        reserve(1);
        values[head + size++ & values.length - 1] = value;
    }

    /** The value at this distance from the oldest. */
    long get(int index) {
        return values[head + index & values.length - 1];
    }

    /** Takes the newest. */
    long removeLast() {
        return values[head + --size & values.length - 1];
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
