package io.wsrep4j.sst;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Between the thread that reads the socket and the one that gives the host its data: in order, the end of the connection included. Says when reading
 * should pause, so that it holds a few chunks and never more. Guarded by its own lock.
 */
final class Inbox {

    private static final long FULL_BYTES = 4L << 20;
    private static final long ROOM_BYTES = 2L << 20;

    private final Deque<SnapshotMessage> messages = new ArrayDeque<>();
    private long bytes;
    private SnapshotException end;
    private boolean closed;
    private Runnable resume;

    /**
     * Takes a message over.
     *
     * @param whenRoom run later, once, on the taking thread, if the answer is false
     * @return false if reading should pause
     */
    synchronized boolean offer(SnapshotMessage message, Runnable whenRoom) {
        if (closed || end != null) {
            message.release();
            return true;
        }
        messages.add(message);
        bytes += size(message);
        notifyAll();
        if (bytes < FULL_BYTES) {
            return true;
        }
        resume = whenRoom;
        return false;
    }

    /** Nothing comes after what is in here; the first reason counts. */
    synchronized void end(SnapshotException why) {
        if (end == null) {
            end = why;
            notifyAll();
        }
    }

    /** The next message; fails when there is none and will be none. */
    synchronized SnapshotMessage take() throws SnapshotException, InterruptedException {
        while (messages.isEmpty()) {
            if (end != null) {
                throw end;
            }
            wait();
        }
        SnapshotMessage message = messages.remove();
        bytes -= size(message);
        if (resume != null && bytes <= ROOM_BYTES) {
            Runnable action = resume;
            resume = null;
            action.run();
        }
        return message;
    }

    /** Throws away what is in here and what still comes. */
    synchronized void close() {
        closed = true;
        resume = null;
        messages.forEach(SnapshotMessage::release);
        messages.clear();
    }

    private static long size(SnapshotMessage message) {
        return message instanceof SnapshotMessage.Chunk chunk ? chunk.data().readableBytes() : EntryName.LONGEST_BYTES;
    }
}
