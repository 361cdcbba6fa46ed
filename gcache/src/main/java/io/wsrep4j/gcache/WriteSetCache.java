package io.wsrep4j.gcache;

import io.wsrep4j.api.Uuid;
import java.util.OptionalLong;

/**
 * Every ordered write set by seqno (docs/spec/gcache.md 1 to 9).
 *
 * <p>Life of a write set: {@link WriteSetBuffer#reserve reserved} when its first byte arrives, filled from the socket,
 * {@link WriteSetBuffer#publish published} under a seqno, {@link #release released} when the whole cluster has committed it, and kept as history
 * until its place is wanted, oldest first. What is unreleased, pinned, frozen or under a cursor is never discarded.
 *
 * <p>Three stores, asked in this order: memory, ring file, page files. Only the ring survives the process.
 *
 * <p>Thread-safe: one mutex guards the bookkeeping, held for tens of nanoseconds, except while a page file is created. Payload is never touched
 * under it. {@link WriteSetBuffer}, {@link WriteSetCursor} and {@link HistoryPin} each have one owner at a time; hand them over through a queue
 * or a lock.
 *
 * <p>All methods but {@link #close} throw {@link CacheException} on a closed cache.
 */
public interface WriteSetCache extends AutoCloseable {

    /** Longest write set, in bytes. */
    int MAXIMUM_LENGTH = Integer.MAX_VALUE - 4096;

    /**
     * Opens the cache: creates or recovers the ring, removes pages that a crash left.
     *
     * @param settings validated options
     * @param cipher the host's encryption; never called unless {@link CacheSettings#encryption} is on
     * @throws CacheException if a directory, file or disk cannot be used, or another provider uses the ring; the message names it
     */
    static WriteSetCache open(CacheSettings settings, HostCipher cipher) {
        return CacheOpening.open(settings, cipher);
    }

    /** A new, empty handle for writing. Keep and reuse it: it costs nothing when reused. */
    WriteSetBuffer newBuffer();

    /** A new, empty handle for reading. Keep and reuse it; close it when done. */
    WriteSetCursor newCursor();

    /**
     * Keeps everything from this seqno on, whatever space is wanted, until the pin is closed. Several pins may be open: each counts. For a donor.
     *
     * @return null if this seqno is not cached: the caller falls back to a full transfer
     */
    HistoryPin pin(long fromSeqno);

    /**
     * Nobody in this process needs write sets up to here any more: they are history now and may be discarded when their space is wanted. Seqnos
     * beyond the newest, or already released, are ignored. For the commit cut.
     */
    void release(long uptoSeqno);

    /**
     * Marks a published write set as one that all nodes skip.
     *
     * @throws CacheException if it is not cached, or is of another kind
     */
    void skip(long seqno, WriteSetKind kind);

    /**
     * Ties the cache to a position (docs/spec/gcache.md 7). The same history at or below the newest seqno: what is newer is discarded. Otherwise
     * everything ordered is discarded and the cache belongs to {@code history} from now on. Buffers not yet published stay valid. Pins stay
     * open but what they kept may be gone.
     *
     * @param history the group's history
     * @param seqno last seqno of that history that may stay; {@link io.wsrep4j.api.Seqno#UNDEFINED} if unknown
     * <p>The caller guarantees that no published buffer that would be discarded is in use.
     *
     * @throws CacheException if a cursor stands on what would be discarded
     */
    void reset(Uuid history, long seqno);

    /**
     * What is published from now on is another node's word only. Until {@link #trust}, a process that ends leaves nothing that a start would
     * take up, and {@link #reset} discards everything, whatever its position.
     */
    void doubt();

    /** What was published since {@link #doubt} has proved right. */
    void trust();

    /** The history that the cache belongs to; {@link Uuid#UNDEFINED} if none. */
    Uuid history();

    /** Lowest cached seqno, or -1 ({@code wsrep_local_cached_downto}). Everything from it to {@link #newest} without holes, unless seqnos were left out by the callers. */
    long oldest();

    /** Highest cached seqno, or -1. */
    long newest();

    /** True if this seqno is cached now. */
    boolean contains(long seqno);

    /** What start-up found, kept and dropped. */
    RecoveryReport recovery();

    /** Figures of this moment. Allocates: for status and metrics, not for hot paths. */
    CacheStatistics statistics();

    /** Options that may change while running. */
    DynamicSettings dynamic();

    /**
     * Flushes the ring to disk, marks it clean, removes the pages, closes everything. Handles still open keep the memory mapped until they are
     * closed; what is published but unreleased becomes history. May take as long as the disk needs. Idempotent.
     */
    @Override
    void close();

    /** The options that are dynamic (docs/spec/options-status.md 5.5). Thread-safe; each takes effect at once. */
    interface DynamicSettings {

        /** {@code gcache.mem_size}, in bytes; 0 turns the memory store off. */
        void memorySize(long bytes);

        /** {@code gcache.page_size}, in bytes: size of new pages. */
        void pageSize(long bytes);

        /** {@code gcache.keep_pages_size}, in bytes. */
        void keepPagesSize(long bytes);

        /** {@code gcache.keep_pages_count}. */
        void keepPagesCount(int pages);

        /**
         * {@code gcache.freeze_purge_at_seqno}: nothing from this seqno on is discarded until it is empty again. A seqno that is gone already
         * keeps what is there.
         */
        void freezePurgeAtSeqno(OptionalLong seqno);

        /** {@code gcache.freeze_purge_at_seqno=now}: freezes at the newest seqno and returns it; -1 and no freeze if nothing is cached. */
        long freezePurgeNow();

        /** The seqno at which purging is frozen, if it is. */
        OptionalLong frozenAt();

        /**
         * A new master key from the host. Write sets cached so far stay readable (docs/spec/gcache.md 12).
         *
         * @param key copied
         * @throws CacheException if encryption is off, or the host refuses to encrypt with it
         */
        void encryptionKey(java.nio.ByteBuffer key);
    }
}
