package io.wsrep4j.gcomm.evs;

/** Whether a JOIN opens the agreement on a view, or opens it again when a view is proposed already (docs/spec/gcomm-evs.md 11.4). */
final class Reopening {

    private final Environment env;
    private final CurrentView current;
    private final Round round;
    private final Consensus consensus;
    private final ForeignViews foreign;
    private final Transitions transitions;
    private final Commitment commitment;

    Reopening(
            Environment env,
            CurrentView current,
            Round round,
            Consensus consensus,
            ForeignViews foreign,
            Transitions transitions,
            Commitment commitment) {
        this.env = env;
        this.current = current;
        this.round = round;
        this.consensus = consensus;
        this.foreign = foreign;
        this.transitions = transitions;
        this.commitment = commitment;
    }

    /** Gets into GATHER without an INSTALL, if this JOIN is a reason to; false if it is not to be handled. */
    boolean allows(Node source, JoinMessage join) {
        InstallMessage install = round.install;
        if (install == null) {
            if (!transitions.is(EvsStateName.GATHER)) {
                transitions.gather();
            }
            return true;
        }
        if (join.source().equals(install.source())) {
            if (join.sourceView().equals(install.installView()) && !creatorHasInstalled(source)) {
                return false;
            }
        } else if (consensus.isConsistent(install) && !isOverthrown(source, install, join)) {
            return false;
        }
        transitions.gather();
        return true;
    }

    /**
     * An own proposal that somebody who is to accept it cannot accept any more, because it has come to know something else since it agreed: better made
     * anew than waited for, but not at once again. The reference waits until the install timer gives that member up.
     */
    private boolean isOverthrown(Node source, InstallMessage install, JoinMessage join) {
        return install.source().equals(env.self)
                && transitions.is(EvsStateName.GATHER)
                && env.now() - round.proposedAt >= Agreement.JOIN_INTERVAL
                && (foreign.contradicts(install, join) || isRefused(source, install, join));
    }

    private boolean isRefused(Node source, InstallMessage install, JoinMessage join) {
        return join.sourceView().equals(current.id())
                && !source.committed
                && install.admits(source.uuid)
                && !Consensus.equal(install, install.knowledge(), join, join.knowledge());
    }

    private boolean creatorHasInstalled(Node creator) {
        creator.progressAt = env.now();
        if (transitions.is(EvsStateName.GATHER)) {
            return false;
        }
        commitment.installAsOthersDid();
        return transitions.is(EvsStateName.OPERATIONAL);
    }
}
