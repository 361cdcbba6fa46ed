package io.wsrep4j.sst;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Gtid;

/** What goes over the connection; {@link SnapshotWire} has the bytes. Values, but a chunk owns its buffer. */
sealed interface SnapshotMessage {

    /** Joiner, first of all. */
    record Challenge(int version, byte[] nonce) implements SnapshotMessage {}

    /** Donor's answer. */
    record Hello(byte[] nonce, byte[] proof) implements SnapshotMessage {}

    /** Joiner: the donor is the one that it has waited for. */
    record Welcome(byte[] proof) implements SnapshotMessage {}

    /**
     * Donor: the snapshot begins.
     *
     * @param bypass no entries follow: only the position is needed
     * @param totalBytes what the entries will hold, as far as the donor's host knows; -1 if it does not
     */
    record Begin(boolean bypass, long totalBytes) implements SnapshotMessage {}

    /**
     * Donor: an entry begins.
     *
     * @param size in bytes; -1 if unknown
     */
    record Entry(String name, long size) implements SnapshotMessage {}

    /**
     * Donor: the entry's next bytes. Whoever takes it releases {@code data}.
     *
     * @param length of the content, in bytes
     * @param compressed true if {@code data} is one zstd frame, false if it is the content
     */
    record Chunk(int length, boolean compressed, ByteBuf data) implements SnapshotMessage {}

    /** Donor: the entry is whole. The checksum is CRC-32C of its content. */
    record EntryEnd(long bytes, int checksum) implements SnapshotMessage {}

    /** Donor: the snapshot is whole. */
    record End(Gtid position, long bytes, long entries) implements SnapshotMessage {}

    /** Joiner: the snapshot was whole and its host has taken it. */
    record Accepted() implements SnapshotMessage {}

    /** Either: it is over, and why. */
    record Failed(String reason) implements SnapshotMessage {}

    /** Either: still there. */
    record Alive() implements SnapshotMessage {}

    /** Gives back what the message owns. */
    default void release() {
        if (this instanceof Chunk chunk) {
            chunk.data().release();
        }
    }
}
