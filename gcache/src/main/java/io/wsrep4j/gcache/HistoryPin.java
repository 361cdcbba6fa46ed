package io.wsrep4j.gcache;

/**
 * Keeps the history from one seqno on, until closed (docs/spec/gcache.md 4: lock). One owner; closing twice is harmless. Closing is what a donor
 * must do in every way it can end.
 */
public final class HistoryPin implements AutoCloseable {

    private final TieredCache cache;
    private final long fromSeqno;

    HistoryPin(TieredCache cache, long fromSeqno) {
        this.cache = cache;
        this.fromSeqno = fromSeqno;
    }

    /** The first seqno that is kept. */
    public long fromSeqno() {
        return fromSeqno;
    }

    @Override
    public void close() {
        cache.unpin(this);
    }
}
