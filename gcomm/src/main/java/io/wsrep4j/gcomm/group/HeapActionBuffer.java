package io.wsrep4j.gcomm.group;

import java.nio.ByteBuffer;

/** An action's bytes on the heap; the garbage collector releases it. */
record HeapActionBuffer(ByteBuffer bytes) implements ActionBuffer {

    static HeapActionBuffer allocate(int size) {
        return new HeapActionBuffer(ByteBuffer.allocate(size));
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
