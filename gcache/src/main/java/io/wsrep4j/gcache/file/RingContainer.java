package io.wsrep4j.gcache.file;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.io.IORuntimeException;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.SparseRollCycles;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * The ring's file as a Chronicle Queue store (docs/spec/gcache.md 18, design D): the queue's data documents are one header document and then equal
 * slabs, which are filled and refilled in place. After creation nothing is ever appended, so there is no lock cell, no roll and no metadata file.
 *
 * <p>The queue is a directory only while the file is being created, because a directory must not be seen by the host's state transfer scripts.
 * Opening reads the documents' lengths from the file itself: no queue, no directory, no stale lock to wait for.
 *
 * @param headerOffset where the header document's bytes begin, in the file, a multiple of 8
 * @param slabOffsets where each slab begins, in the file, multiples of 8
 * @param slabSize bytes of each slab, a multiple of 8
 */
public record RingContainer(long headerOffset, long[] slabOffsets, long slabSize) {

    /** Bytes of the header document. */
    public static final int HEADER_BYTES = 256 << 10;

    /** Largest slab, in bytes: a document's length has 30 bits. */
    public static final long MAXIMUM_SLAB = 512L << 20;

    /** More than the file is longer than its slabs, in bytes: queue's own documents, header document, end. */
    public static final long MAXIMUM_OVERHEAD = 1L << 20;

    private static final int BLOCK = 64 << 10;
    private static final int ALIGNMENT_SLACK = 8;
    private static final int LENGTH_MASK = 0x3fff_ffff;
    private static final int METADATA_BIT = 0x4000_0000;
    private static final int NOT_COMPLETE_BIT = 0x8000_0000;
    private static final int DOCUMENT_HEADER = 4;

    /** Length of the file, in bytes, for the slabs to be whole and the queue's reader to find its end. */
    public long fileLength() {
        long end = slabOffsets[slabOffsets.length - 1] + slabSize + ALIGNMENT_SLACK;
        return (end / BLOCK + 2) * BLOCK;
    }

    /**
     * Builds a new container beside {@code path}, to be filled and then {@link Fresh#install installed}. The caller holds the lock on
     * {@code path}.
     *
     * @param slabs how many
     * @throws IOException if the disk is too small or the directory cannot be written to; nothing is left behind
     */
    public static Fresh build(Path path, int slabs, long slabSize) throws IOException {
        ChronicleRuntime.prepare();
        Path directory = transientDirectory(path);
        wipe(directory);
        MappedFile.requireSpace(path, slabs * slabSize + MAXIMUM_OVERHEAD);
        try {
            Files.createDirectory(directory);
            append(directory, slabs, slabSize);
            Path store = onlyStore(directory);
            RingContainer container = read(store);
            if (container == null || container.slabOffsets.length != slabs) {
                throw new IOException("the queue store made for '" + path + "' does not read back");
            }
            shortenTo(store, container.fileLength());
            FileLock lock = FileLock.acquire(store);
            return new Fresh(directory, store, lock, container);
        } catch (IOException | RuntimeException | Error e) {
            wipe(directory);
            throw e;
        }
    }

    /**
     * A container that is not in place yet.
     *
     * @param directory the queue's, to be removed
     * @param store the file
     * @param lock the exclusive right to it, which it keeps when it is moved
     * @param container where its documents are
     */
    public record Fresh(Path directory, Path store, FileLock lock, RingContainer container) {

        /** Replaces the file at {@code path}, at once, and removes the directory. */
        public void install(Path path) throws IOException {
            try {
                Files.move(store, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                wipe(directory);
            }
        }

        /** Gives it up. */
        public void abandon() throws IOException {
            wipe(directory);
        }
    }

    /** Removes what a crash during {@link #build} left beside this file. The caller holds its lock. */
    public static void wipeLeftOvers(Path path) throws IOException {
        wipe(transientDirectory(path));
    }

    /**
     * Reads the documents' places.
     *
     * @return null if this is not such a file
     */
    public static RingContainer read(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer word = ByteBuffer.allocate(DOCUMENT_HEADER).order(ByteOrder.LITTLE_ENDIAN);
            long[] slabs = new long[HEADER_BYTES / Long.BYTES];
            int count = 0;
            long header = -1;
            long slabSize = -1;
            long position = 0;
            while (true) {
                word.clear();
                if (channel.read(word, position) < DOCUMENT_HEADER || word.getInt(0) == 0) {
                    break;
                }
                int length = word.getInt(0) & LENGTH_MASK;
                if ((word.getInt(0) & NOT_COMPLETE_BIT) != 0) {
                    return null;
                }
                long payload = align(position + DOCUMENT_HEADER, Long.BYTES);
                if ((word.getInt(0) & METADATA_BIT) == 0) {
                    if (header < 0) {
                        if (length != HEADER_BYTES + ALIGNMENT_SLACK) {
                            return null;
                        }
                        header = payload;
                    } else {
                        if (count == slabs.length || slabSize >= 0 && slabSize != length - ALIGNMENT_SLACK) {
                            return null;
                        }
                        slabSize = length - ALIGNMENT_SLACK;
                        slabs[count++] = payload;
                    }
                }
                position = align(position + DOCUMENT_HEADER + length, DOCUMENT_HEADER);
            }
            if (count == 0 || slabSize <= 0 || slabSize % Long.BYTES != 0) {
                return null;
            }
            return new RingContainer(header, java.util.Arrays.copyOf(slabs, count), slabSize);
        }
    }

    private static void append(Path directory, int slabs, long slabSize) throws IOException {
        try (SingleChronicleQueue queue = SingleChronicleQueueBuilder.binary(directory.toFile())
                        .rollCycle(SparseRollCycles.SMALL_DAILY)
                        // Sparse while it is built: Chronicle wants each document to begin in the block after the last
                        // one's.
                        .blockSize(align(Math.max(HEADER_BYTES, slabSize) + BLOCK, BLOCK))
                        .timeProvider(() -> 0L)
                        .build();
                ExcerptAppender appender = queue.createAppender()) {
            document(appender, HEADER_BYTES);
            for (int i = 0; i < slabs; i++) {
                document(appender, slabSize);
            }
        } catch (IORuntimeException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new IOException("cannot create the queue store in '" + directory + "': " + root.getMessage(), e);
        }
    }

    private static void document(ExcerptAppender appender, long size) {
        try (DocumentContext document = appender.writingDocument()) {
            Bytes<?> bytes = document.wire().bytes();
            bytes.writeSkip(size + ALIGNMENT_SLACK);
        }
    }

    private static Path onlyStore(Path directory) throws IOException {
        try (DirectoryStream<Path> stores = Files.newDirectoryStream(directory, "*.cq4")) {
            for (Path store : stores) {
                return store;
            }
        }
        throw new IOException("Chronicle made no store in '" + directory + "'");
    }

    private static void shortenTo(Path store, long length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(store.toFile(), "rw")) {
            if (file.length() > length) {
                file.setLength(length);
            }
        }
    }

    private static Path transientDirectory(Path path) {
        return path.resolveSibling("." + path.getFileName() + ".creating");
    }

    private static void wipe(Path directory) throws IOException {
        if (!Files.exists(directory, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        } catch (NotDirectoryException e) {
            throw new IOException("'" + directory + "' is needed for a moment, but it is a file; remove it", e);
        }
        Files.delete(directory);
    }

    private static long align(long value, long to) {
        return (value + to - 1) / to * to;
    }
}
