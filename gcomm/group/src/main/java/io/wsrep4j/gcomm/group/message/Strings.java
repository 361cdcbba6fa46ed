package io.wsrep4j.gcomm.group.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Zero-terminated strings in messages. Read and written byte for byte (ISO 8859-1), so that a name in any encoding is passed on unchanged
 * and every member makes the same bytes from it.
 */
final class Strings {

    private Strings() {}

    /** Takes a string and its zero from the buffer. */
    static String take(ByteBuffer in, String what) throws MalformedMessageException {
        int start = in.position();
        for (int i = start; i < in.limit(); i++) {
            if (in.get(i) == 0) {
                byte[] bytes = new byte[i - start];
                in.get(start, bytes);
                in.position(i + 1);
                return new String(bytes, StandardCharsets.ISO_8859_1);
            }
        }
        throw new MalformedMessageException(what, in.remaining() + " bytes without a zero", "a zero behind the text");
    }

    /** The bytes without a zero; what follows a zero character is cut off, since no reader would see it. */
    static byte[] encode(String text) {
        int zero = text.indexOf('\0');
        return (zero < 0 ? text : text.substring(0, zero)).getBytes(StandardCharsets.ISO_8859_1);
    }
}
