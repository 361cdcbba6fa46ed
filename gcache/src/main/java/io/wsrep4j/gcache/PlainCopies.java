package io.wsrep4j.gcache;

import static io.wsrep4j.gcache.OffHeap.MEMORY;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Readable copies of encrypted write sets, off the heap: of those not released yet always, of others as many as {@code
 * gcache.encryption_cache_size} allows (docs/spec/gcache.md 12). Memory is wiped before it is given back. Guarded by the cache's mutex.
 */
final class PlainCopies {

    /** What a cipher may write beyond the plain bytes before it takes it back, in bytes: padding. */
    static final int ROOM = 64;

    /** One copy; freed when it is neither in the map nor used by anybody. */
    static final class Copy {
        private final long address;
        private final int length;
        private int users;

        Copy(int length) {
            this.address = MEMORY.allocate((long) length + ROOM);
            this.length = length;
        }

        long address() {
            return address;
        }

        int length() {
            return length;
        }

        void free() {
            MEMORY.setMemory(address, (long) length + ROOM, (byte) 0);
            MEMORY.freeMemory(address, (long) length + ROOM);
        }
    }

    private final Map<Long, Copy> bySeqno = new LinkedHashMap<>();
    private final long limit;
    private long bytes;

    PlainCopies(long limit) {
        this.limit = limit;
    }

    /** The copy of this seqno with one more user, or null. */
    Copy use(long seqno) {
        Copy copy = bySeqno.get(seqno);
        if (copy != null) {
            copy.users++;
        }
        return copy;
    }

    /** One user less. */
    void leave(Copy copy) {
        copy.users--;
        freeIfUnused(copy);
    }

    /** Adds a copy that nobody had. */
    void put(long seqno, Copy copy) {
        // Counted as used once, for being in the map.
        copy.users++;
        bytes += copy.length;
        Copy before = bySeqno.put(seqno, copy);
        if (before != null) {
            removed(before);
        }
    }

    void remove(long seqno) {
        Copy copy = bySeqno.remove(seqno);
        if (copy != null) {
            removed(copy);
        }
    }

    /** Lets go of released copies, the oldest first, until the rest is within the limit. */
    void trim(long released) {
        Iterator<Map.Entry<Long, Copy>> eldest = bySeqno.entrySet().iterator();
        while (bytes > limit && eldest.hasNext()) {
            Map.Entry<Long, Copy> entry = eldest.next();
            if (entry.getKey() <= released) {
                eldest.remove();
                removed(entry.getValue());
            }
        }
    }

    void clear() {
        bySeqno.values().forEach(this::removed);
        bySeqno.clear();
    }

    long bytes() {
        return bytes;
    }

    private void removed(Copy copy) {
        bytes -= copy.length;
        leave(copy);
    }

    private static void freeIfUnused(Copy copy) {
        if (copy.users == 0) {
            copy.free();
        }
    }
}
