package io.wsrep4j.gcomm.evs;

import java.util.Map;

/** What one {@link EvsCore} does when a message comes or time has passed; each class is given only what it uses. */
record Reactions(States states, Admission admission, Liveness liveness, DelayedNodes delayed) {

    static Reactions of(Environment env, Parts p) {
        Commitment commitment = new Commitment(p.nodes(), p.round(), p.announcer(), p.transitions());
        Agreement agreement =
                new Agreement(env, p.current(), p.round(), p.timers(), p.consensus(), p.announcer(), p.transitions());
        States states = new States(p.transitions(), behaviour(env, p, commitment, agreement));
        DelayedNodes delayed = new DelayedNodes(
                env, p.nodes(), p.current(), p.evictions(), p.retransmission(), p.announcer(), p.transitions());
        Liveness liveness = new Liveness(
                env,
                p.nodes(),
                p.round(),
                p.outbox(),
                p.announcer(),
                p.consensus(),
                agreement,
                p.transitions(),
                delayed,
                states);
        return new Reactions(states, admission(env, p, states, delayed), liveness, delayed);
    }

    private static Map<EvsStateName, EvsState> behaviour(
            Environment env, Parts p, Commitment commitment, Agreement agreement) {
        CompanionReports reports = new CompanionReports(p.nodes(), p.current(), p.emitter());
        DataHandling data = data(env, p, commitment, agreement);
        JoinHandling joins = joins(env, p, commitment, agreement, reports);
        InstallHandling installs = new InstallHandling(
                env,
                p.nodes(),
                p.current(),
                p.round(),
                p.past(),
                p.consensus(),
                p.announcer(),
                p.transitions(),
                commitment,
                joins);
        LeaveHandling leaves = new LeaveHandling(env, p.current(), p.round(), p.past());
        return Map.of(
                EvsStateName.CLOSED,
                new Closed(),
                EvsStateName.JOINING,
                new Joining(env, p.announcer(), p.transitions(), joins),
                EvsStateName.GATHER,
                new Gathering(
                        env, p.round(), p.announcer(), p.transitions(), commitment, data, joins, installs, leaves),
                EvsStateName.INSTALL,
                new Installing(env, p.round(), p.announcer(), commitment, data, joins, installs, leaves),
                EvsStateName.OPERATIONAL,
                new Operational(env, p.transitions(), p.emitter(), data, joins, leaves),
                EvsStateName.LEAVING,
                new Leaving(
                        env,
                        p.nodes(),
                        p.current(),
                        p.delivery(),
                        p.retransmission(),
                        p.announcer(),
                        p.transitions(),
                        reports,
                        data,
                        leaves));
    }

    private static DataHandling data(Environment env, Parts p, Commitment commitment, Agreement agreement) {
        return new DataHandling(
                env,
                p.nodes(),
                p.current(),
                p.round(),
                p.past(),
                p.backlog(),
                p.delivery(),
                p.emitter(),
                p.retransmission(),
                p.announcer(),
                p.transitions(),
                commitment,
                agreement);
    }

    private static JoinHandling joins(
            Environment env, Parts p, Commitment commitment, Agreement agreement, CompanionReports reports) {
        return new JoinHandling(
                env,
                p.nodes(),
                p.current(),
                p.past(),
                p.retransmission(),
                new Reopening(env, p.current(), p.round(), p.consensus(), p.foreign(), p.transitions(), commitment),
                new Hearsay(p.nodes(), p.round(), p.evictions()),
                reports,
                new Disagreement(env, p.nodes(), p.current(), p.timers()),
                agreement);
    }

    private static Admission admission(Environment env, Parts p, States states, DelayedNodes delayed) {
        return new Admission(
                env,
                p.nodes(),
                p.current(),
                p.round(),
                p.evictions(),
                p.outbox(),
                p.transitions(),
                states,
                new ContentCheck(env, p.current()),
                new Strangers(env, p.nodes(), p.current(), p.round(), p.past(), p.announcer(), p.transitions(), states),
                new LeftBehind(env, p.nodes(), p.current(), p.round(), p.announcer(), p.transitions()),
                delayed);
    }
}
