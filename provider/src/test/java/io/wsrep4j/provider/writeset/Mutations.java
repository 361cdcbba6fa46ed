package io.wsrep4j.provider.writeset;

import io.wsrep4j.api.hash.MurmurHash128;
import io.wsrep4j.api.hash.MurmurHash32;
import java.util.Arrays;
import java.util.Random;

/** Damages bytes the way memory, networks and bugs do. */
final class Mutations {

    private Mutations() {}

    /** A damaged copy; perhaps longer or shorter, perhaps (rarely) the same bytes. */
    static byte[] damage(byte[] original, Random random) {
        byte[] bytes = original.clone();
        int rounds = 1 + random.nextInt(3);
        for (int i = 0; i < rounds && bytes.length > 0; i++) {
            bytes = once(bytes, random);
        }
        return bytes;
    }

    private static byte[] once(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 3 -> bytes[at] = (byte) random.nextInt(256);
            case 4 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 5 -> {
                return Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(40));
            }
            case 6 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(16)), (byte) -1);
            default -> {
                int length = Math.min(bytes.length - at, 1 + random.nextInt(32));
                System.arraycopy(bytes, at, bytes, random.nextInt(bytes.length - length + 1), length);
            }
        }
        return bytes;
    }

    /**
     * Makes the damaged bytes believable again: recomputes the checksums that the lengths found in the bytes lead to, as far as they do, so
     * that what lies behind the checksums is tested too.
     */
    static void repair(byte[] bytes) {
        if (bytes.length < WriteSetHeader.SIZE) {
            return;
        }
        java.nio.ByteBuffer memory = java.nio.ByteBuffer.wrap(bytes);
        int headerBytes = bytes[WriteSetHeader.SIZE_OFFSET] & 0xFF;
        if (headerBytes < WriteSetHeader.SIZE || headerBytes > bytes.length) {
            return;
        }
        MurmurHash128 hash = new MurmurHash128();
        hash.hash(memory, 0, headerBytes - Long.BYTES);
        WriteSetHeader.setLong(memory, headerBytes - Long.BYTES, hash.low());
        int at = headerBytes;
        byte[] scratch = new byte[64];
        while (bytes.length - at >= 24) {
            int word = (int) WriteSetHeader.getLong(memory, at);
            boolean shortHeader = (word & 0xFF) == 0x2B;
            boolean longHeader = (word & 0xFF) == 0x23;
            if (!shortHeader && !longHeader) {
                return;
            }
            int headBytes = shortHeader ? 8 : 16;
            int size = shortHeader ? (word >>> 18) + 1 : varint(bytes, at + 1);
            int end = at + (size + 7 & -8);
            if (size < headBytes + 16 || end > bytes.length || end < at) {
                return;
            }
            int headerHash = MurmurHash32.hash(memory, at, headBytes - 4);
            WriteSetHeader.setShort(memory, at + headBytes - 4, headerHash);
            WriteSetHeader.setShort(memory, at + headBytes - 2, headerHash >>> 16);
            RecordSetReader.digest(
                    hash, scratch, memory, at, headBytes, at + headBytes + 16, end - at - headBytes - 16);
            WriteSetHeader.setLong(memory, at + headBytes, hash.low());
            WriteSetHeader.setLong(memory, at + headBytes + 8, hash.high());
            at = end;
        }
    }

    private static int varint(byte[] bytes, int at) {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value |= (bytes[at + i] & 0x7F) << 7 * i;
            if (bytes[at + i] >= 0) {
                break;
            }
        }
        return value;
    }
}
