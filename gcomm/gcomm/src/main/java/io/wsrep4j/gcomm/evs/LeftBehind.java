package io.wsrep4j.gcomm.evs;

import io.wsrep4j.gcomm.log.LineKind;

/**
 * Notices that others have gone on to a view without this node, whose JOIN some of them had heard too late. They then count the view that it
 * comes from among those that are over (docs/spec/gcomm-evs.md 10.3) and hear it again only when it comes from another: instead of waiting for
 * them until they count as silent, a node that is alone in its view goes on without them, and so has that other view.
 */
final class LeftBehind {

    private static final LineKind LEFT_BEHIND = LineKind.ofPeer("nodes that went on");

    private final Environment env;
    private final NodeTable nodes;
    private final CurrentView current;
    private final Round round;
    private final Announcer announcer;
    private final Transitions transitions;

    LeftBehind(
            Environment env,
            NodeTable nodes,
            CurrentView current,
            Round round,
            Announcer announcer,
            Transitions transitions) {
        this.env = env;
        this.nodes = nodes;
        this.current = current;
        this.round = round;
        this.announcer = announcer;
        this.transitions = transitions;
    }

    /** A message of data came from a view that this node is not in, nor has been asked to be in. */
    void notice(Node source, EvsMessage message) {
        ViewId view = message.sourceView();
        if (!transitions.is(EvsStateName.GATHER)
                || round.install != null
                || message instanceof GapMessage gap && gap.has(EvsMessage.COMMIT)
                || view.type() != ViewType.REG
                || !source.operational()
                || source.isMember()
                || source.join == null
                || current.memberCount() > 1
                || view.seq() <= source.join.sourceView().seq()) {
            return;
        }
        env.log.info(
                LEFT_BEHIND,
                source.uuid,
                "node {} has gone on to view {} without this one, which begins anew",
                source,
                view);
        // forgotten and not given up: others would take over who is given up by a node that they go along with
        nodes.removeIf(node -> true);
        announcer.join();
    }
}
