package io.wsrep4j.gcomm.gmcast;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.transport.NodeAddress;
import io.wsrep4j.gcomm.transport.TransportEffects;
import java.util.Map;
import java.util.TreeMap;

/** What the messages of GMCast itself do: handshakes, signs of life and node lists (docs/spec/gcomm-transport-pc.md 5). */
final class ControlMessages {

    private final Handshaking handshaking;
    private final Mesh mesh;
    private final Dialling dialling;
    private final Liveness liveness;
    private final GmcastEncoder encoder;
    private final TransportEffects effects;

    ControlMessages(
            Handshaking handshaking,
            Mesh mesh,
            Dialling dialling,
            Liveness liveness,
            GmcastEncoder encoder,
            TransportEffects effects) {
        this.handshaking = handshaking;
        this.mesh = mesh;
        this.dialling = dialling;
        this.liveness = liveness;
        this.encoder = encoder;
        this.effects = effects;
    }

    /**
     * Handles any message but those of the user.
     *
     * @return why this node must end, or null
     */
    GmcastFailure handle(Connection from, GmcastMessage message, long nowNanos) throws MalformedMessageException {
        GmcastFailure failure = null;
        if (message instanceof GmcastMessage.Handshake handshake) {
            failure = handshaking.onHandshake(from, handshake, nowNanos);
        } else if (message instanceof GmcastMessage.HandshakeResponse response) {
            handshaking.onResponse(from, response, nowNanos);
        } else if (message instanceof GmcastMessage.Ok) {
            handshaking.onOk(from, nowNanos);
        } else if (message instanceof GmcastMessage.Fail refusal) {
            failure = handshaking.onFail(from, refusal.error(), nowNanos);
        } else if (message instanceof GmcastMessage.Keepalive) {
            answer(from);
        } else if (message instanceof GmcastMessage.TopologyChange change) {
            failure = onTopology(from, change, nowNanos);
        }
        return failure;
    }

    private void answer(Connection from) {
        ByteBuf ok = encoder.ok();
        try {
            // when too much is queued the peer hears enough of us
            effects.send(from.id, ok);
        } finally {
            ok.release();
        }
    }

    private GmcastFailure onTopology(Connection from, GmcastMessage.TopologyChange change, long nowNanos)
            throws MalformedMessageException {
        Map<Uuid, NodeAddress> links = new TreeMap<>();
        for (GmcastMessage.Link link : change.links()) {
            if (link.node().isUndefined()) {
                throw new MalformedMessageException("node list", "the nil UUID", "any other");
            }
            try {
                links.put(link.node(), NodeAddress.parseNumeric(link.address()));
            } catch (IllegalArgumentException e) {
                throw new MalformedMessageException("node list", "a bad address, " + e.getMessage(), "numeric ones");
            }
        }
        boolean changed = !links.equals(from.links);
        from.links = links;
        if (!changed || !from.isEstablished()) {
            return null;
        }
        mesh.update(nowNanos);
        liveness.check(nowNanos);
        return dialling.dial(nowNanos);
    }
}
