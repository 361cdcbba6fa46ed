package io.wsrep4j.gcomm.evs;

import java.util.function.Predicate;

/** Who has accepted the stored INSTALL, who knows that all have, and what follows (docs/spec/gcomm-evs.md 12.7). */
final class Commitment {

    private final NodeTable nodes;
    private final Round round;
    private final Announcer announcer;
    private final Transitions transitions;

    Commitment(NodeTable nodes, Round round, Announcer announcer, Transitions transitions) {
        this.nodes = nodes;
        this.round = round;
        this.announcer = announcer;
        this.transitions = transitions;
    }

    /** Accepts an INSTALL. */
    void adopt(InstallMessage install) {
        round.install = install;
        for (Node node : nodes.all()) {
            GapMessage early = node.earlyCommit;
            boolean committed = early != null
                    && early.sourceView().equals(install.installView())
                    && early.seq() == install.fifoSeq();
            if (committed || install.installView().equals(node.earlyInstall)) {
                node.committed = true;
            }
        }
        announcer.commitGap();
    }

    /** Every node that is to be a member, as far as it still goes along. */
    private boolean all(Predicate<Node> wanted) {
        for (Node node : nodes.all()) {
            if (goesAlong(node) && !wanted.test(node)) {
                return false;
            }
        }
        return true;
    }

    private boolean goesAlong(Node node) {
        return node.operational() && round.install.about(node.uuid) != null;
    }

    boolean allCommitted() {
        return all(node -> node.committed);
    }

    void proceedWhenAllCommitted() {
        if (transitions.is(EvsStateName.GATHER) && round.install != null && allCommitted()) {
            transitions.becomeInstalling();
            for (Node node : nodes.all()) {
                if (round.install.installView().equals(node.earlyInstall)) {
                    node.installed = true;
                }
            }
            announcer.installGap();
        }
    }

    void proceedWhenAllInstalled() {
        if (transitions.is(EvsStateName.INSTALL) && all(node -> node.installed)) {
            transitions.becomeOperational();
        }
    }

    /** Others are in the proposed view already, so all must have committed and known it. */
    void installAsOthersDid() {
        for (Node node : nodes.all()) {
            if (goesAlong(node)) {
                node.committed = true;
            }
        }
        if (transitions.is(EvsStateName.GATHER)) {
            transitions.becomeInstalling();
        }
        for (Node node : nodes.all()) {
            if (goesAlong(node)) {
                node.installed = true;
            }
        }
        transitions.becomeOperational();
    }
}
