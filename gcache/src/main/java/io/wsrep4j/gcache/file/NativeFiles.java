package io.wsrep4j.gcache.file;

import com.sun.jna.Native;
import com.sun.jna.Platform;

/** The calls of the C library that neither Java nor Chronicle offers (docs/spec/gcache.md 15 and 20). Linux. */
final class NativeFiles {

    static final int OPEN_READ_WRITE = 2;
    static final int OPEN_CREATE_OWNER_ONLY = 0100;
    static final int OPEN_CLOSE_ON_EXEC = 02000000;
    static final int LOCK_EXCLUSIVE_NOW = 2 | 4;
    static final int ADVICE_DO_NOT_FORK = 10;
    static final int ADVICE_HUGE_PAGE = 14;

    static final int PROTECTION_READ_WRITE = 1 | 2;
    static final int MAP_PRIVATE_ANONYMOUS = 2 | 0x20;
    static final long MAP_FAILED = -1;

    static final int ERROR_WOULD_BLOCK = 11;
    static final int ERROR_INTERRUPTED = 4;

    static {
        if (!Platform.isLinux()) {
            throw new UnsupportedOperationException(
                    "the write-set cache's files need Linux, this is " + System.getProperty("os.name"));
        }
        Native.register(NativeFiles.class, "c");
    }

    private NativeFiles() {}

    static native int open(String path, int flags, int mode);

    static native int close(int descriptor);

    static native int flock(int descriptor, int operation);

    static native int posix_fallocate(int descriptor, long offset, long length);

    static native int madvise(long address, long length, int advice);

    /** The address, or {@link #MAP_FAILED} with errno. */
    static native long mmap(long address, long length, int protection, int flags, int descriptor, long offset);

    static native int munmap(long address, long length);

    static native String strerror(int error);
}
