package io.wsrep4j.gcomm.channel;

import io.wsrep4j.gcomm.pc.SavedView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * gvwstate.dat: the saved view in the data directory (docs/spec/gcomm-transport-pc.md 14.8). Not thread-safe: owned by the channel's lock. Trouble
 * with the file costs the automatic recovery after a crash of all members and nothing else, so it is logged and not thrown.
 */
final class SavedViewFile {

    /** Larger than any view of 16-byte ids that a group can have. */
    private static final long MAXIMUM_BYTES = 1 << 20;

    private final Path file;
    private final Path temporary;
    private final Logger log;
    private boolean warned;

    /**
     * Names the file; touches nothing.
     *
     * @param directory where it is
     */
    SavedViewFile(Path directory, Logger log) {
        this.file = directory.resolve("gvwstate.dat");
        this.temporary = directory.resolve("gvwstate.dat.tmp");
        this.log = log;
    }

    /** The saved view, or nothing if there is none that can be read. */
    Optional<SavedView> read() {
        try {
            if (Files.size(file) > MAXIMUM_BYTES) {
                log.warn("Ignoring saved view {}: longer than {} bytes", file, MAXIMUM_BYTES);
                return Optional.empty();
            }
            return Optional.of(SavedView.parse(Files.readString(file, StandardCharsets.ISO_8859_1)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            log.warn("Ignoring saved view {}: {}; the node starts with a new id", file, reason(e));
            return Optional.empty();
        }
    }

    /**
     * Replaces the file so that a crash leaves either the old or the new one.
     *
     * @return false if it could not be: then there is none, so that nobody comes back with a view that is past
     */
    boolean write(SavedView view) {
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer bytes = ByteBuffer.wrap(view.text().getBytes(StandardCharsets.ISO_8859_1));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            warned = false;
            return true;
        } catch (IOException e) {
            // asked before the warning, which is given once and has to say all
            String effect = isGone()
                    ? "automatic recovery (pc.recovery) after a crash of all members will not work"
                    : "an older one is there that cannot be deleted: delete that file by hand before the node starts again";
            warnOnce("saved to", e, effect);
        }
        return false;
    }

    private void warnOnce(String what, IOException cause, String effect) {
        if (!warned) {
            warned = true;
            log.warn("The primary view cannot be {} {} ({}); {}", what, file, reason(cause), effect);
        }
    }

    /** In words: the names of exceptions tell an operator nothing. */
    private static String reason(Exception e) {
        if (e instanceof AccessDeniedException) {
            return "access denied";
        }
        if (e instanceof FileSystemException inFile && inFile.getReason() != null) {
            return inFile.getReason();
        }
        return e.getMessage();
    }

    private boolean isGone() {
        try {
            Files.deleteIfExists(file);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Deletes the file if it is there. */
    void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            warnOnce("deleted from", e, "delete that file by hand before the node starts again");
        }
    }
}
