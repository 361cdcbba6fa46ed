package io.wsrep4j.gcache.file;

import static net.openhft.chronicle.core.OS.memory;

/**
 * A block of zeroed memory off the heap, on huge pages where the kernel has them and the block is large enough: random access to a table of many
 * megabytes otherwise pays more for address translation than for the data. Not thread-safe.
 */
public final class LargeMemory {

    private static final long HUGE_PAGE = 2L << 20;

    private final long allocation;
    private final long allocated;
    private final long address;

    public LargeMemory(long bytes) {
        ChronicleRuntime.prepare();
        boolean huge = bytes >= HUGE_PAGE;
        allocated = huge ? bytes + HUGE_PAGE : bytes;
        allocation = memory().allocate(allocated);
        address = huge ? (allocation + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE : allocation;
        if (huge) {
            // Only advice: where it is refused, small pages do.
            NativeFiles.madvise(address, bytes, NativeFiles.ADVICE_HUGE_PAGE);
        }
        memory().setMemory(address, bytes, (byte) 0);
    }

    /** Where it begins. */
    public long address() {
        return address;
    }

    /** Gives it back. */
    public void free() {
        memory().freeMemory(allocation, allocated);
    }
}
