package io.wsrep4j.gcache;

import java.io.IOException;

/**
 * The three stores in Galera's order: memory, ring, pages (docs/spec/gcache.md 1). A slot says in which of them a payload is: the ring's slabs come
 * first, then the memory store, then the pages. Guarded by the cache's mutex.
 */
final class Stores {

    private final MemoryStore memory;
    private final Ring ring;
    private final PageStore pages;
    private final int memorySlot;
    private int slot;

    /** @param ring null for none */
    Stores(CacheSettings settings, Ring ring) {
        this.ring = ring;
        this.memory = new MemoryStore(settings.memorySize());
        this.memorySlot = ring == null ? 0 : ring.slabCount();
        this.pages = new PageStore(settings.directory(), memorySlot + 1, settings);
        keepOnePageIfAlone();
    }

    MemoryStore memory() {
        return memory;
    }

    Ring ring() {
        return ring;
    }

    PageStore pages() {
        return pages;
    }

    void memorySize(long bytes) {
        memory.size(bytes);
        keepOnePageIfAlone();
    }

    private void keepOnePageIfAlone() {
        pages.keepLast(ring == null && memory.size() == 0);
    }

    /** Bytes of history that need no page to be kept. */
    long historyAllowance() {
        return memory.size() + (ring == null ? 0 : ring.capacity());
    }

    /** The slot of what {@link #allocate} gave last. */
    int slot() {
        return slot;
    }

    boolean isInRing(int slot) {
        return slot < memorySlot;
    }

    /**
     * A place for an unordered record, discarding history where that helps.
     *
     * @throws CacheFullException if all stores refuse
     */
    long allocate(int length, Evictor evictor) {
        long payload = allocateFree(length);
        if (payload != 0) {
            return payload;
        }
        if (RecordFrame.size(length) > memory.size()) {
            payload = inRing(ring == null ? 0 : ring.allocate(length, evictor));
        } else {
            while (payload == 0 && evictor.evictOldest()) {
                payload = allocateFree(length);
            }
        }
        return payload != 0 ? payload : allocateInPage(length, evictor);
    }

    private long allocateFree(int length) {
        long payload = memory.size() == 0 ? 0 : memory.allocate(length);
        if (payload != 0) {
            slot = memorySlot;
            return payload;
        }
        return inRing(ring == null ? 0 : ring.allocate(length, Evictor.NONE));
    }

    private long inRing(long payload) {
        if (payload != 0) {
            slot = ring.slabOf(payload);
        }
        return payload;
    }

    private long allocateInPage(int length, Evictor evictor) {
        while (true) {
            try {
                long payload = pages.allocate(length);
                slot = pages.lastSlot();
                return payload;
            } catch (IOException e) {
                // Perhaps pages that only hold history can make room.
                int before = pages.count();
                while (pages.count() == before) {
                    if (!evictor.evictOldest()) {
                        throw refused(length, e);
                    }
                }
            }
        }
    }

    private CacheFullException refused(int length, IOException pageFailure) {
        long size = RecordFrame.size(length);
        String ringReason = ring == null
                ? "ring off"
                : size > ring.largestRecord()
                        ? "ring takes at most " + ring.largestRecord()
                        : "ring of " + ring.capacity() + " bytes is full of unreleased or pinned write sets";
        CacheFullException refusal =
                new CacheFullException("cannot allocate " + size + " bytes for a write set: memory store of "
                        + memory.size() + " bytes has " + memory.used() + " in use; " + ringReason + "; page: "
                        + pageFailure.getMessage());
        refusal.initCause(pageFailure);
        return refusal;
    }

    /** Gives back the place of a record that is not wanted any more. */
    void free(int slot, long payload, int length) {
        if (isInRing(slot)) {
            ring.discard(payload);
        } else if (slot == memorySlot) {
            memory.free(payload);
        } else {
            pages.free(slot, length);
        }
    }

    /** The mapped memory of a slot; null for the memory store. */
    Region region(int slot) {
        return isInRing(slot) ? ring.slab(slot) : slot == memorySlot ? null : pages.region(slot);
    }
}
