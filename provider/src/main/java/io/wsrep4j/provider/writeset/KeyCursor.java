package io.wsrep4j.provider.writeset;

import io.wsrep4j.api.KeyType;
import java.nio.ByteBuffer;

/**
 * Walks over the key records of a write set in stored order, in place and without allocating (docs/spec/writeset-certification.md 6).
 *
 * <p>Reusable and not thread-safe. Use: {@link #wrap}, then {@link #next} until it says false; the accessors speak of the record it stands
 * on.
 */
public final class KeyCursor {

    static final int PREFIX_MASK = 3;
    static final int FORMAT_SHIFT = 2;
    static final int FORMAT_MASK = 7;
    /** Bits of the first eight bytes that do not belong to the digest. */
    static final int DIGEST_SHIFT = 5;

    private static final KeyType[] TYPES = KeyType.values();

    private ByteBuffer memory;
    private int version;
    private int at;
    private int left;
    private int next;

    private long first;
    private KeyFormat format;

    /** Stands before the first record of this write set. */
    public KeyCursor wrap(WriteSet writeSet) {
        return wrap(
                writeSet.memory(),
                writeSet.version(),
                writeSet.keySet().records(),
                writeSet.keySet().count());
    }

    private KeyCursor wrap(ByteBuffer newMemory, int newVersion, int records, int count) {
        memory = newMemory;
        version = newVersion;
        next = records;
        left = count;
        return this;
    }

    /** Forgets the memory. */
    public void release() {
        memory = null;
        left = 0;
    }

    /** Goes to the next record; false if there is none. */
    public boolean next() {
        if (left == 0) {
            return false;
        }
        left--;
        at = next;
        first = WriteSetHeader.getLong(memory, at);
        format = KeyFormat.ofValue((int) first >> FORMAT_SHIFT & FORMAT_MASK);
        next = at + format.hashBytes();
        if (format.annotated()) {
            next += WriteSetHeader.getShort(memory, next);
        }
        return true;
    }

    /** The 59 bits that all formats have in common. */
    public long hash() {
        return first >>> DIGEST_SHIFT;
    }

    /** True if the record has another 64 bits, {@link #wideHash}. */
    public boolean isWide() {
        return format.wide();
    }

    /** Bytes 8 to 15 of the digest; 0 unless {@link #isWide}. */
    public long wideHash() {
        return format.wide() ? WriteSetHeader.getLong(memory, at + Long.BYTES) : 0L;
    }

    /** Ordinal of the {@link KeyType}. */
    public int typeOrdinal() {
        return KeyPrefix.type(version, (int) first & PREFIX_MASK);
    }

    /** How the write set uses the key. */
    public KeyType type() {
        return TYPES[typeOrdinal()];
    }

    /** How the record is stored. */
    public KeyFormat format() {
        return format;
    }

    /** The record's bytes, as a window on the memory. */
    public ByteBuffer record() {
        return memory.slice(at, next - at);
    }

    /** For people: type, digest, and the parts in clear if the record has them. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(type().name()).append(' ').append(String.format("%015x", hash()));
        if (format.annotated()) {
            text.append(" (");
            int end = next;
            int part = at + format.hashBytes() + Short.BYTES;
            String separator = "";
            while (part < end && memory.get(part) != 0) {
                int length = memory.get(part++) & 0xFF;
                text.append(separator);
                for (int i = part; i < Math.min(part + length, end); i++) {
                    int character = memory.get(i) & 0xFF;
                    text.append(
                            character >= ' ' && character < 0x7F
                                    ? String.valueOf((char) character)
                                    : String.format("\\x%02x", character));
                }
                part += length;
                separator = ", ";
            }
            text.append(')');
        }
        return text.toString();
    }

    /**
     * Checks that {@code count} records fill exactly the given bytes and that each is readable in this version.
     *
     * @return -1, or the position of the first record that is wrong; then {@link #complaint} tells why
     */
    int validate(ByteBuffer records, int newVersion, int from, int bytes, int count) {
        int end = from + bytes;
        int position = from;
        for (int i = 0; i < count; i++) {
            complaint = null;
            int length = recordLength(records, newVersion, position, end);
            if (complaint != null) {
                return position;
            }
            position += length;
        }
        if (position != end) {
            refuse((end - position) + " bytes left after the last key", "none");
            return position;
        }
        return -1;
    }

    private String complaint;
    private String allowed;

    /** Why {@link #validate} refused. */
    String complaint() {
        return complaint;
    }

    /** What {@link #validate} would not have refused. */
    String allowed() {
        return allowed;
    }

    private int refuse(String given, String allowedThere) {
        complaint = given;
        allowed = allowedThere;
        return 0;
    }

    private int recordLength(ByteBuffer records, int newVersion, int position, int end) {
        if (end - position < Long.BYTES) {
            return refuse("key record truncated to " + (end - position) + " bytes", "at least " + Long.BYTES);
        }
        int head = records.get(position);
        KeyFormat recordFormat = KeyFormat.ofValue(head >> FORMAT_SHIFT & FORMAT_MASK);
        if (recordFormat == null || recordFormat == KeyFormat.EMPTY) {
            return refuse("key format " + (head >> FORMAT_SHIFT & FORMAT_MASK), "1 to 4");
        }
        if (KeyPrefix.type(newVersion, head & PREFIX_MASK) == KeyPrefix.UNDEFINED) {
            return refuse("key prefix " + (head & PREFIX_MASK), "those of write set version " + newVersion);
        }
        int length = recordFormat.hashBytes();
        if (recordFormat.annotated()) {
            if (end - position < length + Short.BYTES) {
                return refuse(
                        "key record truncated to " + (end - position) + " bytes", "at least " + (length + Short.BYTES));
            }
            int annotation = WriteSetHeader.getShort(records, position + length);
            if (annotation < Short.BYTES) {
                return refuse("key annotation length " + annotation, "at least " + Short.BYTES);
            }
            length += annotation;
        }
        if (length > end - position) {
            return refuse("key record of " + length + " bytes", "at most the " + (end - position) + " there are");
        }
        return length;
    }
}
