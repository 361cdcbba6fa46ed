package io.wsrep4j.gcache.file;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/**
 * Zeroed memory straight from the kernel, in blocks of many kilobytes: what is given back is the machine's again at once, which the C library's heap
 * does not promise, and what was never touched costs nothing. Thread-safe.
 */
public final class AnonymousMemory {

    private static final long PAGE = 4096;

    private AnonymousMemory() {}

    /** Blocks of this size and larger lie on huge pages, where the kernel has them; they should be a multiple of {@link #HUGE_PAGE}. */
    public static final long LEAST_HUGE = 10L << 20;

    public static final long HUGE_PAGE = 2L << 20;

    /**
     * Maps a block.
     *
     * @throws OutOfMemoryError if the kernel refuses; nothing has happened then
     */
    public static long map(long bytes) {
        if (bytes < LEAST_HUGE) {
            return mapAnywhere(bytes);
        }
        long anywhere = mapAnywhere(bytes + HUGE_PAGE);
        long address = (anywhere + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
        long before = address - anywhere;
        if (before > 0) {
            unmap(anywhere, before);
        }
        if (before < HUGE_PAGE) {
            // a block is a whole number of pages for the kernel, whatever its size
            long end = (address + bytes + PAGE - 1) / PAGE * PAGE;
            unmap(end, anywhere + bytes + HUGE_PAGE - end);
        }
        // only advice: where it is refused, small pages do
        NativeFiles.madvise(address, bytes, NativeFiles.ADVICE_HUGE_PAGE);
        return address;
    }

    private static long mapAnywhere(long bytes) {
        long address =
                NativeFiles.mmap(0, bytes, NativeFiles.PROTECTION_READ_WRITE, NativeFiles.MAP_PRIVATE_ANONYMOUS, -1, 0);
        if (address == NativeFiles.MAP_FAILED) {
            throw new OutOfMemoryError("no " + bytes + " bytes of memory outside the heap: "
                    + NativeFiles.strerror(Native.getLastError()));
        }
        return address;
    }

    /** A block as a buffer, to be used no longer than the block is mapped. */
    public static ByteBuffer view(long address, int bytes) {
        return new Pointer(address).getByteBuffer(0, bytes);
    }

    /** Gives back a whole block. */
    public static void unmap(long address, long bytes) {
        if (NativeFiles.munmap(address, bytes) != 0) {
            throw new IllegalStateException("cannot give back " + bytes + " bytes at 0x" + Long.toHexString(address)
                    + ": " + NativeFiles.strerror(Native.getLastError()));
        }
    }
}
