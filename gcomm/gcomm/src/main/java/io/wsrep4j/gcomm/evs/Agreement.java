package io.wsrep4j.gcomm.evs;

import io.wsrep4j.gcomm.evs.Timers.Timer;

/**
 * Says what this node knows as long as the nodes do not agree, soon enough for the others and not too often, and proposes the view when they do
 * (docs/spec/gcomm-evs.md 11.4 and 12).
 */
final class Agreement {

    /** Shortest time between two JOINs sent in answer to JOINs, nanoseconds. */
    static final long JOIN_INTERVAL = 100_000_000L;

    private final Environment env;
    private final CurrentView current;
    private final Round round;
    private final Timers timers;
    private final Consensus consensus;
    private final Announcer announcer;
    private final Transitions transitions;

    Agreement(
            Environment env,
            CurrentView current,
            Round round,
            Timers timers,
            Consensus consensus,
            Announcer announcer,
            Transitions transitions) {
        this.env = env;
        this.current = current;
        this.round = round;
        this.timers = timers;
        this.consensus = consensus;
        this.announcer = announcer;
        this.transitions = transitions;
    }

    /** In GATHER, and no view is proposed yet. */
    boolean isOpen() {
        return transitions.is(EvsStateName.GATHER) && round.install == null;
    }

    /** All say the same, and nobody has proposed a view yet. */
    boolean isReached() {
        return isOpen() && consensus.isReached();
    }

    /** After a JOIN: tells what has changed, but not too often. */
    void answer() {
        if (!transitions.is(EvsStateName.GATHER) || !announcer.isJoinOutdated()) {
            return;
        }
        announcer.buildJoin();
        if (consensus.isReached()) {
            return;
        }
        long wait = round.lastJoinSentAt + JOIN_INTERVAL - env.now();
        if (wait <= 0) {
            announcer.joinToOthers();
        } else {
            // the reference says nothing, and all wait for the next period of the timer
            timers.pull(Timer.RETRANS, env.now(), wait);
        }
    }

    /** True if it was this node's turn to propose the view, which it has done. */
    boolean proposeWhenReached() {
        boolean mine = isReached() && consensus.isRepresentative();
        if (mine) {
            announcer.install();
        }
        return mine;
    }

    /** After a message of data: when nothing more is to be expected and not all agree yet, says so. */
    void tellWhenSettled() {
        if (isOpen()
                && consensus.highestReachableSafeSeq() == current.map().aru()
                && !consensus.isReached()
                && (isJoinOld() || announcer.isJoinOutdated())) {
            announcer.join();
        }
    }

    /** After a check: the others need to know at once; the reference lets it travel with the next JOIN (docs/spec/gcomm-evs.md 19.13). */
    void tellSuspicion() {
        if (round.install == null && isJoinOld() && announcer.isJoinOutdated()) {
            announcer.join();
        }
    }

    /** A JOIN like the last one is worth sending only once in a while: each acknowledgement of a recovery would else bring one. */
    private boolean isJoinOld() {
        return env.now() - round.lastJoinSentAt >= JOIN_INTERVAL;
    }
}
