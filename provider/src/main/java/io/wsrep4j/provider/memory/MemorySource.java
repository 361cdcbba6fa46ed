package io.wsrep4j.provider.memory;

import io.wsrep4j.gcache.file.AnonymousMemory;
import java.nio.ByteBuffer;

/** Where blocks of memory outside the heap come from. Thread-safe. */
public interface MemorySource {

    /**
     * A zeroed block of at least so many bytes.
     *
     * @throws OutOfMemoryError if there is none; nothing has happened then
     */
    long allocate(long bytes);

    /** A block as a buffer, to be used no longer than the block is in use. */
    default ByteBuffer view(long address, int bytes) {
        return AnonymousMemory.view(address, bytes);
    }

    /** Gives back a whole block, of the size that was asked for. Nothing may refer to it any more. */
    void free(long address, long bytes);

    /** So many bytes, or as many more as it takes that a large block wastes nothing of its last page. */
    static long rounded(long bytes) {
        long page = AnonymousMemory.HUGE_PAGE;
        return bytes < AnonymousMemory.LEAST_HUGE ? bytes : (bytes + page - 1) / page * page;
    }

    /** The kernel's memory, page by page. */
    static MemorySource system() {
        return Pages.INSTANCE;
    }

    /** Straight from the kernel: a block that is freed is the machine's again at once. */
    enum Pages implements MemorySource {
        INSTANCE;

        @Override
        public long allocate(long bytes) {
            return AnonymousMemory.map(bytes);
        }

        @Override
        public void free(long address, long bytes) {
            AnonymousMemory.unmap(address, bytes);
        }
    }
}
