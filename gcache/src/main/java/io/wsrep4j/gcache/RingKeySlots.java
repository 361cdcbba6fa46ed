package io.wsrep4j.gcache;

import static io.wsrep4j.gcache.OffHeap.MEMORY;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Two places for the encrypted file key in the ring's header, written in turn, so that a kill while one is written leaves the other. Each: i64
 * generation, written last; i32 length; u32 CRC32C; bytes. Guarded by the cache's mutex.
 */
final class RingKeySlots {

    private static final int SLOT = 512;
    private static final int LENGTH = 8;
    private static final int CHECK = 12;
    private static final int BYTES = 16;

    private final long address;

    RingKeySlots(RingHeader header) {
        this.address = header.keySlots();
    }

    /** What was added last, or null. */
    byte[] newest() {
        int slot = newestSlot();
        return slot < 0 ? null : read(slot);
    }

    void add(byte[] bytes) {
        int newest = newestSlot();
        int slot = newest == 0 ? 1 : 0;
        long generation = newest < 0 ? 1 : generation(newest) + 1;
        long at = at(slot);
        MEMORY.writeOrderedLong(at, 0);
        MEMORY.writeInt(at + LENGTH, bytes.length);
        MEMORY.writeInt(at + CHECK, check(bytes));
        MEMORY.writeBytes(at + BYTES, bytes, 0, bytes.length);
        MEMORY.writeOrderedLong(at, generation);
    }

    private int newestSlot() {
        boolean first = read(0) != null;
        boolean second = read(1) != null;
        if (first && second) {
            return generation(0) > generation(1) ? 0 : 1;
        }
        return first ? 0 : second ? 1 : -1;
    }

    private byte[] read(int slot) {
        int length = MEMORY.readInt(at(slot) + LENGTH);
        if (generation(slot) <= 0 || length <= 0 || length > SLOT - BYTES) {
            return null;
        }
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = MEMORY.readByte(at(slot) + BYTES + i);
        }
        return check(bytes) == MEMORY.readInt(at(slot) + CHECK) ? bytes : null;
    }

    private long generation(int slot) {
        return MEMORY.readLong(at(slot));
    }

    private long at(int slot) {
        return address + (long) slot * SLOT;
    }

    private static int check(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.wrap(bytes));
        return (int) crc.getValue();
    }
}
