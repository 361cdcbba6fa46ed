package io.wsrep4j.provider.cache;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcache.HistoryPin;
import io.wsrep4j.gcache.RecoveryReport;
import io.wsrep4j.gcache.WriteSetBuffer;
import io.wsrep4j.gcache.WriteSetCache;
import io.wsrep4j.gcache.WriteSetCursor;
import io.wsrep4j.gcache.WriteSetKind;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.ActionMemory;
import java.nio.ByteBuffer;

/**
 * Where actions lie from their first byte on, and by seqno once they have one (docs/spec/gcache.md 2). Publishing happens inside the local order, in seqno order; all
 * else from any thread.
 */
public final class ActionCache implements ActionMemory {

    /** What a seqno without content occupies; no write set is as small. */
    public static final int PLACEHOLDER_BYTES = Long.BYTES;

    private final WriteSetCache cache;

    public ActionCache(WriteSetCache cache) {
        this.cache = cache;
    }

    /** The options that may change at run time, and the encryption key. */
    public WriteSetCache.DynamicSettings dynamic() {
        return cache.dynamic();
    }

    /** Closes the cache; what is published stays in its file. */
    public void close() {
        cache.close();
    }

    @Override
    public ActionBuffer allocate(int size) {
        WriteSetBuffer buffer = cache.newBuffer();
        buffer.reserve(size);
        return new CachedAction(buffer, false);
    }

    /**
     * Gives a write set its seqno.
     *
     * @param skip it has no effect anywhere: joiners get its seqno only
     */
    public void publishWriteSet(ActionBuffer action, long seqno, boolean skip) {
        ((CachedAction) action).publish(seqno, WriteSetKind.WRITE_SET, skip);
    }

    /** Gives a configuration change its seqno. */
    public void publishConfiguration(ActionBuffer action, long seqno) {
        ((CachedAction) action).publish(seqno, WriteSetKind.CONFIGURATION_CHANGE, false);
    }

    /** Gives a seqno without content its place. */
    public void publishSkipped(long seqno) {
        ActionBuffer empty = allocate(PLACEHOLDER_BYTES);
        empty.bytes().putLong(0, 0L);
        publishWriteSet(empty, seqno, true);
        empty.release();
    }

    /** Takes a published action back into use; null if the cache does not have it. */
    public ActionBuffer reclaim(long seqno) {
        WriteSetBuffer buffer = cache.newBuffer();
        return buffer.reclaim(seqno) ? new CachedAction(buffer, true) : null;
    }

    /** The group decided that this write set has no effect. */
    public void skip(long seqno) {
        cache.skip(seqno, WriteSetKind.WRITE_SET);
    }

    /** Nobody needs anything up to here any more: it may go when its room is wanted. */
    public void release(long seqno) {
        cache.release(seqno);
    }

    /** Ties the cache to a position; see {@link WriteSetCache#reset}. */
    public void reset(Uuid history, long seqno) {
        cache.reset(history, seqno);
    }

    /** What comes from now on is a donor's word; see {@link WriteSetCache#doubt}. */
    public void doubt() {
        cache.doubt();
    }

    /** The donor's word has proved right. */
    public void trust() {
        cache.trust();
    }

    /** True if what is kept, if anything, is of this history. */
    public boolean holdsHistory(Uuid history) {
        return cache.history().equals(history);
    }

    /**
     * The last seqno to which what was found at the start goes on from a position, without a hole; the position's own if it does not, or is of another
     * history. Before anything is published.
     */
    public long reaches(Gtid position) {
        boolean goesOn = cache.recovery().outcome() == RecoveryReport.Outcome.RECOVERED
                && holdsHistory(position.uuid())
                && cache.contains(position.seqno() + 1);
        return goesOn ? cache.newest() : position.seqno();
    }

    /** The bytes of the last configuration change up to a seqno; null if it is not kept. */
    public ByteBuffer lastConfiguration(long seqno) {
        try (WriteSetCursor cursor = cache.newCursor()) {
            for (long at = seqno; cursor.seek(at); at--) {
                if (cursor.kind() == WriteSetKind.CONFIGURATION_CHANGE) {
                    ByteBuffer bytes = cursor.bytes();
                    return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
                }
            }
            return null;
        }
    }

    public boolean contains(long seqno) {
        return cache.contains(seqno);
    }

    /** Lowest seqno that is kept, or -1. */
    @Override
    public long lowestSeqno() {
        return cache.oldest();
    }

    /**
     * The events from one seqno to another, kept until the source is closed.
     *
     * @return null if the first one is not cached any more
     */
    public CacheSource source(long first, long last) {
        HistoryPin pin = cache.pin(first);
        return pin == null ? null : new CacheSource(pin, cache.newCursor(), first, last);
    }
}
