package io.wsrep4j.sst;

import io.wsrep4j.api.Errno;

/** The kinds of frames, and how long their payloads may be, in bytes: nothing longer is ever waited for. */
enum FrameType {
    CHALLENGE(1, SnapshotWire.MAGIC.length + Integer.BYTES + Secret.NONCE_BYTES),
    HELLO(2, Secret.NONCE_BYTES + Secret.PROOF_BYTES),
    WELCOME(3, Secret.PROOF_BYTES),
    BEGIN(4, 1 + Long.BYTES),
    ENTRY(5, Long.BYTES + 1, Long.BYTES + EntryName.LONGEST_BYTES),
    CHUNK(6, SnapshotWire.CHUNK_HEADER + 1, SnapshotWire.CHUNK_HEADER + SnapshotWire.LARGEST_CHUNK),
    ENTRY_END(7, Long.BYTES + Integer.BYTES),
    END(8, 16 + 3 * Long.BYTES),
    ACCEPTED(9, 0),
    FAILED(10, 0, SnapshotWire.LONGEST_REASON),
    ALIVE(11, 0);

    final int code;
    final int shortest;
    final int longest;

    FrameType(int code, int length) {
        this(code, length, length);
    }

    FrameType(int code, int shortest, int longest) {
        this.code = code;
        this.shortest = shortest;
        this.longest = longest;
    }

    static FrameType of(int code) throws SnapshotException {
        for (FrameType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new SnapshotException(Errno.EPROTO, "a frame of unknown type " + Integer.toUnsignedString(code));
    }
}
