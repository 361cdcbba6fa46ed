package io.wsrep4j.gcomm.evs;

import static io.wsrep4j.gcomm.evs.EvsStateName.CLOSED;
import static io.wsrep4j.gcomm.evs.EvsStateName.GATHER;
import static io.wsrep4j.gcomm.evs.EvsStateName.INSTALL;
import static io.wsrep4j.gcomm.evs.EvsStateName.JOINING;
import static io.wsrep4j.gcomm.evs.EvsStateName.LEAVING;
import static io.wsrep4j.gcomm.evs.EvsStateName.OPERATIONAL;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.Timers.Timer;
import io.wsrep4j.gcomm.log.LineKind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The state that this node is in, where it may go from there, and what happens then (docs/spec/gcomm-evs.md 9). */
final class Transitions {

    private static final LineKind STATE = LineKind.ofNode("changes of state");

    /** To CLOSED there is a way from everywhere besides: {@link #abandon}. */
    private static final Map<EvsStateName, Set<EvsStateName>> WAYS = Map.of(
            CLOSED, Set.of(JOINING),
            JOINING, Set.of(LEAVING, GATHER),
            GATHER, Set.of(LEAVING, GATHER, INSTALL),
            INSTALL, Set.of(GATHER, OPERATIONAL),
            OPERATIONAL, Set.of(LEAVING, GATHER),
            LEAVING, Set.of(CLOSED));

    private final Environment env;
    private final NodeTable nodes;
    private final CurrentView current;
    private final Round round;
    private final Timers timers;
    private final Statistics statistics;
    private final PastViews past;
    private final Delivery delivery;
    private final Emitter emitter;
    private final Announcer announcer;

    private EvsStateName state = CLOSED;
    private boolean over;
    private long operationalSince;

    Transitions(
            Environment env,
            NodeTable nodes,
            CurrentView current,
            Round round,
            Timers timers,
            Statistics statistics,
            PastViews past,
            Delivery delivery,
            Emitter emitter,
            Announcer announcer) {
        this.env = env;
        this.nodes = nodes;
        this.current = current;
        this.round = round;
        this.timers = timers;
        this.statistics = statistics;
        this.past = past;
        this.delivery = delivery;
        this.emitter = emitter;
        this.announcer = announcer;
    }

    EvsStateName state() {
        return state;
    }

    boolean is(EvsStateName name) {
        return state == name;
    }

    /** When the last regular view was installed, nanoseconds. */
    long operationalSince() {
        return operationalSince;
    }

    private void shift(EvsStateName next) {
        mustLeadTo(next);
        enter(next);
    }

    private void mustLeadTo(EvsStateName next) {
        if (!WAYS.get(state).contains(next)) {
            throw new IllegalStateException("no way from " + state + " to " + next);
        }
    }

    private void enter(EvsStateName next) {
        if (state != next) {
            if ((env.settings().infoLogMask() & EvsSettings.INFO_STATE) != 0) {
                env.log.info(STATE, null, "state {} -> {}", state, next);
            } else if ((env.settings().debugLogMask() & EvsLog.STATE) != 0) {
                env.log.debug(STATE, null, "state {} -> {}", state, next);
            }
        }
        state = next;
    }

    void becomeJoining() {
        if (over) {
            throw new IllegalStateException("this node has left; a new one with a new id must be made");
        }
        shift(JOINING);
        armRetrans();
        timers.arm(Timer.STATISTICS, env.now(), env.settings().statsReportPeriod());
    }

    /** To GATHER, without a word. */
    void gather() {
        EvsStateName from = state;
        round.forgetInstall(nodes, current.id());
        if (from == OPERATIONAL) {
            emitter.flushAll();
        }
        shift(GATHER);
        armInactivity();
        if (from == OPERATIONAL || from == JOINING) {
            armRetrans();
            armInstall();
        }
    }

    /** To GATHER, and the others are told. */
    void gatherAndJoin() {
        gather();
        announcer.joinToOthers();
    }

    private void armInactivity() {
        timers.armIfIdle(Timer.INACTIVITY, env.now(), env.settings().inactiveCheckPeriod());
    }

    void armInstall() {
        timers.arm(Timer.INSTALL, env.now(), round.installPeriod(env.settings()));
    }

    void armRetrans() {
        boolean inView = state == OPERATIONAL || state == LEAVING;
        EvsSettings settings = env.settings();
        timers.arm(Timer.RETRANS, env.now(), inView ? settings.keepalivePeriod() : settings.joinRetransPeriod());
    }

    void becomeInstalling() {
        shift(INSTALL);
        armInactivity();
        armRetrans();
    }

    /** Adopts the stored INSTALL, tells everybody, and leaves if that was wanted meanwhile (docs/spec/gcomm-evs.md 9.2). */
    void becomeOperational() {
        InstallMessage install = round.install;
        JoinMessage own = nodes.self().join;
        if (own == null || !Consensus.equal(install, install.knowledge(), own, own.knowledge())) {
            // what this node knows has changed since it committed: it must not deliver under the proposal
            gatherAndJoin();
            return;
        }
        EvsView ending = current.view();
        EvsView next = Delivery.regular(ending, install);
        delivery.deliver();
        mustLeadTo(OPERATIONAL);
        delivery.deliverTransitional(
                Delivery.transitional(ending, install), install.knowledge().nodes());
        past.add(round.viewsLeftFor(next.members()));
        current.install(next);
        nodes.index(next.members());
        nodes.forgetForeignLeaves(next.id());
        enter(OPERATIONAL);
        operationalSince = env.now();
        statistics.reset();
        env.transport.stableView(next);
        delivery.deliverView(next);
        nodes.removeIf(node -> !install.admits(node.uuid));
        forgetRound();
        timers.cancel(Timer.INSTALL);
        armInactivity();
        armRetrans();
        announcer.acknowledgement();
        emitter.proceed();
        delivery.deliver();
        if (round.closePending) {
            leave();
        }
    }

    private void forgetRound() {
        for (Node node : nodes.all()) {
            node.join = null;
            node.earlyCommit = null;
            node.earlyInstall = null;
        }
        round.finished();
    }

    /** To LEAVING: everything queued goes out, then the farewell. */
    void leave() {
        round.closePending = false;
        shift(LEAVING);
        emitter.flushAll();
        if (current.lastSent() == -1) {
            emitter.keepalive();
        }
        armInactivity();
        timers.cancel(Timer.INSTALL);
        armRetrans();
        announcer.leave();
    }

    void becomeClosed() {
        shift(CLOSED);
        end();
    }

    /** To CLOSED from anywhere, without a word to the others. */
    void abandon() {
        if (state == CLOSED) {
            return;
        }
        state = CLOSED;
        end();
    }

    private void end() {
        over = true;
        timers.cancelAll();
        TreeSet<Uuid> others = new TreeSet<>(current.view().members());
        others.remove(env.self);
        EvsView last = current.view();
        EvsView alone = new EvsView(
                last.version(),
                last.id().as(ViewType.TRANS),
                new TreeSet<>(List.of(env.self)),
                new TreeSet<>(),
                new TreeSet<>(),
                others);
        delivery.deliverTransitional(alone, null);
        delivery.deliverView(EvsView.of(0, ViewId.NIL, List.of()));
        nodes.removeIf(node -> true);
        current.end();
        emitter.clear();
        delivery.clear();
    }
}
