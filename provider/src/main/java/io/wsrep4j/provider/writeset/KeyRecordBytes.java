package io.wsrep4j.provider.writeset;

import io.wsrep4j.provider.memory.MemorySource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The key records of a write set that is being made, one after another in pieces of memory: the first on the heap, those after it outside, so that millions
 * of keys need neither a large heap nor copying when they become more. {@link #clear} must follow whatever becomes of the write set. Not thread-safe.
 */
final class KeyRecordBytes {

    private static final int INITIAL_BYTES = 256;
    private static final int LARGEST_ON_HEAP = 64 * 1024;
    private static final int PIECE_BYTES = 1 << 20;

    /** Full pieces, each to be read up to its limit. */
    private final List<ByteBuffer> full = new ArrayList<>();

    /** Those of all pieces that lie outside the heap. */
    private final List<Long> blocks = new ArrayList<>();

    private ByteBuffer first = ByteBuffer.allocate(INITIAL_BYTES);
    private ByteBuffer open = first;
    private int used;
    private long fullBytes;

    /** Bytes of all records. */
    long bytes() {
        return fullBytes + used;
    }

    /** Where the next record goes in {@link #memory}; there is room for so many bytes, which are to be {@link #advance}d over. */
    int room(int most) {
        if (most > open.capacity() - used) {
            makeRoom(most);
        }
        return used;
    }

    /** The memory in which {@link #room} gave a place. */
    ByteBuffer memory() {
        return open;
    }

    void advance(int written) {
        used += written;
    }

    private void makeRoom(int most) {
        if (open == first && used + most <= LARGEST_ON_HEAP) {
            ByteBuffer larger =
                    ByteBuffer.allocate(Math.min(LARGEST_ON_HEAP, Math.max(2 * open.capacity(), used + most)));
            larger.put(0, open, 0, used);
            first = larger;
            open = larger;
            return;
        }
        long block = MemorySource.system().allocate(PIECE_BYTES);
        blocks.add(block);
        full.add(open.limit(used));
        fullBytes += used;
        open = MemorySource.system().view(block, PIECE_BYTES);
        used = 0;
    }

    /** Copies the records to an absolute position. */
    void copyTo(ByteBuffer out, int at) {
        int next = at;
        for (int i = 0; i < full.size(); i++) {
            ByteBuffer piece = full.get(i);
            out.put(next, piece, 0, piece.limit());
            next += piece.limit();
        }
        out.put(next, open, 0, used);
    }

    void clear() {
        full.clear();
        blocks.forEach(block -> MemorySource.system().free(block, PIECE_BYTES));
        blocks.clear();
        first = first.capacity() == LARGEST_ON_HEAP ? ByteBuffer.allocate(INITIAL_BYTES) : first.clear();
        open = first;
        used = 0;
        fullBytes = 0;
    }
}
