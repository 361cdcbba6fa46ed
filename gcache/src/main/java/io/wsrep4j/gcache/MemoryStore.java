package io.wsrep4j.gcache;

import static io.wsrep4j.gcache.OffHeap.MEMORY;

/**
 * The memory store: one block off the heap for each record, up to {@code gcache.mem_size} (docs/spec/gcache.md 11). Blocks carry the same frame as
 * the other stores' records, so that a payload's place is all that is needed to free it. Guarded by the cache's mutex.
 */
final class MemoryStore {

    private long size;
    private long used;

    MemoryStore(long size) {
        this.size = size;
    }

    /** A payload's address, or 0 if it does not fit into what is free. */
    long allocate(int length) {
        long bytes = RecordFrame.size(length);
        if (used + bytes > size) {
            return 0;
        }
        long address = MEMORY.allocate(bytes);
        RecordFrame.write(address, RecordFrame.UNORDERED, length, 0, 0, 0);
        used += bytes;
        return address + RecordFrame.BYTES;
    }

    void free(long payload) {
        long address = payload - RecordFrame.BYTES;
        long bytes = RecordFrame.size(RecordFrame.length(address));
        MEMORY.freeMemory(address, bytes);
        used -= bytes;
    }

    /** Largest payload record, frame included, that could ever enter. */
    long size() {
        return size;
    }

    void size(long bytes) {
        size = bytes;
    }

    long used() {
        return used;
    }
}
