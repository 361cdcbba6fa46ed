package io.wsrep4j.jna;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** One buffer that C gathers into ({@code struct w4j_gathered}), mapped anew only when C has moved it. */
final class GatheredView {

    private static final int LENGTH = 8;
    private static final int CAPACITY = 16;

    private final int offset;
    private long address;
    private long capacity;
    private ByteBuffer mapped = ByteBuffer.allocateDirect(0);

    GatheredView(int offset) {
        this.offset = offset;
    }

    /** Points the buffer at what was gathered; false if that is nothing. */
    boolean in(Mailbox mailbox) {
        long length = mailbox.getLong(offset + LENGTH);
        long newAddress = mailbox.getLong(offset);
        long newCapacity = mailbox.getLong(offset + CAPACITY);
        if (newAddress != address || newCapacity != capacity) {
            address = newAddress;
            capacity = newCapacity;
            mapped = newAddress == 0
                    ? ByteBuffer.allocateDirect(0)
                    : new Pointer(newAddress).getByteBuffer(0, newCapacity);
        }
        mapped.clear().limit((int) length).order(ByteOrder.nativeOrder());
        return length > 0;
    }

    ByteBuffer buffer() {
        return mapped;
    }
}
