package io.wsrep4j.gcache;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcache.file.RingContainer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cache: three stores under one mutex, one seqno table over all of them (sheet gcache, 1 to 9). Thread-safe. */
final class TieredCache implements WriteSetCache, WriteSetCache.DynamicSettings, Evictor {

    private static final Logger LOG = LoggerFactory.getLogger(TieredCache.class);

    private final Object mutex = new Object();
    private final RecoveryReport recovery;
    private final Stores stores;
    private final SeqnoTable table;
    private final History limits = new History();
    private final long ringTag;

    private Uuid history;
    private long historyBytes;
    private long inFlight;
    private long reserved;
    private long published;
    private long discarded;
    private long evicted;
    private boolean closed;

    private TieredCache(CacheSettings settings, RingOpening opening) {
        this.recovery = opening.report();
        this.table = opening.table();
        this.stores = new Stores(settings, opening.ring());
        this.ringTag = opening.ring() == null ? 0 : opening.ring().tag();
        this.history = recovery.history();
        limits.released(Math.max(0, table.highest()));
        limits.freeze(settings.freezePurgeAtSeqno());
        for (long seqno = table.lowest(); table.count() > 0 && seqno <= table.highest(); seqno++) {
            historyBytes += RecordFrame.size(table.length(seqno));
        }
    }

    static WriteSetCache open(CacheSettings settings, HostCipher cipher) {
        return open(settings, cipher, RingContainer.MAXIMUM_SLAB);
    }

    static TieredCache open(CacheSettings settings, HostCipher cipher, long maximumSlab) {
        Path directory = settings.directory();
        if (!Files.isDirectory(directory)) {
            throw new CacheException(
                    "gcache.dir='" + directory + "' is not a directory; create it, writable for the server");
        }
        if (!Files.isWritable(directory)) {
            throw new CacheException("gcache.dir='" + directory + "' is not writable for the server");
        }
        try {
            PageStore.removeStale(directory);
            return new TieredCache(settings, RingOpening.open(settings, maximumSlab));
        } catch (IOException e) {
            throw new CacheException("cannot open the write-set cache: " + e.getMessage(), e);
        }
    }

    // Writing

    @Override
    public WriteSetBuffer newBuffer() {
        return new WriteSetBuffer(this);
    }

    void reserve(WriteSetBuffer buffer, int length) {
        synchronized (mutex) {
            requireOpen();
            long payload = stores.allocate(length, this);
            int slot = stores.slot();
            buffer.pointTo(payload, length, slot, stores.region(slot));
            inFlight++;
            reserved++;
        }
    }

    void publish(WriteSetBuffer buffer, long seqno, WriteSetKind kind, int flags) {
        // Outside the mutex: reads the whole payload. Only the ring is ever recovered.
        int check = stores.isInRing(buffer.slot()) ? buffer.checksum() : 0;
        synchronized (mutex) {
            requireOpen();
            requireNew(seqno);
            long payload = buffer.address();
            RecordFrame.publish(payload - RecordFrame.BYTES, seqno, kind.code(), flags, check, ringTag);
            table.put(seqno, payload, buffer.slot(), buffer.length(), kind.code(), flags);
            historyBytes += RecordFrame.size(buffer.length());
            if (seqno <= limits.released()) {
                limits.released(seqno - 1);
            }
            inFlight--;
            published++;
        }
    }

    private void requireNew(long seqno) {
        if (seqno <= 0) {
            throw new CacheException("cannot publish under seqno " + seqno + ": seqnos begin at 1");
        }
        if (table.address(seqno) != 0) {
            throw new CacheException(
                    "seqno " + seqno + " of history " + history + " is cached already; it cannot be published again");
        }
        if (!table.isNear(seqno)) {
            throw new CacheException("cannot publish under seqno " + seqno + ": too far from the cached "
                    + table.lowest() + " to " + table.highest() + " (limit " + SeqnoTable.MAXIMUM_JUMP
                    + "); the history must be reset first");
        }
    }

    void discard(WriteSetBuffer buffer) {
        synchronized (mutex) {
            inFlight--;
            discarded++;
            if (closed) {
                releaseFilesWhenUnused();
                return;
            }
            stores.free(buffer.slot(), buffer.address(), buffer.length());
        }
    }

