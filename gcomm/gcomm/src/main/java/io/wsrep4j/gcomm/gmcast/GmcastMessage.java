package io.wsrep4j.gcomm.gmcast;

import io.wsrep4j.api.Uuid;
import java.util.List;

/** A decoded GMCast message (docs/spec/gcomm-transport-pc.md 5). */
sealed interface GmcastMessage {

    /** Who sent it, for a USER message who sent it first. */
    Uuid source();

    /** Segment of the source. */
    int segment();

    /** The acceptor's first word. */
    record Handshake(Uuid source, int segment, Uuid handshakeId) implements GmcastMessage {}

    /** The connector's answer. */
    record HandshakeResponse(Uuid source, int segment, Uuid handshakeId, String address, String group)
            implements GmcastMessage {}

    /** The handshake succeeded; later the answer to a KEEPALIVE. */
    record Ok(Uuid source, int segment) implements GmcastMessage {}

    /** The handshake failed. */
    record Fail(Uuid source, int segment, String error) implements GmcastMessage {}

    /** Whom the sender is connected to. */
    record TopologyChange(Uuid source, int segment, String group, List<Link> links) implements GmcastMessage {}

    /** Asks for a sign of life. */
    record Keepalive(Uuid source, int segment) implements GmcastMessage {}

    /**
     * Carries a message of the layer above.
     *
     * @param flags relay flags
     * @param payloadOffset where the carried message begins, from the GMCast message's first byte
     */
    record User(Uuid source, int segment, int flags, int payloadOffset) implements GmcastMessage {}

    /**
     * An entry of a node list.
     *
     * @param address as sent, unchecked
     */
    record Link(Uuid node, String address) {}
}
