package io.wsrep4j.provider.transfer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The snapshot requests with a meaning of their own; every other one is the host's business (docs/spec/replicator-state-transfer.md 17.5). */
final class SnapshotRequests {

    private static final ByteBuffer TRIVIAL = text("trivial");
    private static final ByteBuffer NONE = text("none");

    private SnapshotRequests() {}

    /** "Become JOINED at once, without data." */
    static boolean isTrivial(ByteBuffer request) {
        return startsWith(request, TRIVIAL);
    }

    /** "No transfer." */
    static boolean isNone(ByteBuffer request) {
        return startsWith(request, NONE);
    }

    /** True if the request begins with the word and its NUL. */
    private static boolean startsWith(ByteBuffer request, ByteBuffer word) {
        return request.remaining() >= word.remaining()
                && request.slice(request.position(), word.remaining()).equals(word);
    }

    private static ByteBuffer text(String word) {
        return ByteBuffer.wrap((word + "\0").getBytes(StandardCharsets.US_ASCII))
                .asReadOnlyBuffer();
    }
}
