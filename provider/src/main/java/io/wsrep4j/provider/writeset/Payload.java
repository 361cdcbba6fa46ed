package io.wsrep4j.provider.writeset;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Data of one type appended to a write set, concatenated (docs/spec/writeset-certification.md 7.1). Bytes that the host will not keep are copied,
 * others are referred to until sealing. Reusable, not thread-safe.
 */
final class Payload {

    private static final int FIRST_CHUNK = 4 * 1024;
    private static final int LARGEST_CHUNK = 1024 * 1024;

    /** In order of appending; each read from position to limit. */
    private final List<ByteBuffer> pieces = new ArrayList<>();

    /** The last copied piece, with room behind its limit; null if the last piece is a reference. */
    private ByteBuffer open;

    /** Kept from use to use, so that small transactions allocate nothing. */
    private final ByteBuffer first = ByteBuffer.allocate(FIRST_CHUNK);

    private boolean firstUsed;
    private long bytes;
    private boolean appended;

    void clear() {
        pieces.clear();
        open = null;
        firstUsed = false;
        bytes = 0;
        appended = false;
    }

    /** True once anything was appended, be it empty. */
    boolean isPresent() {
        return appended;
    }

    long bytes() {
        return bytes;
    }

    /** Appends what lies between the buffer's position and limit; moves neither. */
    void append(ByteBuffer data, boolean copy) {
        append(data, data.position(), data.remaining(), copy);
    }

    void append(ByteBuffer data, int offset, int length, boolean copy) {
        appended = true;
        bytes += length;
        if (length == 0) {
            return;
        }
        if (!copy) {
            pieces.add(data.slice(offset, length));
            open = null;
            return;
        }
        if (open == null || open.capacity() - open.limit() < length) {
            open = chunk(length);
            pieces.add(open);
        }
        int end = open.limit();
        open.limit(end + length);
        open.put(end, data, offset, length);
    }

    private ByteBuffer chunk(int length) {
        if (!firstUsed && length <= FIRST_CHUNK) {
            firstUsed = true;
            return first.limit(0);
        }
        long generous = Math.min(LARGEST_CHUNK, Math.max(FIRST_CHUNK, bytes));
        return ByteBuffer.allocate((int) Math.max(length, generous)).limit(0);
    }

    /** Copies everything to an absolute position. */
    void copyTo(ByteBuffer out, int at) {
        int next = at;
        for (int i = 0; i < pieces.size(); i++) {
            ByteBuffer piece = pieces.get(i);
            out.put(next, piece, piece.position(), piece.remaining());
            next += piece.remaining();
        }
    }
}
