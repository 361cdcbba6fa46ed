package io.wsrep4j.gcache.file;

import com.sun.jna.Pointer;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import net.openhft.chronicle.core.OS;

/**
 * A locked file with its disk space taken, mapped whole and in one piece, not inherited by forked children. Because the space is taken, no write
 * through the mapping can meet a full disk later.
 *
 * <p>Counts its users: the mapping ends when the last one {@link #release releases} it. Thread-safe.
 */
public final class MappedFile {

    /** Free space that must be left on the file system, in bytes (docs/spec/gcache.md 10). */
    public static final long RESERVE = 1L << 20;

    private final Path path;
    private final FileLock lock;
    private final RandomAccessFile file;
    private final long address;
    private final long length;
    private final AtomicInteger users = new AtomicInteger(1);

    private MappedFile(Path path, FileLock lock, RandomAccessFile file, long address, long length) {
        this.path = path;
        this.lock = lock;
        this.file = file;
        this.address = address;
        this.length = length;
    }

    /**
     * Maps a locked file, extended to {@code length} bytes if it is shorter. The lock belongs to the result from now on, also on failure.
     *
     * @throws IOException if the disk is too small or the mapping fails; the file is as it was
     */
    public static MappedFile map(Path path, FileLock lock, long length) throws IOException {
        return map(path, path, lock, length);
    }

    /** As {@link #map(Path, FileLock, long)}, for a file that now is {@code store} and will be {@code path}. */
    public static MappedFile map(Path path, Path store, FileLock lock, long length) throws IOException {
        RandomAccessFile file = null;
        try {
            requireSpace(store, length - Files.size(store));
            lock.allocate(length);
            ChronicleRuntime.prepare();
            file = new RandomAccessFile(store.toFile(), "rw");
            long address = OS.map(file.getChannel(), MapMode.READ_WRITE, 0, length);
            NativeFiles.madvise(address, OS.pageAlign(length), NativeFiles.ADVICE_DO_NOT_FORK);
            return new MappedFile(path, lock, file, address, length);
        } catch (IOException | RuntimeException | Error e) {
            if (file != null) {
                file.close();
            }
            lock.close();
            throw e;
        }
    }

    /**
     * Checks that so many more bytes fit. Asked before allocating, because on some file systems a failing allocation first fills the disk. Where it cannot
     * be known, allocation has to show it.
     *
     * @throws IOException if they do not; the message has both figures
     */
    public static void requireSpace(Path path, long bytes) throws IOException {
        if (bytes <= 0) {
            return;
        }
        // not a FileStore: it wants to know the mount point too, which a chroot need not have
        File directory = path.toAbsolutePath().getParent().toFile();
        long usable = directory.getUsableSpace();
        boolean known = usable > 0 || directory.getTotalSpace() > 0;
        if (known && bytes > usable - RESERVE) {
            throw new IOException("'" + path + "' needs " + bytes + " bytes and a reserve of " + RESERVE
                    + ", but the file system has only " + usable + " available");
        }
    }

    public Path path() {
        return path;
    }

    /** Where the mapping begins; valid while this is held. */
    public long address() {
        return address;
    }

    /** Mapped bytes. */
    public long length() {
        return length;
    }

    /** A little-endian view of a part; valid while this is held. */
    public ByteBuffer buffer(long offset, int size) {
        if (offset < 0 || size < 0 || offset + size > length) {
            throw new IndexOutOfBoundsException(
                    offset + "+" + size + " is outside '" + path + "' of " + length + " bytes");
        }
        return new Pointer(address + offset).getByteBuffer(0, size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Writes everything to the disk. Blocks as long as the disk needs. */
    public void force() throws IOException {
        file.getChannel().force(false);
    }

    /** One more user. */
    public void retain() {
        users.incrementAndGet();
    }

    /** One user less; the last one ends mapping, lock and descriptor. */
    public void release() {
        if (users.decrementAndGet() == 0) {
            try {
                OS.unmap(address, length);
                file.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException("cannot unmap '" + path + "'", e);
            } finally {
                lock.close();
            }
        }
    }
}
