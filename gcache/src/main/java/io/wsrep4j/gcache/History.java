package io.wsrep4j.gcache;

import io.wsrep4j.api.Uuid;

/**
 * The ordered write sets of one history: which seqno lies where, what may be discarded, and the discarding itself, oldest first, across all stores
 * (docs/spec/gcache.md 4, 6 and 7). Guarded by the cache's mutex.
 */
final class History implements Evictor {

    private final Stores stores;
    private final SeqnoTable table;
    private final Retention retention = new Retention();
    private final long ringTag;
    /** Told of what is dropped; null without encryption. */
    private final PlainCopies copies;

    private Uuid uuid;
    /** The file says "unknown history" meanwhile. */
    private boolean doubted;

    private long bytes;
    private long evicted;

    /** @param copies null without encryption */
    History(Stores stores, SeqnoTable table, Uuid uuid, PlainCopies copies) {
        this.stores = stores;
        this.table = table;
        this.uuid = uuid;
        this.copies = copies;
        this.ringTag = stores.ring() == null ? 0 : stores.ring().tag();
        retention.released(Math.max(0, table.highest()));
        for (long seqno = table.lowest(); table.count() > 0 && seqno <= table.highest(); seqno++) {
            bytes += RecordFrame.size(table.length(seqno));
        }
    }

    Uuid uuid() {
        return uuid;
    }

    SeqnoTable table() {
        return table;
    }

    Retention retention() {
        return retention;
    }

    /** Write sets discarded for space. */
    long evicted() {
        return evicted;
    }

    /** Gives a stored, unordered record its seqno. */
    void put(long seqno, long payload, int slot, int length, int kind, int flags, int check) {
        requireNew(seqno);
        RecordFrame.publish(payload - RecordFrame.BYTES, seqno, kind, flags, check, ringTag);
        table.put(seqno, payload, slot, length, kind, flags);
        bytes += RecordFrame.size(length);
        unrelease(seqno);
    }

    private void requireNew(long seqno) {
        if (seqno <= 0) {
            throw new CacheException("cannot publish under seqno " + seqno + ": seqnos begin at 1");
        }
        if (table.address(seqno) != 0) {
            throw new CacheException(
                    "seqno " + seqno + " of history " + uuid + " is cached already; it cannot be published again");
        }
        if (!table.isNear(seqno)) {
            throw new CacheException("cannot publish under seqno " + seqno + ": too far from the cached "
                    + table.lowest() + " to " + table.highest() + " (limit " + SeqnoTable.MAXIMUM_JUMP
                    + "); the history must be reset first");
        }
    }

    /** From this seqno on, write sets are in use. */
    void unrelease(long seqno) {
        if (seqno <= retention.released()) {
            retention.released(seqno - 1);
        }
    }

    void release(long uptoSeqno) {
        long upto = Math.min(uptoSeqno, table.highest());
        if (upto > retention.released()) {
            retention.released(upto);
            trimPages();
        }
    }

    void skip(long seqno, WriteSetKind kind) {
        long payload = table.address(seqno);
        if (payload == 0) {
            throw new CacheException("cannot mark seqno " + seqno + " as skipped: it is not cached");
        }
        if (table.kind(seqno) != kind.code()) {
            throw new CacheException("cannot mark seqno " + seqno + " as skipped: it is a "
                    + WriteSetKind.of(table.kind(seqno)) + ", not a " + kind);
        }
        int flags = table.flags(seqno) | RecordFrame.SKIP;
        table.flags(seqno, flags);
        RecordFrame.flags(payload - RecordFrame.BYTES, kind.code(), flags, ringTag);
    }

    /** History may use pages only within the space of the other stores, or within what the options keep (docs/spec/gcache.md 9). */
    void trimPages() {
        while (stores.pages().usedBytes() > 0
                && bytes > stores.historyAllowance()
                && !stores.pages().isWithinKept()
                && evictOldest()) {
            // One more.
        }
    }

    @Override
    public boolean evictThrough(long seqno) {
        while (table.count() > 0 && table.lowest() <= seqno) {
            if (!evictOldest()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean evictOldest() {
        if (table.count() == 0 || !retention.mayGo(table.lowest())) {
            return false;
        }
        drop(table.lowest());
        evicted++;
        return true;
    }

    private void drop(long seqno) {
        int length = table.length(seqno);
        stores.free(table.slot(seqno), table.address(seqno), length);
        table.remove(seqno);
        bytes -= RecordFrame.size(length);
        if (copies != null) {
            copies.remove(seqno);
        }
    }

    /** True if this position lies inside what is cached: a reset to it only cuts off the newer. */
    boolean contains(Uuid history, long seqno) {
        return !doubted && history.equals(uuid) && seqno >= 0 && table.highest() >= seqno;
    }

    /** Drops everything above a seqno, released or not. */
    void cut(long seqno) {
        if (retention.hasCursorAbove(seqno)) {
            throw new CacheException("cannot reset the cache from " + uuid + ":" + table.highest() + " to seqno "
                    + seqno + ": somebody still reads what would be discarded");
        }
        while (table.highest() > seqno) {
            drop(table.highest());
        }
        retention.released(seqno);
    }

    /** Belongs to another history from now on. Nothing ordered is left. */
    void rename(Uuid history) {
        uuid = history;
        doubt(false);
    }

    /**
     * Whether what is published has still to prove right. The file does not name its history then, and whatever kills the process leaves it so:
     * a start recovers nothing.
     */
    void doubt(boolean isDoubted) {
        doubted = isDoubted;
        if (stores.ring() != null) {
            stores.ring().header().history(isDoubted ? Uuid.UNDEFINED : uuid);
        }
    }

    /** Gives back all memory that is not the ring's. */
    void free() {
        while (table.count() > 0) {
            if (stores.isInRing(table.slot(table.lowest()))) {
                // Stays in the file, for the next start.
                table.remove(table.lowest());
            } else {
                drop(table.lowest());
            }
        }
        table.close();
    }
}
