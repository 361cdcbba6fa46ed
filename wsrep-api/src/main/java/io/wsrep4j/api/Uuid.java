package io.wsrep4j.api;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A 16-byte identifier of a node, a group history or a transaction stream (docs/spec/wsrep-api-v26.md 3.1).
 *
 * <p>Immutable. The two halves hold the bytes in big-endian order, so that the natural order is the order of the bytes taken as unsigned,
 * which is the order in which Galera sorts members.
 *
 * @param mostSignificant bytes 0 to 7
 * @param leastSignificant bytes 8 to 15
 */
public record Uuid(long mostSignificant, long leastSignificant) implements Comparable<Uuid> {

    /** Length of the binary form, in bytes. */
    public static final int BYTES = 16;

    /** Length of the text form, in characters. */
    public static final int TEXT_LENGTH = 36;

    /** All zero: "undefined". */
    public static final Uuid UNDEFINED = new Uuid(0L, 0L);

    /** Reads 16 bytes at an absolute position of the buffer, whatever its byte order; the position does not move. */
    public static Uuid read(ByteBuffer buffer, int index) {
        long most = buffer.getLong(index);
        long least = buffer.getLong(index + Long.BYTES);
        if (buffer.order() == ByteOrder.LITTLE_ENDIAN) {
            most = Long.reverseBytes(most);
            least = Long.reverseBytes(least);
        }
        return most == 0L && least == 0L ? UNDEFINED : new Uuid(most, least);
    }

    /** Writes 16 bytes at an absolute position of the buffer, whatever its byte order; the position does not move. */
    public void write(ByteBuffer buffer, int index) {
        boolean little = buffer.order() == ByteOrder.LITTLE_ENDIAN;
        buffer.putLong(index, little ? Long.reverseBytes(mostSignificant) : mostSignificant);
        buffer.putLong(index + Long.BYTES, little ? Long.reverseBytes(leastSignificant) : leastSignificant);
    }

    /**
     * Reads the text form: 8-4-4-4-12 hexadecimal digits, either case.
     *
     * @throws IllegalArgumentException if the text is anything else; the message quotes it
     */
    public static Uuid parse(CharSequence text) {
        if (text.length() != TEXT_LENGTH) {
            throw notAUuid(text);
        }
        long most = 0;
        long least = 0;
        int digits = 0;
        for (int i = 0; i < TEXT_LENGTH; i++) {
            char c = text.charAt(i);
            if (i == 8 || i == 13 || i == 18 || i == 23) {
                if (c != '-') {
                    throw notAUuid(text);
                }
                continue;
            }
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw notAUuid(text);
            }
            if (digits++ < 16) {
                most = most << 4 | digit;
            } else {
                least = least << 4 | digit;
            }
        }
        return new Uuid(most, least);
    }

    private static IllegalArgumentException notAUuid(CharSequence text) {
        return new IllegalArgumentException(
                "not a UUID: '" + text + "'; expected 32 hexadecimal digits grouped 8-4-4-4-12");
    }

    /** True for the all-zero value. */
    public boolean isUndefined() {
        return mostSignificant == 0L && leastSignificant == 0L;
    }

    @Override
    public int compareTo(Uuid other) {
        int most = Long.compareUnsigned(mostSignificant, other.mostSignificant);
        return most != 0 ? most : Long.compareUnsigned(leastSignificant, other.leastSignificant);
    }

    /** Lower-case text form, 36 characters. */
    @Override
    public String toString() {
        return new java.util.UUID(mostSignificant, leastSignificant).toString();
    }
}
