package io.wsrep4j.provider.transfer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The replicator's part of a state transfer request: what a donor is asked for (docs/spec/replicator-state-transfer.md 17.1 and 17.2). Immutable.
 */
sealed interface StateRequestBody {

    /** The host's request for a snapshot; empty when it cannot take one. */
    ByteBuffer snapshotRequest();

    /** True when the joiner declares itself complete and nothing is to be sent. */
    default boolean needsNoTransfer() {
        return SnapshotRequests.isTrivial(snapshotRequest()) || SnapshotRequests.isNone(snapshotRequest());
    }

    /** The bytes to send. */
    byte[] toBytes();

    /** Format 0: the host's request as it is. Arbitrators send this. */
    record Plain(ByteBuffer snapshotRequest) implements StateRequestBody {
        @Override
        public byte[] toBytes() {
            return bytesOf(snapshotRequest);
        }
    }

    /**
     * Format 1: a request for a snapshot and one for an incremental transfer.
     *
     * @param snapshotRequest of the host; empty when it cannot take a snapshot
     * @param istRequest text with its final NUL; empty when an incremental transfer is impossible
     */
    record Combined(ByteBuffer snapshotRequest, ByteBuffer istRequest) implements StateRequestBody {
        @Override
        public byte[] toBytes() {
            return ByteBuffer.allocate(
                            MAGIC.length + 2 * Integer.BYTES + snapshotRequest.remaining() + istRequest.remaining())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(MAGIC)
                    .putInt(snapshotRequest.remaining())
                    .put(snapshotRequest.duplicate())
                    .putInt(istRequest.remaining())
                    .put(istRequest.duplicate())
                    .array();
        }
    }

    /** What format 1 begins with. */
    byte[] MAGIC = "STRv1\0".getBytes(StandardCharsets.US_ASCII);

    /**
     * Reads a body; the parts are views of {@code bytes}.
     *
     * @throws MalformedStateRequestException if the lengths of format 1 do not add up
     */
    static StateRequestBody parse(ByteBuffer bytes) throws MalformedStateRequestException {
        ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        int total = in.remaining();
        if (!startsWithMagic(in)) {
            return new Plain(in);
        }
        int snapshot = length(in, MAGIC.length, total, "snapshot");
        int istAt = MAGIC.length + Integer.BYTES + snapshot;
        int ist = length(in, istAt, total, "IST");
        int end = istAt + Integer.BYTES + ist;
        if (end != total) {
            throw new MalformedStateRequestException("state request", total + " bytes", end + ", which its parts need");
        }
        return new Combined(in.slice(MAGIC.length + Integer.BYTES, snapshot), in.slice(istAt + Integer.BYTES, ist));
    }

    private static boolean startsWithMagic(ByteBuffer in) {
        if (in.remaining() < MAGIC.length) {
            return false;
        }
        byte[] start = new byte[MAGIC.length];
        in.get(0, start);
        return Arrays.equals(start, MAGIC);
    }

    private static int length(ByteBuffer in, int at, int total, String part) throws MalformedStateRequestException {
        if (total - at < Integer.BYTES) {
            throw new MalformedStateRequestException(
                    "length of the " + part + " part of a state request",
                    (total - at) + " bytes",
                    String.valueOf(Integer.BYTES));
        }
        int length = in.getInt(at);
        if (length < 0 || length > total - at - Integer.BYTES) {
            throw new MalformedStateRequestException(
                    part + " part of a state request of " + total + " bytes",
                    length + " bytes",
                    "0 to " + (total - at - Integer.BYTES));
        }
        return length;
    }

    private static byte[] bytesOf(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
