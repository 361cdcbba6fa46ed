package io.wsrep4j.provider.writeset;

import io.wsrep4j.api.hash.MurmurHash128;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A key's parts in the form their digest is computed from: 32-bit little-endian length and bytes, part after part
 * (docs/spec/writeset-certification.md 6.4). Also remembers which entry of the {@link PartIndex} each part has. Reusable, not thread-safe.
 */
final class KeyPath {

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int INITIAL_BYTES = 256;
    private static final int INITIAL_PARTS = 8;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int[] ends = new int[INITIAL_PARTS];
    private int[] entries = new int[INITIAL_PARTS];
    private int size;

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    /** Position after part {@code part}, counted from 0. */
    int end(int part) {
        return ends[part];
    }

    /** The serialised parts, readable for 16 bytes beyond the last end. */
    byte[] bytes() {
        return bytes;
    }

    int entry(int part) {
        return entries[part];
    }

    void setEntry(int part, int entry) {
        entries[part] = entry;
    }

    void takeEntries(KeyPath other, int parts) {
        System.arraycopy(other.entries, 0, entries, 0, parts);
    }

    int partStart(int part) {
        return (part == 0 ? 0 : ends[part - 1]) + Integer.BYTES;
    }

    int partLength(int part) {
        return ends[part] - partStart(part);
    }

    /** Adds a part: {@code length} bytes at an absolute position of the buffer. */
    void add(ByteBuffer source, int at, int length) {
        int start = size == 0 ? 0 : ends[size - 1];
        int end = Math.addExact(Math.addExact(start, Integer.BYTES), length);
        ensureBytes(Math.addExact(end, MurmurHash128.BLOCK));
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, 2 * size);
            entries = Arrays.copyOf(entries, 2 * size);
        }
        INTS.set(bytes, start, length);
        source.get(at, bytes, start + Integer.BYTES, length);
        ends[size++] = end;
    }

    private void ensureBytes(int needed) {
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(2L * bytes.length, needed)));
        }
    }

    /** Number of leading parts that are byte-equal in both. */
    int commonParts(KeyPath other) {
        int most = Math.min(size, other.size);
        if (most == 0) {
            return 0;
        }
        int difference = Arrays.mismatch(bytes, 0, ends[size - 1], other.bytes, 0, other.ends[other.size - 1]);
        if (difference < 0) {
            return most;
        }
        int common = 0;
        // lengths are part of the bytes, so equal bytes up to an end mean equal parts
        while (common < most && ends[common] <= difference) {
            common++;
        }
        return common;
    }
}
