package io.wsrep4j.jna;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.Uuid;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The small types of the C interface in memory (docs/spec/wsrep-api-v26.md 3.3), for the rare calls. */
final class NativeMemory {

    static final int GTID_BYTES = 24;
    static final int BUFFER_BYTES = 16;
    static final int KEY_BYTES = 16;

    private static final int LENGTH = 8;
    private static final int SEQNO = 16;

    private NativeMemory() {}

    /** A C string; empty for a null address. */
    static String text(long address) {
        return address == 0 ? "" : new Pointer(address).getString(0, StandardCharsets.UTF_8.name());
    }

    /** A C string's bytes with its NUL. */
    static byte[] terminated(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return java.util.Arrays.copyOf(bytes, bytes.length + 1);
    }

    /** The host's memory as a buffer, not copied; null for a null address. */
    static ByteBuffer buffer(long address, long length) {
        return address == 0 ? null : new Pointer(address).getByteBuffer(0, length);
    }

    static Uuid uuid(Pointer at, long offset) {
        return new Uuid(bigEndian(at.getLong(offset)), bigEndian(at.getLong(offset + Long.BYTES)));
    }

    static void putUuid(Pointer at, long offset, Uuid uuid) {
        at.setLong(offset, bigEndian(uuid.mostSignificant()));
        at.setLong(offset + Long.BYTES, bigEndian(uuid.leastSignificant()));
    }

    private static long bigEndian(long value) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Long.reverseBytes(value);
    }

    static Gtid gtid(Pointer at) {
        return new Gtid(uuid(at, 0), at.getLong(SEQNO));
    }

    static void putGtid(Pointer at, Gtid gtid) {
        putUuid(at, 0, gtid.uuid());
        at.setLong(SEQNO, gtid.seqno());
    }

    static Memory gtidMemory(Gtid gtid) {
        Memory memory = new Memory(GTID_BYTES);
        putGtid(memory, gtid);
        return memory;
    }

    /** An array of {@code wsrep_buf_t}, its bytes not copied. */
    static List<ByteBuffer> buffers(long address, long count) {
        List<ByteBuffer> buffers = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            Pointer at = new Pointer(address + i * BUFFER_BYTES);
            ByteBuffer buffer = buffer(at.getLong(0), at.getLong(LENGTH));
            buffers.add(buffer == null ? ByteBuffer.allocateDirect(0) : buffer);
        }
        return buffers;
    }

    /** An array of {@code wsrep_key_t}, its bytes not copied. */
    static List<Key> keys(long address, long count) {
        List<Key> keys = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            Pointer at = new Pointer(address + i * KEY_BYTES);
            keys.add(new Key(buffers(at.getLong(0), at.getLong(LENGTH))));
        }
        return keys;
    }

    /** A buffer over memory in the machine's byte order. */
    static ByteBuffer ordered(Pointer memory, long bytes) {
        return memory.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
    }
}
