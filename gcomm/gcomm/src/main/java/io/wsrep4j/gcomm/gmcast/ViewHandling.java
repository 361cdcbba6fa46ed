package io.wsrep4j.gcomm.gmcast;

import io.wsrep4j.api.Uuid;
import java.util.Collection;

/** What the views of the layers above mean for connections and addresses (docs/spec/gcomm-transport-pc.md 7.6). */
final class ViewHandling {

    private final Uuid nodeId;
    private final long timeWaitNanos;
    private final Mesh mesh;
    private final Handshaking handshaking;
    private final Liveness liveness;

    ViewHandling(Uuid nodeId, long timeWaitNanos, Mesh mesh, Handshaking handshaking, Liveness liveness) {
        this.nodeId = nodeId;
        this.timeWaitNanos = timeWaitNanos;
        this.mesh = mesh;
        this.handshaking = handshaking;
        this.liveness = liveness;
    }

    void onRegular(Collection<Uuid> members, Collection<Uuid> left, long nowNanos) {
        mesh.stable(members);
        for (Uuid node : left) {
            if (!node.equals(nodeId)) {
                mesh.forget(node, timeWaitNanos, nowNanos);
            }
        }
        liveness.check(nowNanos);
    }

    void onPrimary(Collection<Uuid> members, long nowNanos) {
        handshaking.primaryReached();
        mesh.forgetOthers(members, timeWaitNanos / 2, nowNanos);
        mesh.stable(members);
        mesh.dropPending(nowNanos);
        liveness.check(nowNanos);
    }

    void onNonPrimary(long nowNanos) {
        liveness.check(nowNanos);
    }
}
