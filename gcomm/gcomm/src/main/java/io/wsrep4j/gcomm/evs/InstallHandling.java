package io.wsrep4j.gcomm.evs;

/** Proposal, commitment and installation of a view (docs/spec/gcomm-evs.md 11.6 and 12.7). */
final class InstallHandling {

    private final Machine machine;
    private final CurrentView current;
    private final Round round;
    private final NodeTable nodes;

    InstallHandling(Machine machine) {
        this.machine = machine;
        this.current = machine.current();
        this.round = machine.round();
        this.nodes = machine.nodes();
    }

    /** In GATHER and INSTALL. */
    void handle(Node source, InstallMessage install) {
        if (!source.operational() || machine.past().contain(install) || !isFirstChoice(source, install)) {
            return;
        }
        boolean own = source == nodes.self();
        if (!own) {
            machine.joins().handle(source, asJoin(install));
        }
        if (!install.admits(machine.env().self) || round.install != null || !machine.is(EvsStateName.GATHER)) {
            return;
        }
        if (nodes.removeIf(node -> install.about(node.uuid) == null && !current.hasMember(node.uuid))) {
            machine.announcer().buildJoin();
        }
        if (machine.consensus().isConsistent(install)) {
            source.progressAt = machine.env().now();
            adopt(install);
        } else {
            machine.gatherAndJoin();
        }
    }

    /** False if another INSTALL stands against this one, or this one comes too late. */
    private boolean isFirstChoice(Node source, InstallMessage install) {
        InstallMessage stored = round.install;
        if (stored == null) {
            if (source.installed) {
                machine.gatherAndJoin();
                return false;
            }
            return true;
        }
        if (stored.source().equals(install.source())) {
            if (install.installView().seq() <= stored.installView().seq()) {
                return false;
            }
            machine.clearPhases();
            return true;
        }
        if (install.admits(machine.env().self)) {
            machine.gatherAndJoin();
        }
        return false;
    }

    private static JoinMessage asJoin(InstallMessage install) {
        ViewId view = install.about(install.source()).view();
        return new JoinMessage(0, install.version(), install.fifoSeq(), install.source(), view, install.knowledge());
    }

    private void adopt(InstallMessage install) {
        round.install = install;
        machine.debug(EvsLog.INSTALL, "accepting the proposal of view {}", install.installView());
        for (Node node : nodes.all()) {
            GapMessage early = node.earlyCommit;
            boolean committed = early != null
                    && early.sourceView().equals(install.installView())
                    && early.seq() == install.fifoSeq();
            if (committed || install.installView().equals(node.earlyInstall)) {
                node.committed = true;
            }
        }
        machine.sendCommitGap();
    }

    /** Every node that is to be a member, as far as it still goes along. */
    private boolean all(java.util.function.Predicate<Node> wanted) {
        for (Node node : nodes.all()) {
            if (node.operational() && round.install.about(node.uuid) != null && !wanted.test(node)) {
                return false;
            }
        }
        return true;
    }

    boolean allCommitted() {
        return all(node -> node.committed);
    }

    void proceedWhenAllCommitted() {
        if (machine.is(EvsStateName.GATHER) && round.install != null && allCommitted()) {
            machine.becomeInstalling();
            for (Node node : nodes.all()) {
                if (round.install.installView().equals(node.earlyInstall)) {
                    node.installed = true;
                }
            }
            machine.sendInstallGap();
        }
    }

    void proceedWhenAllInstalled() {
        if (machine.is(EvsStateName.INSTALL) && all(node -> node.installed)) {
            machine.becomeOperational();
        }
    }

    /** Others are in the proposed view already, so all must have committed and known it. */
    void installAsOthersDid() {
        for (Node node : nodes.all()) {
            if (node.operational() && round.install.about(node.uuid) != null) {
                node.committed = true;
            }
        }
        if (machine.is(EvsStateName.GATHER)) {
            machine.becomeInstalling();
        }
        for (Node node : nodes.all()) {
            if (node.operational() && round.install.about(node.uuid) != null) {
                node.installed = true;
            }
        }
        machine.becomeOperational();
    }
}
