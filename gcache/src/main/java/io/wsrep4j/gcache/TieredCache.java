package io.wsrep4j.gcache;

import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cache: three stores under one mutex, one history over all of them (docs/spec/gcache.md 1 to 9). Thread-safe. */
final class TieredCache implements WriteSetCache {

    private static final Logger LOG = LoggerFactory.getLogger(TieredCache.class);

    private final Object mutex = new Object();
    private final RecoveryReport recovery;
    private final Stores stores;
    private final History history;
    private final LiveSettings live;
    /** Null without encryption. */
    private final SealedWriteSets sealed;

    private long inFlight;
    private long reserved;
    private long published;
    private long discarded;
    private boolean closed;
    private boolean released;

    TieredCache(CacheSettings settings, RingOpening opening, HostCipher cipher) {
        Ring ring = opening.ring();
        this.recovery = opening.report();
        this.stores = new Stores(settings, ring);
        this.sealed = settings.encryption() ? new SealedWriteSets(settings, cipher, ring, mutex) : null;
        this.history =
                new History(stores, opening.table(), recovery.history(), sealed == null ? null : sealed.copies());
        this.live = new LiveSettings(this, mutex, stores, history);
        history.retention().freeze(settings.freezePurgeAtSeqno());
    }

    // Writing

    @Override
    public WriteSetBuffer newBuffer() {
        return new WriteSetBuffer(this);
    }

    void reserve(WriteSetBuffer buffer, int length) {
        synchronized (mutex) {
            requireOpen();
            int storedLength = length;
            if (sealed != null) {
                sealed.requireKey();
                storedLength = Encryption.sealedLength(length);
            }
            long payload = stores.allocate(storedLength, history);
            int slot = stores.slot();
            buffer.store(payload, storedLength, slot, stores.region(slot));
            if (sealed != null) {
                buffer.show(new PlainCopies.Copy(length));
            }
            inFlight++;
            reserved++;
        }
    }

    void publish(WriteSetBuffer buffer, long seqno, WriteSetKind kind, boolean skip) {
        int flags = skip ? RecordFrame.SKIP : 0;
        // Outside the mutex: touches the whole payload.
        if (sealed != null) {
            sealed.seal(buffer);
            flags |= RecordFrame.ENCRYPTED;
        }
        // Only the ring is ever recovered.
        int check = stores.isInRing(buffer.slot()) ? buffer.storedChecksum() : 0;
        synchronized (mutex) {
            requireOpen();
            history.put(seqno, buffer.storedAddress(), buffer.slot(), buffer.storedLength(), kind.code(), flags, check);
            if (sealed != null) {
                sealed.copies().put(seqno, buffer.copy());
            }
            inFlight--;
            published++;
        }
    }

    void discard(WriteSetBuffer buffer) {
        synchronized (mutex) {
            inFlight--;
            discarded++;
            if (sealed != null) {
                buffer.copy().free();
            }
            if (released) {
                return;
            }
            stores.free(buffer.slot(), buffer.storedAddress(), buffer.storedLength());
            releaseFilesWhenUnused();
        }
    }

    boolean reclaim(WriteSetBuffer buffer, long seqno) {
        long payload;
        int length;
        synchronized (mutex) {
            requireOpen();
            payload = history.table().address(seqno);
            if (payload == 0) {
                return false;
            }
            history.unrelease(seqno);
            length = history.table().length(seqno);
            int slot = history.table().slot(seqno);
            buffer.store(payload, length, slot, stores.region(slot));
        }
        if (sealed != null) {
            PlainCopies.Copy copy = sealed.use(seqno, payload, length, history.retention());
            buffer.show(copy);
            leave(copy);
        }
        return true;
    }

    @Override
    public void skip(long seqno, WriteSetKind kind) {
        synchronized (mutex) {
            requireOpen();
            history.skip(seqno, kind);
        }
    }

    // Reading

    @Override
    public WriteSetCursor newCursor() {
        WriteSetCursor cursor = new WriteSetCursor(this);
        synchronized (mutex) {
            requireOpen();
            history.retention().add(cursor);
        }
        return cursor;
    }

    boolean seek(WriteSetCursor cursor, long seqno) {
        long payload;
        int length;
        synchronized (mutex) {
            requireOpen();
            SeqnoTable table = history.table();
            payload = table.address(seqno);
            if (payload == 0) {
                return false;
            }
            length = table.length(seqno);
            if (sealed == null) {
                cursor.point(payload, length, stores.region(table.slot(seqno)));
            }
            cursor.stand(seqno, WriteSetKind.of(table.kind(seqno)), (table.flags(seqno) & RecordFrame.SKIP) != 0);
            history.retention().held(seqno);
        }
        if (sealed != null) {
            openFor(cursor, seqno, payload, length);
        }
        return true;
    }

