package io.wsrep4j.ist;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Errno;

/**
 * Writes and reads message headers of one protocol version (docs/spec/replicator-state-transfer.md 20.1 and 20.2). Stateless.
 */
sealed interface IstWire permits ChecksummedWire, PlainWire {

    /** Lowest version that exists. */
    int LOWEST_VERSION = 4;
    /** First version with a header of 24 bytes. */
    int FIRST_CHECKSUMMED_VERSION = 10;
    /** Highest version that exists. */
    int HIGHEST_VERSION = 11;

    /** Longest payload that is accepted, in bytes: a write set's own limit. */
    long LONGEST_PAYLOAD = Integer.MAX_VALUE;

    /**
     * The layout of a version, which is the group's replicator protocol.
     *
     * @throws IllegalArgumentException if there is no such version
     */
    static IstWire ofVersion(int version) {
        if (version < LOWEST_VERSION || version > HIGHEST_VERSION) {
            throw new IllegalArgumentException(
                    "no IST protocol version " + version + "; known: " + LOWEST_VERSION + " to " + HIGHEST_VERSION);
        }
        return version >= FIRST_CHECKSUMMED_VERSION ? new ChecksummedWire(version) : new PlainWire(version);
    }

    int version();

    /** Appends a header. */
    void write(IstMessage message, ByteBuf out);

    /**
     * Reads a header if all of it is there; otherwise leaves the buffer as it is and returns null.
     *
     * @throws IstException if it is no header of this version
     */
    IstMessage read(ByteBuf in) throws IstException;

    /** Refuses a message of another version. */
    default void checkVersion(ByteBuf in) throws IstException {
        int found = in.getUnsignedByte(in.readerIndex());
        if (found != version()) {
            throw new IstException(Errno.EPROTO, "invalid protocol version " + found + ", expected " + version());
        }
    }

    /** Refuses a payload where none belongs, none where one belongs, and one that no write set can have. */
    static void checkLength(IstMessageType type, long length) throws IstException {
        boolean carries = type == IstMessageType.WRITE_SET || type == IstMessageType.CONFIGURATION_CHANGE;
        if (carries ? length <= 0 : length != 0) {
            throw new IstException(Errno.EPROTO, "message " + type + " with " + length + " bytes of payload");
        }
        if (length > LONGEST_PAYLOAD) {
            throw new IstException(
                    Errno.EMSGSIZE,
                    "message " + type + " claims " + length + " bytes; at most " + LONGEST_PAYLOAD + " are allowed");
        }
    }
}
