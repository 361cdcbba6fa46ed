package io.wsrep4j.gcomm.evs;

/** What an INSTALL does in GATHER and INSTALL (docs/spec/gcomm-evs.md 11.6). */
final class InstallHandling {

    private final Environment env;
    private final NodeTable nodes;
    private final CurrentView current;
    private final Round round;
    private final PastViews past;
    private final Consensus consensus;
    private final Announcer announcer;
    private final Transitions transitions;
    private final Commitment commitment;
    private final JoinHandling joins;

    InstallHandling(
            Environment env,
            NodeTable nodes,
            CurrentView current,
            Round round,
            PastViews past,
            Consensus consensus,
            Announcer announcer,
            Transitions transitions,
            Commitment commitment,
            JoinHandling joins) {
        this.env = env;
        this.nodes = nodes;
        this.current = current;
        this.round = round;
        this.past = past;
        this.consensus = consensus;
        this.announcer = announcer;
        this.transitions = transitions;
        this.commitment = commitment;
        this.joins = joins;
    }

    void handle(Node source, InstallMessage install) {
        if (!source.operational() || past.contain(install) || !isFirstChoice(source, install)) {
            return;
        }
        // what it tells may show that it is this node's turn: then the own proposal, which is on its way, stands first
        if (source != nodes.self() && joins.handle(source, asJoin(install))) {
            return;
        }
        if (!install.admits(env.self) || round.install != null || !transitions.is(EvsStateName.GATHER)) {
            return;
        }
        if (nodes.removeIf(node -> install.about(node.uuid) == null && !current.hasMember(node.uuid))) {
            announcer.buildJoin();
        }
        if (consensus.isConsistent(install)) {
            source.progressAt = env.now();
            env.debug(EvsLog.INSTALL, "accepting the proposal of view {}", install.installView());
            commitment.adopt(install);
        } else {
            transitions.gatherAndJoin();
        }
    }

    /** False if another INSTALL stands against this one, or this one comes too late. */
    private boolean isFirstChoice(Node source, InstallMessage install) {
        InstallMessage stored = round.install;
        if (stored == null) {
            if (source.installed) {
                transitions.gatherAndJoin();
                return false;
            }
            return true;
        }
        if (stored.source().equals(install.source())) {
            if (install.installView().seq() <= stored.installView().seq()) {
                return false;
            }
            round.forgetInstall(nodes, current.id());
            return true;
        }
        if (install.admits(env.self)) {
            transitions.gatherAndJoin();
        }
        return false;
    }

    private static JoinMessage asJoin(InstallMessage install) {
        ViewId view = install.about(install.source()).view();
        return new JoinMessage(0, install.version(), install.fifoSeq(), install.source(), view, install.knowledge());
    }
}