    private void openFor(WriteSetCursor cursor, long seqno, long payload, int length) {
        boolean opened = false;
        try {
            cursor.show(sealed.use(seqno, payload, length, history.retention()));
            opened = true;
        } finally {
            if (!opened) {
                leave(cursor);
            }
        }
    }

    void leave(PlainCopies.Copy copy) {
        synchronized (mutex) {
            sealed.copies().leave(copy);
        }
    }

    void leave(WriteSetCursor cursor) {
        synchronized (mutex) {
            cursor.standNowhere();
        }
    }

    void close(WriteSetCursor cursor) {
        synchronized (mutex) {
            cursor.standNowhere();
            history.retention().remove(cursor);
            releaseFilesWhenUnused();
        }
    }

    @Override
    public HistoryPin pin(long fromSeqno) {
        synchronized (mutex) {
            requireOpen();
            if (history.table().address(fromSeqno) == 0) {
                return null;
            }
            HistoryPin pin = new HistoryPin(this, fromSeqno);
            history.retention().add(pin);
            return pin;
        }
    }

    void unpin(HistoryPin pin) {
        synchronized (mutex) {
            history.retention().remove(pin);
            if (closed) {
                releaseFilesWhenUnused();
            } else {
                history.trimPages();
            }
        }
    }

    @Override
    public Uuid history() {
        synchronized (mutex) {
            return history.uuid();
        }
    }

    @Override
    public long oldest() {
        synchronized (mutex) {
            return history.table().lowest();
        }
    }

    @Override
    public long newest() {
        synchronized (mutex) {
            return history.table().highest();
        }
    }

    @Override
    public boolean contains(long seqno) {
        synchronized (mutex) {
            requireOpen();
            return history.table().address(seqno) != 0;
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
                    history.table().lowest(),
                    history.table().highest(),
                    history.retention().released(),
                    stores.memory().used(),
                    stores.memory().size(),
                    ring == null ? 0 : ring.used(),
                    ring == null ? 0 : ring.capacity(),
                    ring == null ? 0 : ring.file().length(),
                    stores.pages().usedBytes(),
                    stores.pages().totalSize(),
                    stores.pages().count(),
                    sealed == null ? 0 : sealed.copies().bytes(),
                    history.retention().pinned(),
                    reserved,
                    published,
                    discarded,
                    history.evicted());
        }
    }

    // Letting go

    @Override
    public void release(long uptoSeqno) {
        synchronized (mutex) {
            requireOpen();
            history.release(uptoSeqno);
            if (sealed != null) {
                sealed.copies().trim(history.retention().released());
            }
        }
    }

    @Override
    public void reset(Uuid newHistory, long seqno) {
        synchronized (mutex) {
            requireOpen();
            if (history.contains(newHistory, seqno)) {
                history.cut(seqno);
                return;
            }
            LOG.info(
                    "GCache history reset: {}:{} -> {}:{}",
                    history.uuid(),
                    history.table().highest(),
                    newHistory,
                    seqno);
            history.cut(0);
            history.rename(newHistory);
        }
    }

    @Override
    public void doubt() {
        synchronized (mutex) {
            requireOpen();
            history.doubt(true);
        }
    }

    @Override
    public void trust() {
        synchronized (mutex) {
            requireOpen();
            history.doubt(false);
        }
    }

    // Options

    @Override
    public DynamicSettings dynamic() {
        return live;
    }

    void masterKey(ByteBuffer key) {
        synchronized (mutex) {
            requireOpen();
            if (sealed == null) {
                throw new CacheException("gcache.encryption is off; a key cannot be used");
            }
            if (!sealed.masterKey(key)) {
                LOG.warn("the write-set cache was encrypted with another master key: its history is discarded");
                history.cut(0);
            }
        }
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
                stores.ring().flush();
            }
            stores.pages().unlink();
            releaseFilesWhenUnused();
        }
    }

    private void releaseFilesWhenUnused() {
        if (!closed || released || inFlight > 0 || history.retention().hasHolders()) {
            return;
        }
        released = true;
        history.free();
        if (sealed != null) {
            sealed.copies().clear();
        }
        stores.pages().close();
        if (stores.ring() != null) {
            stores.ring().file().release();
        }
    }

    void requireOpen() {
        if (closed) {
            throw new CacheException("the write-set cache is closed");
        }
    }
}
