package io.wsrep4j.gcache;

import io.wsrep4j.gcache.file.FileLock;
import io.wsrep4j.gcache.file.MappedFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Page files for what fits nowhere else: created when needed, deleted when nothing in them lives and the options do not keep them
 * (docs/spec/gcache.md 9). Never recovered: what a crash leaves is removed at start. Guarded by the cache's mutex.
 */
final class PageStore {

    /** First slot of pages in the seqno table: the lower ones are the memory store's and the ring's slabs'. */
    static final int SLOTS = 1 << 15;

    static final long LARGEST_PAGE = Integer.MAX_VALUE & -4096L;

    private static final Logger LOG = LoggerFactory.getLogger(PageStore.class);
    private static final String PREFIX = "gcache.page.";

    private final Path directory;
    private final int firstSlot;
    private final Page[] bySlot = new Page[SLOTS];
    /** In order of creation; the last one is filled. */
    private final Deque<Page> pages = new ArrayDeque<>();

    private long pageSize;
    private long keepSize;
    private int keepCount;
    private boolean keepLast;
    private long totalSize;
    private long usedBytes;
    private int nextNumber;
    private int nextSlot;

    PageStore(Path directory, int firstSlot, CacheSettings settings) {
        this.directory = directory;
        this.firstSlot = firstSlot;
        this.pageSize = settings.pageSize();
        this.keepSize = settings.keepPagesSize();
        this.keepCount = settings.keepPagesCount();
    }

    /** Removes the pages of a provider that is no more; those of one that runs are locked and stay. */
    static void removeStale(Path directory) throws IOException {
        try (DirectoryStream<Path> stale = Files.newDirectoryStream(directory, PREFIX + "[0-9]*")) {
            for (Path file : stale) {
                FileLock lock = FileLock.ifFree(file);
                if (lock != null) {
                    LOG.info("removing page '{}' left by a provider that did not stop cleanly", file);
                    Files.deleteIfExists(file);
                    lock.close();
                }
            }
        }
    }

    /**
     * A payload's address, in the last page or a new one.
     *
     * @throws IOException if a new page cannot be created
     */
    long allocate(int length) throws IOException {
        Page current = pages.peekLast();
        long address = current == null ? 0 : current.allocate(length);
        if (address == 0) {
            current = pageFor(RecordFrame.size(length));
            address = current.allocate(length);
        }
        usedBytes += RecordFrame.size(length);
        return address;
    }

    /** The slot of the page that {@link #allocate} took from. */
    int lastSlot() {
        return pages.getLast().slot() + firstSlot;
    }

    void free(int slot, int length) {
        long size = RecordFrame.size(length);
        bySlot[slot - firstSlot].free(size);
        usedBytes -= size;
        trim();
    }

    Region region(int slot) {
        return bySlot[slot - firstSlot].region();
    }

    /** Deletes dead pages from the oldest on, as long as the options do not keep them. */
    void trim() {
        while (!pages.isEmpty() && pages.getFirst().isDead() && !isKept(pages.size())) {
            delete(pages.removeFirst());
        }
    }

    /** True if so many pages, all that there are, are within what the options keep. */
    boolean isWithinKept() {
        return isKept(pages.size());
    }

    private boolean isKept(int count) {
        return totalSize <= keepSize || count <= keepCount || keepLast && count == 1;
    }

    private Page pageFor(long size) throws IOException {
        Page reused = deadPageOf(size);
        if (reused != null) {
            pages.remove(reused);
            reused.rewind();
            pages.addLast(reused);
            return reused;
        }
        int slot = freeSlot();
        long length = Math.max(Math.min(pageSize, LARGEST_PAGE), size);
        Page page = new Page(create(length), slot);
        bySlot[slot] = page;
        pages.addLast(page);
        totalSize += page.length();
        LOG.info("Created page {} of size {} bytes", page.file().path(), page.length());
        return page;
    }

    private Page deadPageOf(long size) {
        for (Page page : pages) {
            if (page.isDead() && page.length() >= size) {
                return page;
            }
        }
        return null;
    }

    private int freeSlot() throws IOException {
        for (int i = 0; i < SLOTS; i++) {
            int slot = (nextSlot + i) % SLOTS;
            if (bySlot[slot] == null) {
                nextSlot = slot + 1;
                return slot;
            }
        }
        throw new IOException("there are " + SLOTS + " pages; raise gcache.page_size (" + pageSize + ")");
    }

    private MappedFile create(long length) throws IOException {
        while (true) {
            Path path = directory.resolve(PREFIX + String.format("%06d", nextNumber++));
            if (Files.exists(path)) {
                // Another provider's in the same directory.
                continue;
            }
            FileLock lock = FileLock.acquire(path);
            try {
                return MappedFile.map(path, lock, length);
            } catch (IOException | RuntimeException | Error e) {
                Files.deleteIfExists(path);
                throw e;
            }
        }
    }

    private void delete(Page page) {
        bySlot[page.slot()] = null;
        totalSize -= page.length();
        unlink(page);
        page.file().release();
    }

    private static void unlink(Page page) {
        try {
            if (Files.deleteIfExists(page.file().path())) {
                LOG.info("Deleted page {}", page.file().path());
            }
        } catch (IOException e) {
            LOG.warn(
                    "cannot delete page '{}'; it is removed at the next start: {}",
                    page.file().path(),
                    e.toString());
        }
    }

    /** Removes the names of all pages; the memory stays. */
    void unlink() {
        pages.forEach(PageStore::unlink);
    }

    /** Deletes every page, live or not. */
    void close() {
        while (!pages.isEmpty()) {
            delete(pages.removeFirst());
        }
    }

    void pageSize(long bytes) {
        pageSize = bytes;
    }

    void keepSize(long bytes) {
        keepSize = bytes;
        trim();
    }

    void keepCount(int count) {
        keepCount = count;
        trim();
    }

    /** True: the last page stays even if dead, because there is no other store. */
    void keepLast(boolean keep) {
        keepLast = keep;
    }

    long totalSize() {
        return totalSize;
    }

    long usedBytes() {
        return usedBytes;
    }

    int count() {
        return pages.size();
    }
}
