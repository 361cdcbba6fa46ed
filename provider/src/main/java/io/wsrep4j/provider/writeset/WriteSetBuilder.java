package io.wsrep4j.provider.writeset;

import io.wsrep4j.api.DataType;
import io.wsrep4j.api.GatheredWriteSet;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.TransactionFlags;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.hash.MurmurHash128;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/**
 * Gathers one write set's keys and data and seals them into one contiguous buffer (docs/spec/writeset-certification.md 6 and 7).
 *
 * <p>The order of use: appends; {@link #sealedBytes} to learn how much room is needed; {@link #seal} into that room; then {@link
 * WriteSetHeader#stampForSending} before each attempt to send. {@link #clear} makes it ready for the next write set. Not thread-safe: it
 * belongs to one transaction at a time.
 */
public final class WriteSetBuilder {

    private static final ByteBuffer ZERO_LEVEL_PART = ByteBuffer.allocate(1).asReadOnlyBuffer();

    private static final KeyType[] TYPES = KeyType.values();
    private static final int FIXED_SETS = 3;

    private final WriteSetFormat format;
    private final MurmurHash128 hash = new MurmurHash128();
    private final RecordSetWriter sets;
    private final KeyGathering keys;
    private final Payload data = new Payload();
    private final Payload unordered = new Payload();
    private final Payload annotation = new Payload();

    public WriteSetBuilder(WriteSetFormat format) {
        this.format = format;
        sets = new RecordSetWriter(format, hash);
        keys = new KeyGathering(format, hash);
    }

    /** What the bytes will look like. */
    public WriteSetFormat format() {
        return format;
    }

    /** Forgets everything appended. */
    public void clear() {
        keys.clear();
        data.clear();
        unordered.clear();
        annotation.clear();
    }

    /** True if nothing was appended. */
    public boolean isEmpty() {
        return keys.count() == 0 && !data.isPresent() && !unordered.isPresent() && !annotation.isPresent();
    }

    /** Number of key records gathered so far. */
    public int keyCount() {
        return keys.count();
    }

    /** True if its keys have 16 bytes. */
    public boolean hasWideKeys() {
        return format.keyFormat().wide();
    }

    /** Adds a key; its parts are copied as far as they are needed. */
    public void appendKey(Key key, KeyType type) {
        KeyPath path = keys.newKey();
        List<ByteBuffer> parts = key.parts();
        for (int i = 0; i < parts.size(); i++) {
            ByteBuffer part = parts.get(i);
            path.add(part, part.position(), part.remaining());
        }
        keys.append(type);
    }

    /** Adds keys; an empty list means the key that every transaction carries, {@link #appendZeroLevelKey(KeyType)}. */
    public void appendKeys(List<Key> list, KeyType type) {
        if (list.isEmpty()) {
            appendZeroLevelKey(type);
        }
        for (int i = 0; i < list.size(); i++) {
            appendKey(list.get(i), type);
        }
    }

    /**
     * Adds the zero-level key as the sender of this kind of write set must, as the last key. Does nothing for kinds and versions without it,
     * nor when the host added it already with an equal or stronger type.
     */
    public void appendZeroLevelKey(WriteSetKind kind) {
        if (kind.hasZeroLevelKey()) {
            appendZeroLevelKey(format.branchType());
        }
    }

    private void appendZeroLevelKey(KeyType type) {
        if (format.writeSetVersion() >= WriteSetFormat.ZERO_LEVEL_KEY_VERSION) {
            keys.newKey().add(ZERO_LEVEL_PART, 0, 1);
            keys.append(type);
        }
    }

    /**
     * Adds data: what lies between the buffer's position and limit, which do not move.
     *
     * @param copy false if the bytes stay as they are until the write set is sealed
     */
    public void appendData(ByteBuffer bytes, DataType type, boolean copy) {
        payload(type).append(bytes, copy);
    }

    private Payload payload(DataType type) {
        return switch (type) {
            case ORDERED -> data;
            case UNORDERED -> unordered;
            case ANNOTATION -> annotation;
        };
    }

    /**
     * Adds everything gathered by a host. Keys and unordered items are copied; the rest, which may be large, stays where it is until the write
     * set is sealed.
     *
     * @throws IllegalArgumentException if a record does not lie in its buffer or has no meaning; some of the keys may have been added
     */
    public void append(GatheredWriteSet gathered) {
        appendKeys(gathered.keys(), gathered.keyCount());
        if (gathered.ordered().hasRemaining()) {
            data.append(gathered.ordered(), false);
        }
        appendUnordered(gathered.unordered());
        if (gathered.annotation().hasRemaining()) {
            annotation.append(gathered.annotation(), false);
        }
    }

    private void appendKeys(ByteBuffer records, int count) {
        int at = records.position();
        int end = records.limit();
        for (int i = 0; i < count; i++) {
            if (end - at < 2) {
                throw malformed("key record " + i + " of " + count, at, records);
            }
            int type = records.get(at) & 0xFF;
            int parts = records.get(at + 1) & 0xFF;
            if (type >= TYPES.length) {
                throw malformed("key type " + type + " (allowed: 0 to 3) of record " + i, at, records);
            }
            at += 2;
            KeyPath path = keys.newKey();
            for (int part = 0; part < parts; part++) {
                int length = lengthAt(records, at, end);
                if (length < 0) {
                    throw badLength("part " + part + " of key record " + i, at, end, records);
                }
                at += Integer.BYTES;
                path.add(records, at, length);
                at += length;
            }
            if (parts == 0) {
                appendZeroLevelKey(TYPES[type]);
            } else {
                keys.append(TYPES[type]);
            }
        }
        if (at != end) {
            throw malformed((end - at) + " bytes left after " + count + " key records", at, records);
        }
    }