    boolean reclaim(WriteSetBuffer buffer, long seqno) {
        synchronized (mutex) {
            requireOpen();
            long payload = table.address(seqno);
            if (payload == 0) {
                return false;
            }
            int slot = table.slot(seqno);
            buffer.pointTo(payload, table.length(seqno), slot, stores.region(slot));
            if (seqno <= limits.released()) {
                limits.released(seqno - 1);
            }
            return true;
        }
    }

    @Override
    public void skip(long seqno, WriteSetKind kind) {
        synchronized (mutex) {
            requireOpen();
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
    }

    // Reading

    @Override
    public WriteSetCursor newCursor() {
        WriteSetCursor cursor = new WriteSetCursor(this);
        synchronized (mutex) {
            requireOpen();
            limits.add(cursor);
        }
        return cursor;
    }

    boolean seek(WriteSetCursor cursor, long seqno) {
        synchronized (mutex) {
            requireOpen();
            long payload = table.address(seqno);
            if (payload == 0) {
                return false;
            }
            int slot = table.slot(seqno);
            cursor.point(payload, table.length(seqno), stores.region(slot));
            cursor.stand(seqno, WriteSetKind.of(table.kind(seqno)), (table.flags(seqno) & RecordFrame.SKIP) != 0);
            limits.held(seqno);
            return true;
        }
    }

    void leave(WriteSetCursor cursor) {
        synchronized (mutex) {
            cursor.pointNowhere();
            cursor.stand(-1, null, false);
        }
    }

    void close(WriteSetCursor cursor) {
        synchronized (mutex) {
            leave(cursor);
            limits.remove(cursor);
            releaseFilesWhenUnused();
        }
    }

    @Override
    public HistoryPin pin(long fromSeqno) {
        synchronized (mutex) {
            requireOpen();
            if (table.address(fromSeqno) == 0) {
                return null;
            }
            HistoryPin pin = new HistoryPin(this, fromSeqno);
            limits.add(pin);
            return pin;
        }
    }

    void unpin(HistoryPin pin) {
        synchronized (mutex) {
            limits.remove(pin);
            releaseFilesWhenUnused();
            if (!closed) {
                trimPagedHistory();
            }
        }
    }

    @Override
    public Uuid history() {
        synchronized (mutex) {
            return history;
        }
    }

    @Override
    public long oldest() {
        synchronized (mutex) {
            return table.lowest();
        }
    }

    @Override
    public long newest() {
        synchronized (mutex) {
            return table.highest();
        }
    }

    @Override
    public boolean contains(long seqno) {
        synchronized (mutex) {
            requireOpen();
            return table.address(seqno) != 0;
        }
    }

    @Override
    public RecoveryReport recovery() {
        return recovery;
    }

    @Override
    public CacheStatistics statistics() {
        synchronized (mutex) {
            Ring ring = stores.ring();
            return new CacheStatistics(
                    table.lowest(),
                    table.highest(),
                    limits.released(),
                    stores.memory().used(),
                    stores.memory().size(),
                    ring == null ? 0 : ring.used(),
                    ring == null ? 0 : ring.capacity(),
                    ring == null ? 0 : ring.file().length(),
                    stores.pages().usedBytes(),
                    stores.pages().totalSize(),
                    stores.pages().count(),
                    0,
                    limits.pinned(),
                    reserved,
                    published,
                    discarded,
                    evicted);
        }
    }

    // Letting go

    @Override
    public void release(long uptoSeqno) {
        synchronized (mutex) {
            requireOpen();
            long upto = Math.min(uptoSeqno, table.highest());
            if (upto > limits.released()) {
                limits.released(upto);
                trimPagedHistory();
            }
        }
    }

    /** History may use pages only within the space of the other stores, or within what the options keep (sheet gcache, 9). */
    private void trimPagedHistory() {
        while (stores.pages().usedBytes() > 0
                && historyBytes > stores.historyAllowance()
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
        long seqno = table.lowest();
        if (table.count() == 0 || !limits.mayGo(seqno)) {
            return false;
        }
        drop(seqno);
        evicted++;
        return true;
    }

    private void drop(long seqno) {
        int length = table.length(seqno);
        stores.free(table.slot(seqno), table.address(seqno), length);
        table.remove(seqno);
        historyBytes -= RecordFrame.size(length);
    }

    @Override
    public void reset(Uuid newHistory, long seqno) {
        synchronized (mutex) {
            requireOpen();
            boolean cut = newHistory.equals(history) && seqno >= 0 && table.highest() >= seqno;
            long kept = cut ? seqno : 0;
            if (limits.hasCursorAbove(kept)) {
                throw new CacheException("cannot reset the cache from " + history + ":" + table.highest() + " to "
                        + newHistory + ":" + seqno + ": somebody still reads what would be discarded");
            }
            if (!cut) {
                LOG.info("GCache history reset: {}:{} -> {}:{}", history, table.highest(), newHistory, seqno);
            }
            while (table.highest() > kept) {
                drop(table.highest());
            }
            if (!cut && !newHistory.equals(history)) {
                history = newHistory;
                if (stores.ring() != null) {
                    stores.ring().header().history(newHistory);
                }
            }
            limits.released(Math.max(0, cut ? seqno : 0));
        }
    }

    // Options

    @Override
    public DynamicSettings dynamic() {
        return this;
    }

    @Override
    public void memorySize(long bytes) {
        CacheSettings.requireMemorySize(bytes);
        synchronized (mutex) {
            requireOpen();
            stores.memorySize(bytes);
        }
    }

    @Override
    public void pageSize(long bytes) {
        CacheSettings.requirePageSize(bytes);
        synchronized (mutex) {
            requireOpen();
            stores.pages().pageSize(bytes);
        }
    }

    @Override
    public void keepPagesSize(long bytes) {
        CacheSettings.requireKeepPagesSize(bytes);
        synchronized (mutex) {
            requireOpen();
            stores.pages().keepSize(bytes);
            trimPagedHistory();
        }
    }

    @Override
    public void keepPagesCount(int pages) {
        CacheSettings.requireKeepPagesCount(pages);
        synchronized (mutex) {
            requireOpen();
            stores.pages().keepCount(pages);
            trimPagedHistory();
        }
    }

    @Override
    public void freezePurgeAtSeqno(OptionalLong seqno) {
        CacheSettings.requireFreeze(seqno);
        synchronized (mutex) {
            requireOpen();
            limits.freeze(seqno);
            trimPagedHistory();
        }
    }

    @Override
    public long freezePurgeNow() {
        synchronized (mutex) {
            requireOpen();
            long newest = table.highest();
            limits.freeze(newest < 0 ? OptionalLong.empty() : OptionalLong.of(newest));
            return newest;
        }
    }

    @Override
    public OptionalLong frozenAt() {
        synchronized (mutex) {
            return limits.frozenAt();
        }
    }

    @Override
    public void encryptionKey(ByteBuffer key) {
        throw new CacheException("gcache.encryption is off; a key cannot be used");
    }

    // The end

    @Override
    public void close() {
        synchronized (mutex) {
            if (closed) {
                return;
            }
            closed = true;
            if (stores.ring() != null) {
                flush(stores.ring());
            }
            stores.pages().unlink();
            releaseFilesWhenUnused();
        }
    }

    private static void flush(Ring ring) {
        try {
            // The mark must not reach the disk before what it vouches for.
            ring.file().force();
            ring.header().clean(true);
            ring.file().force();
        } catch (IOException e) {
            LOG.warn(
                    "cannot flush '{}'; its contents survive the server, but perhaps not the machine",
                    ring.file().path(),
                    e);
        }
    }

    private void releaseFilesWhenUnused() {
        if (!closed || inFlight > 0 || limits.hasHolders() || table.isClosed()) {
            return;
        }
        while (table.count() > 0) {
            if (!stores.isInRing(table.slot(table.lowest()))) {
                drop(table.lowest());
            } else {
                table.remove(table.lowest());
            }
        }
        table.close();
        stores.pages().close();
        if (stores.ring() != null) {
            stores.ring().file().release();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new CacheException("the write-set cache is closed");
        }
    }
}
