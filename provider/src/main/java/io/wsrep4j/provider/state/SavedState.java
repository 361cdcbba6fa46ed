package io.wsrep4j.provider.state;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Seqno;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The file grastate.dat (docs/spec/replicator-state-transfer.md 24.1): where the host's data stands, if that is known.
 *
 * <p>The file is held open and locked for as long as this object lives, and rewritten in place, in one write that ends on the disk before the
 * call returns. While anything unsafe runs (total order isolation, a state transfer) the file says "unknown". Thread-safe: guarded by this
 * object's lock, held during the write.
 *
 * <h2>When it cannot be written</h2>
 * The file says one of three things, each of which claims more than the one before: nothing; a history, with the position in the host's own record; a
 * history and a position. A write that fails leaves the former claim on the disk, and it depends on that claim what has to follow:
 * <ul>
 *   <li>It is still true, only less than it could be: a position at the end or during a pause ({@link #set}), the end of what was unsafe ({@link
 *       #markSafe}), a new copy ({@link #markUncorrupt}), the flag alone. Then the next start costs more, perhaps a full state transfer. A warning, and
 *       this node goes on.
 *   <li>It would become false: a position is on the disk and this node begins to run, or goes on after a pause ({@link #set}); something unsafe
 *       begins ({@link #markUnsafe}). Going on and then being killed would leave data with a position that is not theirs, so the call throws: it must
 *       not go on.
 *   <li>It is false already: {@link #markCorrupt}, when this node leaves anyway. Nothing is thrown; the warning says to delete the file.
 * </ul>
 */
public final class SavedState implements AutoCloseable {

    /** Name of the file in base_dir. */
    public static final String FILE_NAME = "grastate.dat";

    private static final int MAXIMUM_LENGTH = 256;

    private final Path file;
    private final RandomAccessFile content;
    private final Consumer<String> warnings;
    private SavedStateRecord remembered;
    private SavedStateRecord written;
    private int writtenLength;
    private int unsafe;
    private boolean corrupt;
    private boolean warned;

    private SavedState(
            Path file, RandomAccessFile content, SavedStateRecord contents, int length, Consumer<String> warnings) {
        this.file = file;
        this.content = content;
        this.warnings = warnings;
        this.remembered = contents;
        this.written = contents;
        this.writtenLength = length;
    }

    /**
     * Opens, locks and reads the file, creating an empty one if there is none.
     *
     * @param directory base_dir
     * @param warnings takes a line for everything in the file that makes no sense, and when the file cannot be written
     * @throws IOException if it cannot be opened, or is locked by another provider or process; the message names the file
     */
    public static SavedState open(Path directory, Consumer<String> warnings) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        RandomAccessFile content;
        try {
            content = new RandomAccessFile(file.toFile(), "rw");
        } catch (IOException e) {
            throw new IOException("cannot open the saved state '" + file + "' for writing: " + e.getMessage(), e);
        }
        try {
            lock(file, content.getChannel());
            return read(file, content, warnings);
        } catch (IOException e) {
            content.close();
            throw e;
        }
    }

    private static void lock(Path file, FileChannel channel) throws IOException {
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // another provider of this process: same answer as another process
        }
        if (lock == null) {
            throw new IOException("the saved state '" + file
                    + "' is locked by another provider or process: two nodes cannot share a data directory");
        }
    }

    private static SavedState read(Path file, RandomAccessFile content, Consumer<String> warnings) throws IOException {
        if (content.length() > MAXIMUM_LENGTH) {
            warnings.accept("saved state '" + file + "' has " + content.length() + " bytes, expected at most "
                    + MAXIMUM_LENGTH + "; ignoring its contents");
            content.setLength(0);
        }
        byte[] bytes = new byte[(int) content.length()];
        content.readFully(bytes);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        SavedStateRecord.Reading reading = SavedStateRecord.parse(text);
        reading.problems().forEach(problem -> warnings.accept("saved state '" + file + "': " + problem));
        return new SavedState(file, content, reading.contents(), bytes.length, warnings);
    }

    /** What was read or last set. */
    public synchronized SavedStateRecord contents() {
        return remembered;
    }

    /**
     * Sets everything; without effect once corrupt, and put off while unsafe.
     *
     * @throws UncheckedIOException if that fails and the file says what is not true any more
     */
    public synchronized void set(Gtid position, boolean safeToBootstrap) {
        if (corrupt) {
            return;
        }
        remembered = new SavedStateRecord(position, safeToBootstrap);
        if (unsafe == 0) {
            write(remembered);
        }
    }

    /**
     * Something begins after whose interruption the data would be unknown. Nests.
     *
     * @throws UncheckedIOException if that cannot be said: it must not begin
     */
    public synchronized void markUnsafe() {
        unsafe++;
        if (unsafe == 1 && !written.position().uuid().isUndefined()) {
            write(new SavedStateRecord(Gtid.UNDEFINED, remembered.safeToBootstrap()));
        }
    }

    /** Ends one {@link #markUnsafe}. */
    public synchronized void markSafe() {
        unsafe--;
        boolean stale = !written.position().uuid().equals(remembered.position().uuid())
                || remembered.position().seqno() != Seqno.UNDEFINED;
        if (unsafe == 0 && !corrupt && stale) {
            write(remembered);
        }
    }

    /** The data differs from the group's: the file says "unknown" from now on, if it can be written. */
    public synchronized void markCorrupt() {
        if (!corrupt) {
            remembered = new SavedStateRecord(Gtid.UNDEFINED, remembered.safeToBootstrap());
            corrupt = true;
            try {
                write(remembered);
            } catch (UncheckedIOException e) {
                warnings.accept(
                        e.getMessage() + ". That is not true any more: delete it before this server starts again");
            }
        }
    }

    /** The data was replaced by a good copy. */
    public synchronized void markUncorrupt(Gtid position) {
        if (corrupt) {
            remembered = new SavedStateRecord(position, remembered.safeToBootstrap());
            unsafe = 0;
            corrupt = false;
            write(remembered);
        }
    }

    /** True from {@link #markCorrupt} to {@link #markUncorrupt}. */
    public synchronized boolean isCorrupt() {
        return corrupt;
    }

    private void write(SavedStateRecord contents) {
        try {
            store(contents);
            written = contents;
            warned = false;
        } catch (IOException e) {
            String failure = "the saved state '" + file + "' cannot be written (" + e.getMessage() + ") and says "
                    + claim(written);
            if (written.misleadsInsteadOf(contents)) {
                throw new UncheckedIOException(failure, e);
            }
            if (!warned) {
                warned = true;
                warnings.accept(
                        failure + " instead of " + claim(contents)
                                + ". This node goes on; its next start may need a state transfer that it would not have needed");
            }
        }
    }

    private static String claim(SavedStateRecord record) {
        return record.position() + ", safe_to_bootstrap: " + (record.safeToBootstrap() ? 1 : 0);
    }

    private void store(SavedStateRecord contents) throws IOException {
        String text = contents.text();
        byte[] bytes =
                (text + " ".repeat(Math.max(0, writtenLength - text.length()))).getBytes(StandardCharsets.US_ASCII);
        content.seek(0);
        content.write(bytes);
        content.getFD().sync();
        writtenLength = bytes.length;
    }

    /** Unlocks and closes the file; what it says stays. */
    @Override
    public void close() throws IOException {
        content.close();
    }
}