    private void appendUnordered(ByteBuffer items) {
        int at = items.position();
        int end = items.limit();
        while (at < end) {
            int length = lengthAt(items, at, end);
            if (length < 0) {
                throw badLength("unordered item", at, end, items);
            }
            at += Integer.BYTES;
            unordered.append(items, at, length, true);
            at += length;
        }
    }

    /** The length before a piece of bytes, or a negative number if the two do not fit. */
    private static int lengthAt(ByteBuffer in, int at, int end) {
        int length = end - at < Integer.BYTES ? -1 : nativeInt(in, at);
        return length > end - at - Integer.BYTES ? -1 : length;
    }

    private static int nativeInt(ByteBuffer in, int at) {
        int value = in.getInt(at);
        return in.order() == ByteOrder.nativeOrder() ? value : Integer.reverseBytes(value);
    }

    private static IllegalArgumentException badLength(String what, int at, int end, ByteBuffer in) {
        String length = end - at < Integer.BYTES ? "" : ": length " + Integer.toUnsignedLong(nativeInt(in, at));
        return malformed(what + length, at, in);
    }

    private static IllegalArgumentException malformed(String what, int at, ByteBuffer in) {
        return new IllegalArgumentException("gathered write set: " + what + " at byte " + (at - in.position())
                + " does not fit the " + in.remaining() + " bytes there are");
    }

    /** Exactly as many bytes as {@link #seal} would write now. */
    public long sealedBytes() {
        return WriteSetHeader.SIZE
                + sets.serialBytes(keys.recordBytes(), keys.count())
                + sets.serialBytes(data.bytes(), count(data))
                + sets.serialBytes(unordered.bytes(), count(unordered))
                + sets.serialBytes(annotation.bytes(), count(annotation));
    }

    /**
     * Makes sure that the write set is not larger than allowed, by Galera's reckoning (docs/spec/writeset-certification.md 7.3), and that it fits a
     * buffer at all.
     *
     * @param maxBytes {@code repl.max_ws_size}
     */
    public void checkSize(int maxBytes) throws WriteSetTooLargeException {
        int overhead = format.recordSetVersion() == 1 ? 39 : 40;
        long size = WriteSetHeader.SIZE
                + (long) overhead * (annotation.isPresent() ? FIXED_SETS + 1 : FIXED_SETS)
                + keys.recordBytes()
                + data.bytes()
                + unordered.bytes()
                + annotation.bytes();
        if (size > maxBytes) {
            throw new WriteSetTooLargeException(size, maxBytes);
        }
        if (sealedBytes() > Integer.MAX_VALUE) {
            throw new WriteSetTooLargeException(sealedBytes(), Integer.MAX_VALUE);
        }
    }

    /**
     * Writes the write set at an absolute position, without the sender's stamp. The builder stays as it is.
     *
     * @param flags {@link WriteSetFlags} that go on the wire
     * @return bytes written, equal to {@link #sealedBytes}
     * @throws IndexOutOfBoundsException if there is too little room
     */
    public int seal(ByteBuffer out, int at, int flags, Uuid source, long connectionId, long transactionId) {
        Objects.checkFromIndexSize((long) at, sealedBytes(), (long) out.limit());
        int bits = keys.count() == 0 ? 0 : format.keyFormat().ordinal() << WriteSetHeader.SETS_KEY_FORMAT_SHIFT;
        bits |= count(data) << WriteSetHeader.SETS_DATA_VERSION_SHIFT;
        bits |= count(unordered) == 0 ? 0 : WriteSetHeader.SETS_UNORDERED;
        bits |= annotation.isPresent() ? WriteSetHeader.SETS_ANNOTATION : 0;
        WriteSetHeader.write(
                out,
                at,
                format.writeSetVersion(),
                bits,
                flags & (TransactionFlags.MASK | WriteSetFlags.PREORDERED),
                source,
                connectionId,
                transactionId);
        int next = at + WriteSetHeader.SIZE;
        if (keys.count() > 0) {
            keys.copyTo(out, next + sets.recordsOffset(keys.recordBytes(), keys.count()));
            next = sets.seal(out, next, (int) keys.recordBytes(), keys.count());
        }
        next = seal(out, next, data);
        next = seal(out, next, unordered);
        next = seal(out, next, annotation);
        return next - at;
    }

    private int seal(ByteBuffer out, int at, Payload payload) {
        if (count(payload) == 0) {
            return at;
        }
        payload.copyTo(out, at + sets.recordsOffset(payload.bytes(), 1));
        return sets.seal(out, at, (int) payload.bytes(), 1);
    }

    /** Puts the sender's stamp on a write set sealed at this position (docs/spec/writeset-certification.md 4.4). */
    public void stampForSending(ByteBuffer memory, int at, long lastSeen, long range, long timestampNanos) {
        WriteSetHeader.stampForSending(memory, at, lastSeen, range, timestampNanos, hash);
    }

    /** Every kind of data is one record, however often it was appended; none if there are no bytes. */
    private static int count(Payload payload) {
        return payload.bytes() > 0 ? 1 : 0;
    }
}
