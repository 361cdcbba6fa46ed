package io.wsrep4j.tests.certification;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.hash.MurmurHash128;
import io.wsrep4j.provider.writeset.CorruptWriteSetException;
import io.wsrep4j.provider.writeset.WriteSet;
import io.wsrep4j.provider.writeset.WriteSetReader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Finds write sets in a stream of bytes, whatever surrounds them: 64 bytes that end in the right checksum of themselves are a write set's
 * header. Takes only write sets that lie whole in one frame. Not thread-safe.
 */
final class WriteSetScanner {

    private static final int HEADER = 64;
    private static final int LARGEST = 32 * 1024;

    private final Consumer<byte[]> found;
    private final WriteSetReader reader = new WriteSetReader();
    private final WriteSet writeSet = new WriteSet();
    private final MurmurHash128 hash = new MurmurHash128();

    private byte[] bytes = new byte[1024 * 1024];
    private int size;
    private int position;

    /** @param found given a copy of each write set */
    WriteSetScanner(Consumer<byte[]> found) {
        this.found = found;
    }

    void scan(byte[] chunk, int count) {
        if (size + count > bytes.length) {
            System.arraycopy(bytes, position, bytes, 0, size - position);
            size -= position;
            position = 0;
            if (size + count > bytes.length) {
                bytes = Arrays.copyOf(bytes, 2 * (size + count));
            }
        }
        System.arraycopy(chunk, 0, bytes, size, count);
        size += count;
        ByteBuffer memory = ByteBuffer.wrap(bytes);
        while (size - position >= HEADER) {
            if (!isHeader(memory)) {
                position++;
            } else if (isWhole(memory)) {
                found.accept(Arrays.copyOfRange(bytes, position, position + writeSet.length()));
                position += writeSet.length();
            } else if (size - position < LARGEST) {
                return;
            } else {
                throw new IllegalStateException("a write set that does not end within " + LARGEST + " bytes");
            }
        }
    }

    private boolean isHeader(ByteBuffer memory) {
        if (bytes[position] != 0x47 || bytes[position + 2] != HEADER) {
            return false;
        }
        hash.hash(memory, position, HEADER - Long.BYTES);
        return Long.reverseBytes(memory.getLong(position + HEADER - Long.BYTES)) == hash.low();
    }

    private boolean isWhole(ByteBuffer memory) {
        try {
            reader.read(writeSet, memory, position, size - position, 0, Uuid.UNDEFINED);
            return true;
        } catch (CorruptWriteSetException notYetAllThere) {
            return false;
        }
    }
}
