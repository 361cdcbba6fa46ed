package io.wsrep4j.tests.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file system of its own and of a bounded size, ext4 in a file: it can be filled, and it turns read-only as the kernel makes it when its disk fails,
 * under whoever has files open. Needs root's rights and a loop device. Not thread-safe.
 */
public final class SmallVolume implements AutoCloseable {

    private static final String BALLAST = "ballast";
    private static final int LARGEST_WRITE = 1 << 20;

    private final Path image;
    private final Path directory;
    private boolean mounted;

    private SmallVolume(Path image, Path directory) {
        this.image = image;
        this.directory = directory;
    }

    /** Mounts a new one, of so many bytes, empty and open to everybody, on a new directory. */
    public static SmallVolume create(long bytes) throws IOException {
        Path directory = Files.createTempDirectory("wsrep4j-volume-");
        SmallVolume volume = make(directory, bytes);
        Command.run("chmod", "1777", directory.toString());
        return volume;
    }

    /** Puts a new one, of so many bytes, in the place of this directory, with what is in it. Nobody may use it meanwhile. */
    public static SmallVolume under(Path directory, long bytes) throws IOException {
        Path before = directory.resolveSibling(directory.getFileName() + ".before");
        Files.move(directory, before);
        Command.run("cp", "-a", "--attributes-only", "--no-clobber", before.toString(), directory.toString());
        Command.run("find", directory.toString(), "-mindepth", "1", "-delete");
        SmallVolume volume = make(directory, bytes);
        Command.run("cp", "-a", before + "/.", directory.toString());
        Command.run("rm", "-r", before.toString());
        return volume;
    }

    private static SmallVolume make(Path directory, long bytes) throws IOException {
        SmallVolume volume = new SmallVolume(Files.createTempFile("wsrep4j-volume-", ".image"), directory);
        Runtime.getRuntime().addShutdownHook(new Thread(volume::closeAtExit));
        Command.run("truncate", "--size=" + bytes, volume.image.toString());
        // nothing kept for root, and no journal, which would take a part of it
        Command.run("mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", volume.image.toString());
        Command.run("mount", "-o", "loop,errors=remount-ro", volume.image.toString(), directory.toString());
        volume.mounted = true;
        Files.delete(directory.resolve("lost+found"));
        return volume;
    }

    /** Why this process may not make one; null if it may. */
    public static String obstacle() {
        try (SmallVolume probe = create(8 << 20)) {
            return Files.isDirectory(probe.directory) ? null : probe.directory + " is missing";
        } catch (IOException refused) {
            return refused.getMessage();
        }
    }

    /** Where it is mounted. */
    public Path directory() {
        return directory;
    }

    /** Fills it to the last block. */
    public void fill() throws IOException {
        try (FileChannel ballast =
                FileChannel.open(directory.resolve(BALLAST), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (int size = LARGEST_WRITE; size > 0; size /= 2) {
                writeUntilFull(ballast, ByteBuffer.allocate(size));
            }
        }
    }

    private static void writeUntilFull(FileChannel ballast, ByteBuffer block) {
        try {
            while (true) {
                ballast.write(block.rewind());
            }
        } catch (IOException full) {
            return;
        }
    }

    /** Gives back what {@link #fill} took. */
    public void makeRoom() throws IOException {
        Files.deleteIfExists(directory.resolve(BALLAST));
    }

    /** From now on nobody can write to it, whatever he has open. */
    public void becomeReadOnly() throws IOException {
        Command.run("mount", "-o", "remount,abort", directory.toString());
    }

    /** Mounts it anew, writable. Nobody may use it. */
    public void mend() throws IOException {
        unmount();
        Command.run("mount", "-o", "loop,errors=remount-ro", image.toString(), directory.toString());
        mounted = true;
    }

    private void unmount() throws IOException {
        if (mounted) {
            Command.run("umount", directory.toString());
            mounted = false;
        }
    }

    /** Removes it with all that is on it; nobody may use it any more. */
    @Override
    public void close() throws IOException {
        unmount();
        Files.deleteIfExists(directory);
        Files.deleteIfExists(image);
    }

    private void closeAtExit() {
        try {
            close();
        } catch (IOException e) {
            System.err.println("a mounted volume is left: " + e.getMessage());
        }
    }
}
