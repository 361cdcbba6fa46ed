package io.wsrep4j.gcache;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** Changes options of a running cache. Thread-safe: takes the cache's mutex. */
final class LiveSettings implements WriteSetCache.DynamicSettings {

    private final TieredCache cache;
    private final Object mutex;
    private final Stores stores;
    private final History history;

    LiveSettings(TieredCache cache, Object mutex, Stores stores, History history) {
        this.cache = cache;
        this.mutex = mutex;
        this.stores = stores;
        this.history = history;
    }

    @Override
    public void memorySize(long bytes) {
        CacheSettings.requireMemorySize(bytes);
        change(() -> stores.memorySize(bytes));
    }

    @Override
    public void pageSize(long bytes) {
        CacheSettings.requirePageSize(bytes);
        change(() -> stores.pages().pageSize(bytes));
    }

    @Override
    public void keepPagesSize(long bytes) {
        CacheSettings.requireKeepPagesSize(bytes);
        change(() -> stores.pages().keepSize(bytes));
    }

    @Override
    public void keepPagesCount(int pages) {
        CacheSettings.requireKeepPagesCount(pages);
        change(() -> stores.pages().keepCount(pages));
    }

    @Override
    public void freezePurgeAtSeqno(OptionalLong seqno) {
        CacheSettings.requireFreeze(seqno);
        change(() -> history.retention().freeze(seqno));
    }

    @Override
    public long freezePurgeNow() {
        synchronized (mutex) {
            cache.requireOpen();
            long newest = history.table().highest();
            history.retention().freeze(newest < 0 ? OptionalLong.empty() : OptionalLong.of(newest));
            return newest;
        }
    }

    @Override
    public OptionalLong frozenAt() {
        synchronized (mutex) {
            return history.retention().frozenAt();
        }
    }

    @Override
    public void encryptionKey(ByteBuffer key) {
        cache.masterKey(key);
    }

    private void change(Runnable change) {
        synchronized (mutex) {
            cache.requireOpen();
            change.run();
            history.trimPages();
        }
    }
}
