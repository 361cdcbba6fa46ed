package org.example.folder;

import io.wsrep4j.api.Uuid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of one group: {@code order} holds all views and messages one after the other, {@code state} where it ends and who is a member, and each
 * member has a file that is locked as long as it lives. Who writes holds the lock on {@code state}. A record counts once the end is beyond it, so
 * that half a record of a process that was killed is written over by the next. Not thread-safe.
 */
final class SharedOrder implements AutoCloseable {

    static final int VIEW = 0;
    static final int MESSAGE = 1;
    static final int TOKEN = 2;

    /** The locks of a file belong to the process: this one is for channels of the same process. */
    private static final Object SAME_PROCESS = new Object();

    private static final int LONGEST_STATE = 1 << 16;
    private static final int UUID_LENGTH = 16;

    /** What is done while nobody else writes. */
    interface Change {
        void by(List<Uuid> members) throws IOException;
    }

    /** One record. */
    record Entry(int kind, Uuid member, long number, ByteBuffer content) {}

    private final Path folder;
    private final Uuid own;
    private final FileChannel state;
    private final FileChannel order;
    private final FileChannel life;

    SharedOrder(Path folder, String group, Uuid own) throws IOException {
        this.folder = Files.createDirectories(folder.resolve(group));
        this.own = own;
        state = open("state");
        order = open("order");
        life = open(own.toString());
        life.lock();
    }

    private FileChannel open(String name) throws IOException {
        return FileChannel.open(
                folder.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Where the order ends. */
    long end() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES);
        return state.read(buffer, 0) < Long.BYTES ? 0 : buffer.getLong(0);
    }

    /** Does this while nobody else writes; it is told who is a member. */
    @SuppressWarnings("try") // a resource, so that it is given up whatever happens
    void alone(Change change) throws IOException {
        synchronized (SAME_PROCESS) {
            try (FileLock lock = state.lock()) {
                change.by(members());
            }
        }
    }

    private List<Uuid> members() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(LONGEST_STATE);
        state.read(buffer, Long.BYTES);
        return uuids(buffer.flip());
    }

    /** Appends a view; {@link #alone} only. */
    void view(List<Uuid> members) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(members.size() * UUID_LENGTH);
        members.forEach(member -> buffer.putLong(member.mostSignificant()).putLong(member.leastSignificant()));
        long newEnd = write(VIEW, 0, buffer.flip());
        ByteBuffer all = ByteBuffer.allocate(Long.BYTES + buffer.limit());
        all.putLong(newEnd).put(buffer.rewind()).flip();
        state.write(all, 0);
        state.truncate(all.limit());
    }

    /** Appends a message or token; {@link #alone} only. */
    void append(int kind, long number, ByteBuffer content) throws IOException {
        state.write(ByteBuffer.allocate(Long.BYTES).putLong(0, write(kind, number, content)), 0);
    }

    private long write(int kind, long number, ByteBuffer content) throws IOException {
        ByteBuffer record =
                ByteBuffer.allocate(Integer.BYTES + Byte.BYTES + UUID_LENGTH + Long.BYTES + content.remaining());
        record.putInt(record.limit()).put((byte) kind);
        record.putLong(own.mostSignificant()).putLong(own.leastSignificant());
        record.putLong(number).put(content.duplicate()).flip();
        long position = end();
        while (record.hasRemaining()) {
            position += order.write(record, position);
        }
        return position;
    }

    /** The record that begins here; the next begins at its length further on. */
    Entry read(long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length - Integer.BYTES);
        while (buffer.hasRemaining()) {
            if (order.read(buffer, position + Integer.BYTES + buffer.position()) < 0) {
                throw new IOException(folder + "/order ends at " + order.size() + ", before its record at " + position);
            }
        }
        buffer.flip();
        int kind = buffer.get();
        return new Entry(kind, new Uuid(buffer.getLong(), buffer.getLong()), buffer.getLong(), buffer.slice());
    }

    int lengthAt(long position) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES);
        order.read(buffer, position);
        return buffer.getInt(0);
    }

    static List<Uuid> uuids(ByteBuffer buffer) {
        List<Uuid> all = new ArrayList<>();
        while (buffer.remaining() >= UUID_LENGTH) {
            all.add(new Uuid(buffer.getLong(), buffer.getLong()));
        }
        return all;
    }

    /** True as long as the process of this member runs, and it has not closed its files. */
    @SuppressWarnings("try") // as above
    boolean lives(Uuid member) throws IOException {
        if (member.equals(own)) {
            return true;
        }
        Path file = folder.resolve(member.toString());
        if (!Files.exists(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        } catch (OverlappingFileLockException sameProcess) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(folder.resolve(own.toString()));
        life.close();
        order.close();
        state.close();
    }
}
