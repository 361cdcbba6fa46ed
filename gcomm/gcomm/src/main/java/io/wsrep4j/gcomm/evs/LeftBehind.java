package io.wsrep4j.gcomm.evs;

import io.wsrep4j.gcomm.log.LineKind;

/**
 * Notices that others have gone on to a view without this node, whose JOIN some of them had heard too late. They then count the view that it
 * comes from among those that are over (docs/spec/gcomm-evs.md 10.3) and hear it again only when it comes from another: instead of waiting for
 * them until they count as silent, a node that is alone in its view goes on without them, and so has that other view.
 */
final class LeftBehind {

    private static final LineKind LEFT_BEHIND = LineKind.ofPeer("nodes that went on");

    private final Machine machine;

    LeftBehind(Machine machine) {
        this.machine = machine;
    }

    /** A message of data came from a view that this node is not in, nor has been asked to be in. */
    void notice(Node source, EvsMessage message) {
        ViewId view = message.sourceView();
        if (!machine.is(EvsStateName.GATHER)
                || machine.round().install != null
                || message instanceof GapMessage gap && gap.has(EvsMessage.COMMIT)
                || view.type() != ViewType.REG
                || !source.operational()
                || source.isMember()
                || source.join == null
                || machine.current().memberCount() > 1
                || view.seq() <= source.join.sourceView().seq()) {
            return;
        }
        machine.env()
                .log
                .info(
                        LEFT_BEHIND,
                        source.uuid,
                        "node {} has gone on to view {} without this one, which begins anew",
                        source,
                        view);
        // forgotten and not given up: others would take over who is given up by a node that they go along with
        machine.nodes().removeIf(node -> true);
        machine.sendJoin();
    }
}
