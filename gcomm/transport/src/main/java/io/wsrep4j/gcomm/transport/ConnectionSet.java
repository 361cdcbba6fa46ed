package io.wsrep4j.gcomm.transport;

import java.util.Arrays;

/** A growing list of connection ids without boxing. Not thread-safe. */
public final class ConnectionSet {

    private long[] ids = new long[8];
    private int size;

    /** Appends an id. The caller takes care that it is not there yet. */
    public void add(long id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, size * 2);
        }
        ids[size++] = id;
    }

    /** Number of ids. */
    public int size() {
        return size;
    }

    /** The id at a place from 0. */
    public long get(int index) {
        return ids[java.util.Objects.checkIndex(index, size)];
    }

    /** True if the id is there. */
    public boolean contains(long id) {
        for (int i = 0; i < size; i++) {
            if (ids[i] == id) {
                return true;
            }
        }
        return false;
    }

    /** Removes all. */
    public void clear() {
        size = 0;
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOf(ids, size));
    }
}
