package io.wsrep4j.gcache;

/**
 * Reads cached write sets, by seqno or one after another, where they lie (docs/spec/gcache.md 4). What the cursor stands on stays as it is, released or not, until the
 * cursor moves or is closed; so does everything newer, because history is discarded oldest first. A cursor that is not in use should be
 * {@link #clear cleared}.
 *
 * <p>One owner at a time.
 */
public final class WriteSetCursor extends CachedBytes implements AutoCloseable {

    private long seqno = -1;
    private WriteSetKind kind;
    private boolean skipped;
    private PlainCopies.Copy copy;

    WriteSetCursor(TieredCache cache) {
        super(cache);
    }

    /** Stands on this seqno. If it is not cached: false, and the cursor stands on nothing. No garbage. */
    public boolean seek(long seqno) {
        if (cache.seek(this, seqno)) {
            return true;
        }
        clear();
        return false;
    }

    /** Moves to the next seqno. If it is not cached (yet), or is a hole: false, and the cursor stays. No garbage. */
    public boolean next() {
        return cache.seek(this, seqno() + 1);
    }

    /** Stands on nothing. */
    public void clear() {
        cache.leave(this);
    }

    /** Where the cursor stands. */
    public long seqno() {
        if (seqno < 0) {
            throw new IllegalStateException("this cursor stands on nothing");
        }
        return seqno;
    }

    /** What the write set is. */
    public WriteSetKind kind() {
        return kind;
    }

    /** True if all nodes skip it: an incremental transfer sends it without body. As it was when the cursor moved here. */
    public boolean isSkipped() {
        return skipped;
    }

    /** Gives up the cursor. Idempotent. */
    @Override
    public void close() {
        cache.close(this);
    }

    /** -1 if nowhere; guarded by the cache's mutex. */
    long heldSeqno() {
        return seqno;
    }

    /** Shows a readable copy of what it stands on; leaves the one before. */
    void show(PlainCopies.Copy fresh) {
        if (copy != null) {
            cache.leave(copy);
        }
        copy = fresh;
        point(fresh.address(), fresh.length(), null);
    }

    /** Under the cache's mutex. */
    void standNowhere() {
        if (copy != null) {
            cache.leave(copy);
            copy = null;
        }
        pointNowhere();
        stand(-1, null, false);
    }

    void stand(long seqno, WriteSetKind kind, boolean skipped) {
        this.seqno = seqno;
        this.kind = kind;
        this.skipped = skipped;
    }
}
