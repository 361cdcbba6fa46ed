package io.wsrep4j.gcomm.gmcast;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import io.wsrep4j.gcomm.transport.TransportEffects;

/** Messages of the layer above on their way down and up (docs/spec/gcomm-transport-pc.md 8.3 and 8.4). */
final class UserMessages {

    private static final LineKind EARLY = LineKind.ofPeer("user messages before OK");
    private static final LineKind BAD_DATAGRAM = LineKind.ofPeer("malformed datagrams");
    private static final LineKind FOREIGN_DATAGRAM = LineKind.ofPeer("datagrams of nobody in this segment");

    private final int segment;
    private final long earshotNanos;
    private final Uuid nodeId;
    private final Connections connections;
    private final Fanout fanout;
    private final Evictions evictions;
    private final GmcastEncoder encoder;
    private final TransportEffects effects;
    private final GmcastListener listener;
    private final LimitedLog log;

    UserMessages(
            int segment,
            long earshotNanos,
            Uuid nodeId,
            Connections connections,
            Fanout fanout,
            Evictions evictions,
            GmcastEncoder encoder,
            TransportEffects effects,
            GmcastListener listener,
            LimitedLog log) {
        this.segment = segment;
        this.earshotNanos = earshotNanos;
        this.nodeId = nodeId;
        this.connections = connections;
        this.fanout = fanout;
        this.evictions = evictions;
        this.encoder = encoder;
        this.effects = effects;
        this.listener = listener;
        this.log = log;
    }

    // ---- down

    void send(Uuid target, boolean datagram, ByteBuf message, long nowNanos) {
        if (message.readerIndex() >= Gmcast.HEADROOM && !message.isReadOnly()) {
            sendInPlace(target, datagram, message, nowNanos);
            return;
        }
        ByteBuf copy = encoder.withHeadroom(message);
        try {
            sendInPlace(target, datagram, copy, nowNanos);
        } finally {
            copy.release();
        }
    }

    private void sendInPlace(Uuid target, boolean datagram, ByteBuf message, long nowNanos) {
        int start = message.readerIndex();
        GmcastHeader.set(message, start - GmcastHeader.LENGTH, GmcastHeader.TYPE_USER, 0, segment, nodeId);
        message.readerIndex(start - GmcastHeader.LENGTH);
        try {
            Connection direct = target == null ? null : connections.establishedTo(target);
            if (direct != null && effects.send(direct.id, message)) {
                direct.userSentNanos = nowNanos;
            } else {
                fanout.broadcast(message, datagram && target == null, nowNanos);
            }
        } finally {
            message.readerIndex(start);
        }
    }

    // ---- up

    /**
     * A message on a connection.
     *
     * @return why the connection must be closed, or null
     */
    String onFrame(Connection from, GmcastMessage.User user, ByteBuf payload, long nowNanos) {
        if (from.state == ConnectionState.HANDSHAKE_RESPONSE_SENT) {
            // may have overtaken the OK in the peer's queues; the layer above repairs the loss
            log.debug(EARLY, from.peer, "user message before OK is ignored: {}", from);
            return null;
        }
        if (!from.isEstablished()) {
            return "it sent a user message before the handshake";
        }
        if (evictions.contains(user.source())) {
            return null;
        }
        if (speaksForAPeerInEarshot(from, user.source(), nowNanos)) {
            return null;
        }
        if (user.flags() != 0) {
            fanout.relay(payload, user.flags(), from);
        }
        boolean understood = deliver(user, payload, nowNanos);
        return understood || !user.source().equals(from.remoteId) ? null : "it sent a malformed message";
    }

    /**
     * True if a message comes by way of another although its source is in this segment, connected here, and was heard a moment ago: what it has to
     * say it says itself, and one member cannot put words into the mouth of another. In other segments relaying is the rule.
     */
    private boolean speaksForAPeerInEarshot(Connection from, Uuid source, long nowNanos) {
        if (source.equals(from.remoteId)) {
            return false;
        }
        Connection direct = connections.establishedTo(source);
        return direct != null
                && direct.remoteSegment == segment
                && from.remoteSegment == segment
                && nowNanos - direct.receivedNanos < earshotNanos;
    }

    /** A message by multicast; what is wrong with it costs nobody a connection. */
    void onDatagram(ByteBuf payload, long nowNanos) {
        GmcastMessage message;
        try {
            message = GmcastDecoder.decode(payload);
        } catch (MalformedMessageException e) {
            log.debug(BAD_DATAGRAM, null, "malformed datagram is ignored: {}", e.getMessage());
            return;
        }
        Connection peer = connections.establishedTo(message.source());
        if (message instanceof GmcastMessage.User user
                && user.flags() == 0
                && peer != null
                && peer.remoteSegment == segment
                && !evictions.contains(user.source())) {
            deliver(user, payload, nowNanos);
        } else {
            log.debug(
                    FOREIGN_DATAGRAM,
                    message.source(),
                    "datagram from {} is ignored: not a user message of a peer in this segment",
                    message.source());
        }
    }

    private boolean deliver(GmcastMessage.User user, ByteBuf payload, long nowNanos) {
        if (user.source().equals(nodeId)) {
            return true;
        }
        int start = payload.readerIndex();
        payload.skipBytes(user.payloadOffset());
        try {
            return listener.onMessage(user.source(), user.segment(), payload, nowNanos);
        } finally {
            payload.readerIndex(start);
        }
    }
}
