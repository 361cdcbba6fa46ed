package io.wsrep4j.gcomm.paxos.message;

import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;

/** Little-endian bytes into a buffer that grows. Owned by the turn that writes one frame. */
final class WireWriter {

    private ByteBuffer buffer = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            int wanted = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
            ByteBuffer larger = ByteBuffer.allocate(wanted).order(ByteOrder.LITTLE_ENDIAN);
            larger.put(buffer.flip());
            buffer = larger;
        }
        return buffer;
    }

    void u8(int value) {
        room(1).put((byte) value);
    }

    void u16(int value) {
        room(2).putShort((short) value);
    }

    void u32(int value) {
        room(4).putInt(value);
    }

    void u64(long value) {
        room(8).putLong(value);
    }

    void uuid(Uuid value) {
        room(Uuid.BYTES);
        value.write(buffer, buffer.position());
        buffer.position(buffer.position() + Uuid.BYTES);
    }

    void bytes(ByteBuffer value) {
        room(value.remaining()).put(value.duplicate());
    }

    /** At most 255 bytes of UTF-8, with their count before. */
    void text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        u8(bytes.length);
        room(bytes.length).put(bytes);
    }

    <T> void list(List<T> values, BiConsumer<T, WireWriter> each) {
        u16(values.size());
        values.forEach(value -> each.accept(value, this));
    }

    /** Room for a length of the bytes that follow it, up to {@link #fillLength}. */
    int reserve32() {
        u32(0);
        return buffer.position();
    }

    void fillLength(int reserved) {
        buffer.putInt(reserved - 4, buffer.position() - reserved);
    }

    int position() {
        return buffer.position();
    }

    void setU32(int at, int value) {
        buffer.putInt(at, value);
    }

    ByteBuffer done() {
        return buffer.flip();
    }
}
