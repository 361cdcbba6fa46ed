package io.wsrep4j.gcache.file;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The exclusive right to a file, against other processes and against other providers in this process: the kernel's lock on an open file
 * description, which, unlike Java's, survives that somebody else in the process opens and closes the same file. Ends with the process, however
 * that ends, so a stale lock cannot exist. Not thread-safe.
 */
public final class FileLock implements AutoCloseable {

    private static final int CREATION_MODE = 0660;
    private static final int ATTEMPTS = 100;

    private final Path file;
    private int descriptor;

    private FileLock(Path file, int descriptor) {
        this.file = file;
        this.descriptor = descriptor;
    }

    /**
     * Locks the file under this name; creates an empty one if there is none. Does not wait.
     *
     * @throws IOException if it cannot be opened or created, or another provider has it; the message says which
     */
    public static FileLock acquire(Path file) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            FileLock lock = tryAcquire(file);
            if (lock == null) {
                throw new IOException("'" + file
                        + "' is in use by another provider; give each provider its own gcache.dir or gcache.name");
            }
            if (lock.isStillUnderItsName()) {
                return lock;
            }
            // Its owner replaced the file between our open and our lock.
            lock.close();
        }
        throw new IOException("'" + file + "' was replaced " + ATTEMPTS + " times while it was being locked");
    }

    /** Locks an existing file, or returns null if it is gone or another has it. */
    public static FileLock ifFree(Path file) throws IOException {
        return Files.exists(file) ? tryAcquire(file) : null;
    }

    private static FileLock tryAcquire(Path file) throws IOException {
        int flags = NativeFiles.OPEN_READ_WRITE | NativeFiles.OPEN_CREATE_OWNER_ONLY | NativeFiles.OPEN_CLOSE_ON_EXEC;
        int descriptor = NativeFiles.open(file.toString(), flags, CREATION_MODE);
        if (descriptor < 0) {
            throw failed("open", file, Native.getLastError());
        }
        FileLock lock = new FileLock(file, descriptor);
        while (NativeFiles.flock(descriptor, NativeFiles.LOCK_EXCLUSIVE_NOW) != 0) {
            int error = Native.getLastError();
            if (error == NativeFiles.ERROR_INTERRUPTED) {
                continue;
            }
            lock.close();
            if (error == NativeFiles.ERROR_WOULD_BLOCK) {
                return null;
            }
            throw failed("lock", file, error);
        }
        return lock;
    }

    /**
     * Takes disk space for the first {@code length} bytes and makes the file at least that long.
     *
     * @throws IOException if the disk is too small; existing contents are untouched
     */
    public void allocate(long length) throws IOException {
        if (length <= 0) {
            return;
        }
        int error;
        do {
            error = NativeFiles.posix_fallocate(descriptor, 0, length);
        } while (error == NativeFiles.ERROR_INTERRUPTED);
        if (error != 0) {
            throw failed("allocate " + length + " bytes for", file, error);
        }
    }

    /** Makes the file empty. Nothing of it may be mapped. */
    public void empty() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
    }

    private boolean isStillUnderItsName() throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        return Files.isSameFile(file, Path.of("/proc/self/fd/" + descriptor));
    }

    private static IOException failed(String what, Path file, int error) {
        return new IOException(
                "cannot " + what + " '" + file + "': " + NativeFiles.strerror(error) + " (" + error + ")");
    }

    @Override
    public void close() {
        if (descriptor >= 0) {
            NativeFiles.close(descriptor);
            descriptor = -1;
        }
    }
}
