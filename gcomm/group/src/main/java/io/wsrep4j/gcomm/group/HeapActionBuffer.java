package io.wsrep4j.gcomm.group;

import java.nio.ByteBuffer;

/** An action's bytes on the heap; the garbage collector releases it. */
public record HeapActionBuffer(ByteBuffer bytes) implements ActionBuffer {

    /** What a member that stores nothing gets instead of a write set's bytes. */
    static final ActionBuffer DISCARDED = new HeapActionBuffer(ByteBuffer.allocate(0));

    static HeapActionBuffer allocate(int size) {
        return new HeapActionBuffer(ByteBuffer.allocate(size));
    }

    public static HeapActionBuffer of(byte[] bytes) {
        return new HeapActionBuffer(ByteBuffer.wrap(bytes));
    }

    @Override
    public int size() {
        return bytes.capacity();
    }

    @Override
    public void release() {
        // nothing is held outside the heap
    }
}
