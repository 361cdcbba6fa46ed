package io.wsrep4j.gcomm.evs;

/** What nodes that this one does not know may bring about (docs/spec/gcomm-evs.md 10.2). */
final class Strangers {

    private final Environment env;
    private final NodeTable nodes;
    private final CurrentView current;
    private final Round round;
    private final PastViews past;
    private final Announcer announcer;
    private final Transitions transitions;
    private final States states;

    Strangers(
            Environment env,
            NodeTable nodes,
            CurrentView current,
            Round round,
            PastViews past,
            Announcer announcer,
            Transitions transitions,
            States states) {
        this.env = env;
        this.nodes = nodes;
        this.current = current;
        this.round = round;
        this.past = past;
        this.announcer = announcer;
        this.transitions = transitions;
        this.states = states;
    }

    void hear(EvsMessage message) {
        if (transitions.is(EvsStateName.LEAVING)) {
            hearGoodbye(message);
        } else {
            meet(message);
        }
    }

    /** The next view may be proposed by somebody who joins in it, and whom a node that leaves has never met. */
    private void hearGoodbye(EvsMessage message) {
        if (message instanceof InstallMessage install) {
            NodeEntry self = install.about(env.self);
            if (self != null && self.leaving() && self.view().equals(current.id())) {
                transitions.becomeClosed();
            }
        }
    }

    /** A message of a node that is not known (docs/spec/gcomm-evs.md 10.2). */
    private void meet(EvsMessage message) {
        if (message instanceof LeaveMessage
                || nodes.isFull()
                || round.install != null
                || message.sourceView().equals(current.id())
                || past.contain(message)
                || nodes.knowsOtherIncarnation(message.source())
                || !states.current().welcomes(message)) {
            return;
        }
        env.debug(EvsLog.FOREIGN, "meeting node {}", message.source());
        Node node = nodes.add(message.source());
        transitions.gather();
        transitions.armInstall();
        if (message instanceof JoinMessage join) {
            node.join = join;
        }
        announcer.join();
    }
}
