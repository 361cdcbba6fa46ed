package io.wsrep4j.api;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A certification key: one or more parts, outermost first, such as database, table, row (docs/spec/wsrep-api-v26.md 5.1 and appendix A).
 *
 * <p>The buffers are read between position and limit, without moving either; they need to stay unchanged only during the call they are
 * given to.
 *
 * @param parts at least one
 */
public record Key(List<ByteBuffer> parts) {

    public Key {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a key needs at least one part");
        }
    }

    /** A key whose parts are the UTF-8 bytes of these texts. */
    public static Key of(String... parts) {
        ByteBuffer[] buffers = new ByteBuffer[parts.length];
        for (int i = 0; i < parts.length; i++) {
            buffers[i] =
                    ByteBuffer.wrap(parts[i].getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();
        }
        return new Key(List.of(buffers));
    }
}
