package io.wsrep4j.gcache;

import io.wsrep4j.gcache.file.MappedFile;

/**
 * One page file: records laid one after another, its space never reused while any of them lives (docs/spec/gcache.md 9). Guarded by the cache's
 * mutex.
 */
final class Page {

    private final MappedFile file;
    private final Region region;
    private final int slot;
    private long next;
    private long records;
    private long usedBytes;

    Page(MappedFile file, int slot) {
        this.file = file;
        this.slot = slot;
        this.region = new Region(file.address(), file.buffer(0, (int) file.length()));
    }

    /** A payload's address, or 0 if the rest of the page is too small. */
    long allocate(int length) {
        long size = RecordFrame.size(length);
        if (next + size > file.length()) {
            return 0;
        }
        long address = file.address() + next;
        RecordFrame.write(address, RecordFrame.UNORDERED, length, 0, next, 0);
        next += size;
        records++;
        usedBytes += size;
        return address + RecordFrame.BYTES;
    }

    void free(long size) {
        records--;
        usedBytes -= size;
    }

    /** Begins again from the start; only when nothing in it lives. */
    void rewind() {
        next = 0;
    }

    boolean isDead() {
        return records == 0;
    }

    long usedBytes() {
        return usedBytes;
    }

    int slot() {
        return slot;
    }

    Region region() {
        return region;
    }

    MappedFile file() {
        return file;
    }

    long length() {
        return file.length();
    }
}
