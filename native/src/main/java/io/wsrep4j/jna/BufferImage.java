package io.wsrep4j.jna;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.wsrep4j.api.Key;
import java.nio.ByteBuffer;
import java.util.List;

/** Arrays of {@code wsrep_buf_t} and {@code wsrep_key_t} with their bytes, in one block each (docs/spec/wsrep-api-v26.md 3.3). */
final class BufferImage {

    private static final int LENGTH = 8;

    private BufferImage() {}

    /** Null for an empty list. */
    static Memory buffers(List<ByteBuffer> buffers) {
        if (buffers.isEmpty()) {
            return null;
        }
        long array = (long) buffers.size() * NativeMemory.BUFFER_BYTES;
        Memory memory = new Memory(array + sizeOf(buffers));
        put(memory, 0, array, buffers);
        return memory;
    }

    /** One buffer; {@code {NULL, 0}} for null. */
    static Memory buffer(ByteBuffer buffer) {
        if (buffer != null) {
            return buffers(List.of(buffer));
        }
        Memory memory = new Memory(NativeMemory.BUFFER_BYTES);
        memory.clear();
        return memory;
    }

    /** Null for an empty list. */
    static Memory keys(List<Key> keys) {
        if (keys.isEmpty()) {
            return null;
        }
        long rows = (long) keys.size() * NativeMemory.KEY_BYTES;
        long parts = keys.stream()
                .mapToLong(key -> (long) key.parts().size() * NativeMemory.BUFFER_BYTES)
                .sum();
        long bytes = keys.stream().mapToLong(key -> sizeOf(key.parts())).sum();
        Memory memory = new Memory(rows + parts + bytes);
        long partsAt = rows;
        long bytesAt = rows + parts;
        for (int i = 0; i < keys.size(); i++) {
            Pointer row = memory.share((long) i * NativeMemory.KEY_BYTES);
            List<ByteBuffer> list = keys.get(i).parts();
            row.setPointer(0, memory.share(partsAt));
            row.setLong(LENGTH, list.size());
            bytesAt = put(memory, partsAt, bytesAt, list);
            partsAt += (long) list.size() * NativeMemory.BUFFER_BYTES;
        }
        return memory;
    }

    private static long sizeOf(List<ByteBuffer> buffers) {
        return buffers.stream().mapToLong(ByteBuffer::remaining).sum();
    }

    /** Writes rows and bytes; returns where the bytes end. */
    private static long put(Memory memory, long rowsAt, long bytesAt, List<ByteBuffer> buffers) {
        long end = bytesAt;
        for (int i = 0; i < buffers.size(); i++) {
            ByteBuffer buffer = buffers.get(i);
            Pointer row = memory.share(rowsAt + (long) i * NativeMemory.BUFFER_BYTES);
            int length = buffer.remaining();
            row.setLong(LENGTH, length);
            row.setPointer(0, length == 0 ? memory : memory.share(end));
            if (length > 0) {
                memory.getByteBuffer(end, length).put(buffer.duplicate());
            }
            end += length;
        }
        return end;
    }
}
