package io.wsrep4j.gcomm.gmcast;

/** States of one connection (docs/spec/gcomm-transport-pc.md 6.1). */
enum ConnectionState {
    /** Accepted; our HANDSHAKE is out. */
    HANDSHAKE_SENT,
    /** Dialled; the peer's HANDSHAKE is awaited. */
    HANDSHAKE_WAIT,
    /** Dialled; our HANDSHAKE_RESPONSE is out. */
    HANDSHAKE_RESPONSE_SENT,
    /** Established. */
    OK,
    /** Not a connection any more. */
    CLOSED
}
