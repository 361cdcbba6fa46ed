package io.wsrep4j.gcache;

import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The cache's options, validated (docs/spec/options-status.md 5.5). Immutable; build with {@link #in}.
 *
 * @param directory {@code gcache.dir}
 * @param name {@code gcache.name}: relative to the directory, or absolute
 * @param ringSize {@code gcache.size}, in bytes: 0 for no ring, else at least {@link #MINIMUM_RING_SIZE}
 * @param memorySize {@code gcache.mem_size}, in bytes; 0 for no memory store
 * @param pageSize {@code gcache.page_size}, in bytes
 * @param keepPagesSize {@code gcache.keep_pages_size}, in bytes
 * @param keepPagesCount {@code gcache.keep_pages_count}
 * @param freezePurgeAtSeqno {@code gcache.freeze_purge_at_seqno}; empty for -1
 * @param recover {@code gcache.recover}
 * @param encryption {@code gcache.encryption}
 * @param encryptionCachePageSize {@code gcache.encryption_cache_page_size}, in bytes: granularity of the plain copies, a multiple of 4096
 * @param encryptionCacheSize {@code gcache.encryption_cache_size}, in bytes: released write sets kept as plain copies, 2 to 512 pages
 */
public record CacheSettings(
        Path directory,
        String name,
        long ringSize,
        long memorySize,
        long pageSize,
        long keepPagesSize,
        int keepPagesCount,
        OptionalLong freezePurgeAtSeqno,
        boolean recover,
        boolean encryption,
        long encryptionCachePageSize,
        long encryptionCacheSize) {

    /** {@code gcache.name} if not given. */
    public static final String DEFAULT_NAME = "galera.cache";

    /** {@code gcache.size} and {@code gcache.page_size} if not given: 128M. */
    public static final long DEFAULT_SIZE = 128L << 20;

    /** Smallest ring, in bytes. */
    public static final long MINIMUM_RING_SIZE = 4096;

    /** Largest ring, in bytes: 4T. */
    public static final long MAXIMUM_RING_SIZE = 4L << 40;

    private static final int MAXIMUM_ENCRYPTION_PAGES = 512;

    /** @throws IllegalArgumentException naming the option, the value and what is allowed */
    public CacheSettings {
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(freezePurgeAtSeqno, "freezePurgeAtSeqno");
        if (name == null || name.isBlank()) {
            throw new IllegalArgumentException("gcache.name is empty; it must name the ring's file");
        }
        if (ringSize != 0 && (ringSize < MINIMUM_RING_SIZE || ringSize > MAXIMUM_RING_SIZE)) {
            throw new IllegalArgumentException(
                    "gcache.size=" + ringSize + " is not possible: it must be 0 (no ring) or " + MINIMUM_RING_SIZE
                            + " to " + MAXIMUM_RING_SIZE + " bytes");
        }
        requireMemorySize(memorySize);
        requirePageSize(pageSize);
        requireKeepPagesSize(keepPagesSize);
        requireKeepPagesCount(keepPagesCount);
        requireFreeze(freezePurgeAtSeqno);
        if (encryptionCachePageSize < 4096 || encryptionCachePageSize % 4096 != 0) {
            throw new IllegalArgumentException("gcache.encryption_cache_page_size=" + encryptionCachePageSize
                    + " is not possible: it must be a positive multiple of 4096 bytes");
        }
        long pages = encryptionCacheSize / encryptionCachePageSize;
        if (encryptionCacheSize < 0 || pages < 2 || pages > MAXIMUM_ENCRYPTION_PAGES) {
            throw new IllegalArgumentException("gcache.encryption_cache_size=" + encryptionCacheSize
                    + " is not possible: it must be 2 to " + MAXIMUM_ENCRYPTION_PAGES
                    + " times gcache.encryption_cache_page_size (" + encryptionCachePageSize + " bytes)");
        }
    }

    /** Starts with the defaults, in this directory. */
    public static Builder in(Path directory) {
        return new Builder(directory);
    }

    /** The ring's file. */
    public Path ringFile() {
        return directory.resolve(name);
    }

    static long requireMemorySize(long bytes) {
        return notNegative("gcache.mem_size", bytes);
    }

    static long requirePageSize(long bytes) {
        return notNegative("gcache.page_size", bytes);
    }

    static long requireKeepPagesSize(long bytes) {
        return notNegative("gcache.keep_pages_size", bytes);
    }

    static int requireKeepPagesCount(int pages) {
        return (int) notNegative("gcache.keep_pages_count", pages);
    }

    static void requireFreeze(OptionalLong seqno) {
        if (seqno.isPresent() && seqno.getAsLong() < 0) {
            throw new IllegalArgumentException("gcache.freeze_purge_at_seqno=" + seqno.getAsLong()
                    + " is not possible: it must be -1 (off), a seqno, or now");
        }
    }

    private static long notNegative(String option, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(option + "=" + value + " is not possible: it must not be negative");
        }
        return value;
    }

    /** Collects options; {@link #build} validates them. Not thread-safe. */
    public static final class Builder {

        private final Path directory;
        private String name = DEFAULT_NAME;
        private long ringSize = DEFAULT_SIZE;
        private long memorySize;
        private long pageSize = DEFAULT_SIZE;
        private long keepPagesSize;
        private int keepPagesCount;
        private OptionalLong freezePurgeAtSeqno = OptionalLong.empty();
        private boolean recover = true;
        private boolean encryption;
        private long encryptionCachePageSize = 32L << 10;
        private long encryptionCacheSize = 16L << 20;

        private Builder(Path directory) {
            this.directory = directory;
        }

        public Builder name(String value) {
            this.name = value;
            return this;
        }

        public Builder ringSize(long bytes) {
            this.ringSize = bytes;
            return this;
        }

        public Builder memorySize(long bytes) {
            this.memorySize = bytes;
            return this;
        }

        public Builder pageSize(long bytes) {
            this.pageSize = bytes;
            return this;
        }

        public Builder keepPagesSize(long bytes) {
            this.keepPagesSize = bytes;
            return this;
        }

        public Builder keepPagesCount(int pages) {
            this.keepPagesCount = pages;
            return this;
        }

        public Builder freezePurgeAtSeqno(OptionalLong seqno) {
            this.freezePurgeAtSeqno = seqno;
            return this;
        }

        public Builder recover(boolean value) {
            this.recover = value;
            return this;
        }

        public Builder encryption(boolean value) {
            this.encryption = value;
            return this;
        }

        public Builder encryptionCachePageSize(long bytes) {
            this.encryptionCachePageSize = bytes;
            return this;
        }

        public Builder encryptionCacheSize(long bytes) {
            this.encryptionCacheSize = bytes;
            return this;
        }

        /** @throws IllegalArgumentException naming the option, the value and what is allowed */
        public CacheSettings build() {
            return new CacheSettings(
                    directory,
                    name,
                    ringSize,
                    memorySize,
                    pageSize,
                    keepPagesSize,
                    keepPagesCount,
                    freezePurgeAtSeqno,
                    recover,
                    encryption,
                    encryptionCachePageSize,
                    encryptionCacheSize);
        }
    }
}
