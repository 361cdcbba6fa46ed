package io.wsrep4j.gcomm.gmcast;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.gcomm.transport.TransportEffects;

/** Finds the silent connections, keeps the idle ones alive, and chooses who relays (docs/spec/gcomm-transport-pc.md 8.2 and 9). */
final class Liveness {

    private final long peerTimeoutNanos;
    private final Connections connections;
    private final Mesh mesh;
    private final Fanout fanout;
    private final GmcastEncoder encoder;
    private final TransportEffects effects;

    Liveness(
            long peerTimeoutNanos,
            Connections connections,
            Mesh mesh,
            Fanout fanout,
            GmcastEncoder encoder,
            TransportEffects effects) {
        this.peerTimeoutNanos = peerTimeoutNanos;
        this.connections = connections;
        this.mesh = mesh;
        this.fanout = fanout;
        this.encoder = encoder;
        this.effects = effects;
    }

    void check(long nowNanos) {
        boolean lostOne = false;
        for (Connection connection : connections.snapshot()) {
            // a handshake has one time-out as a whole: what a slow peer sends meanwhile does not lengthen it
            long since = connection.isEstablished() ? connection.receivedNanos : connection.handshakeSinceNanos;
            if (nowNanos - since > peerTimeoutNanos) {
                String what = connection.isEstablished() ? "nothing was received" : "the handshake was not finished";
                mesh.giveUp(connection, what + " for gmcast.peer_timeout", nowNanos);
                lostOne = true;
            } else if (connection.isEstablished() && isIdle(connection, nowNanos)) {
                keepalive(connection);
            }
        }
        if (lostOne) {
            mesh.update(nowNanos);
        }
        fanout.setRelays(fanout.cover(mesh.nonlive()));
    }

    private boolean isIdle(Connection connection, long nowNanos) {
        return nowNanos - connection.receivedNanos > peerTimeoutNanos / 3 * 2
                || nowNanos - connection.userSentNanos > peerTimeoutNanos / 3;
    }

    private void keepalive(Connection connection) {
        ByteBuf message = encoder.keepalive();
        try {
            // when too much is queued the peer hears enough of us
            effects.send(connection.id, message);
        } finally {
            message.release();
        }
    }

    /** This process did not run for a while: what the peers sent meanwhile is not read yet, so they are not silent. */
    void stalled(long nanos) {
        for (Connection connection : connections.inPlace()) {
            connection.receivedNanos += nanos;
            connection.handshakeSinceNanos += nanos;
        }
    }
}
