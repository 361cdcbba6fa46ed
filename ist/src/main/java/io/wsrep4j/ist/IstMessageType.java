package io.wsrep4j.ist;

import io.wsrep4j.api.Errno;

/** Types of IST messages; the ordinal is the number on the wire (docs/spec/replicator-state-transfer.md 20.3). */
enum IstMessageType {
    /** Never sent. */
    NONE,
    /** Joiner to donor: the first message of a connection. */
    HANDSHAKE,
    /** Donor to joiner: the answer. */
    HANDSHAKE_RESPONSE,
    /** Either way: OK, end of the stream, or an error. */
    CONTROL,
    /** A write set, exactly as the donor has it cached. */
    WRITE_SET,
    /** A configuration change, exactly as the donor has it cached. */
    CONFIGURATION_CHANGE,
    /** A seqno without content. */
    SKIP;

    private static final IstMessageType[] BY_NUMBER = values();

    static IstMessageType ofNumber(int number) throws IstException {
        if (number <= 0 || number >= BY_NUMBER.length) {
            throw new IstException(Errno.EPROTO, "unexpected message type: " + number);
        }
        return BY_NUMBER[number];
    }
}
