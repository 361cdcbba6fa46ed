package io.wsrep4j.gcomm.evs;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.MalformedMessageException.Kind;
import io.wsrep4j.gcomm.evs.Timers.Timer;
import io.wsrep4j.gcomm.log.LineKind;
import java.util.List;
import java.util.TreeSet;

/** The state machine: holds the parts together and goes from state to state (docs/spec/gcomm-evs.md 9). */
final class Machine {

    private static final LineKind DEBUG = LineKind.ofPeer("lines of evs.debug_log_mask");
    private static final LineKind GIVING_UP = LineKind.ofNode("nodes given up");
    private static final LineKind STATE = LineKind.ofNode("changes of state");

    private final Environment env;
    private final NodeTable nodes;
    private final CurrentView current;
    private final Round round = new Round();
    private final Timers timers = new Timers();
    private final Statistics statistics = new Statistics();
    private final Evictions evictions;
    private final PastViews past;
    private final Outbox outbox;
    private final Delivery delivery;
    private final Emitter emitter;
    private final Retransmission retransmission;
    private final ForeignViews foreign;
    private final Consensus consensus;
    private final Announcer announcer;
    private final Liveness liveness;
    private final LeftBehind leftBehind;
    private final DelayedNodes delayed;
    private final DataHandling data;
    private final JoinHandling joins;
    private final InstallHandling installs;
    private final LeaveHandling leaves;

    private EvsState state = new Closed();
    private boolean shifting;
    private boolean over;
    private long operationalSince;

    Machine(Environment env, EvsStart start) {
        this.env = env;
        nodes = new NodeTable(env.self);
        current = new CurrentView(start);
        evictions = new Evictions(env);
        past = new PastViews(env, current);
        if (start.restoredView() != null) {
            past.add(List.of(start.restoredView().as(ViewType.REG)));
        }
        outbox = new Outbox(env, statistics);
        delivery = new Delivery(env, current, statistics);
        emitter = new Emitter(env, current, outbox, delivery, statistics);
        retransmission = new Retransmission(env, nodes, current, outbox, statistics);
        foreign = new ForeignViews(nodes, current);
        consensus = new Consensus(nodes, current, foreign);
        KnowledgeSource knowledge = new KnowledgeSource(nodes, current, evictions);
        announcer = new Announcer(env, nodes, current, round, knowledge, foreign, outbox);
        liveness = new Liveness(this);
        leftBehind = new LeftBehind(this);
        delayed = new DelayedNodes(this);
        data = new DataHandling(this);
        joins = new JoinHandling(this);
        installs = new InstallHandling(this);
        leaves = new LeaveHandling(env, current, round, past);
    }

    Environment env() {
        return env;
    }

    NodeTable nodes() {
        return nodes;
    }

    CurrentView current() {
        return current;
    }

    Round round() {
        return round;
    }

    Timers timers() {
        return timers;
    }

    Statistics statistics() {
        return statistics;
    }

    Evictions evictions() {
        return evictions;
    }

    PastViews past() {
        return past;
    }

    Outbox outbox() {
        return outbox;
    }

    Delivery delivery() {
        return delivery;
    }

    Emitter emitter() {
        return emitter;
    }

    Retransmission retransmission() {
        return retransmission;
    }

    ForeignViews foreign() {
        return foreign;
    }

    Consensus consensus() {
        return consensus;
    }

    Announcer announcer() {
        return announcer;
    }

    Liveness liveness() {
        return liveness;
    }

    LeftBehind leftBehind() {
        return leftBehind;
    }

    DelayedNodes delayed() {
        return delayed;
    }

    DataHandling data() {
        return data;
    }

    JoinHandling joins() {
        return joins;
    }

    InstallHandling installs() {
        return installs;
    }

    LeaveHandling leaves() {
        return leaves;
    }

    EvsState state() {
        return state;
    }

    boolean is(EvsStateName name) {
        return state.name() == name;
    }

    long operationalSince() {
        return operationalSince;
    }

    void debug(int bit, String format, Object argument) {
        if ((env.settings().debugLogMask() & bit) != 0) {
            env.log.debug(DEBUG, null, format, argument);
        }
    }

    void malformed(Uuid source, Kind kind, String reason) {
        env.transport.malformed(source, kind + ": " + reason);
    }

    /** SET_INACTIVE of docs/spec/gcomm-evs.md 8: the node goes along no more. */
    void giveUp(Node node, String reason) {
        if (node == nodes.self()) {
            return;
        }
        if (node.operational()) {
            env.log.info(
                    GIVING_UP,
                    node.uuid,
                    "giving up node {} at {}: {}",
                    node,
                    env.transport.address(node.uuid),
                    reason);
        }
        node.giveUp();
    }

    // Sending to all, this node included.

    void sendJoin() {
        state.onJoin(nodes.self(), announcer.join());
    }

    void sendInstall() {
        InstallMessage install = announcer.install();
        debug(EvsLog.INSTALL, "proposing view {}", install.installView());
        state.onInstall(nodes.self(), install);
    }

    void sendCommitGap() {
        state.onGap(nodes.self(), announcer.commitGap());
    }

    void sendInstallGap() {
        state.onGap(nodes.self(), announcer.installGap());
    }

    void sendAcknowledgement() {
        state.onGap(nodes.self(), announcer.acknowledgement());
    }

    // Transitions.

    private void shift(EvsState next) {
        mustLeadTo(next.name());
        enter(next);
    }

    private void mustLeadTo(EvsStateName next) {
        if (!state.leadsTo(next)) {
            throw new IllegalStateException("no way from " + state.name() + " to " + next);
        }
        if (shifting) {
            throw new IllegalStateException("change to " + next + " inside another change of state");
        }
    }

    private void enter(EvsState next) {
        if (state.name() != next.name()) {
            if ((env.settings().infoLogMask() & EvsSettings.INFO_STATE) != 0) {
                env.log.info(STATE, null, "state {} -> {}", state.name(), next.name());
            } else if ((env.settings().debugLogMask() & EvsLog.STATE) != 0) {
                env.log.debug(STATE, null, "state {} -> {}", state.name(), next.name());
            }
        }
        state = next;
    }

    void becomeJoining() {
        if (over) {
            throw new IllegalStateException("this node has left; a new one with a new id must be made");
        }
        shift(new Joining(this));
        armRetrans();
        timers.arm(Timer.STATISTICS, env.now(), env.settings().statsReportPeriod());
    }

    /** To GATHER, without a word. */
    void gather() {
        EvsStateName from = state.name();
        clearPhases();
        if (from == EvsStateName.OPERATIONAL) {
            emitter.flushAll();
        }
        shift(new Gathering(this));
        timers.armIfIdle(Timer.INACTIVITY, env.now(), env.settings().inactiveCheckPeriod());
        if (from == EvsStateName.OPERATIONAL || from == EvsStateName.JOINING) {
            armRetrans();
            armInstall();
        }
    }

    /** To GATHER, and the others are told. */
    void gatherAndJoin() {
        gather();
        announcer.join();
    }

    /** Forgets the INSTALL and who has accepted it. */
    void clearPhases() {
        round.install = null;
        nodes.forgetForeignLeaves(current.id());
        for (Node node : nodes.all()) {
            node.committed = false;
            node.installed = false;
        }
    }

    void armInstall() {
        timers.arm(Timer.INSTALL, env.now(), liveness.installPeriod());
    }

    void armRetrans() {
        timers.arm(Timer.RETRANS, env.now(), state.retransPeriod(env.settings()));
    }

    void becomeInstalling() {
        shift(new Installing(this));
        timers.armIfIdle(Timer.INACTIVITY, env.now(), env.settings().inactiveCheckPeriod());
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
        mustLeadTo(EvsStateName.OPERATIONAL);
        shifting = true;
        try {
            delivery.deliverTransitional(
                    Delivery.transitional(ending, install), install.knowledge().nodes());
            past.add(round.viewsLeftFor(next.members()));
            current.install(next);
            nodes.index(next.members(), env.now());
            nodes.forgetForeignLeaves(next.id());
            enter(new Operational(this));
            operationalSince = env.now();
            statistics.reset();
            env.transport.stableView(next);
            delivery.deliverView(next);
            nodes.removeIf(node -> !install.admits(node.uuid));
            forgetRound();
        } finally {
            shifting = false;
        }
        timers.cancel(Timer.INSTALL);
        timers.armIfIdle(Timer.INACTIVITY, env.now(), env.settings().inactiveCheckPeriod());
        armRetrans();
        sendAcknowledgement();
        if (round.closePending && is(EvsStateName.OPERATIONAL)) {
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
        shift(new Leaving(this));
        emitter.flushAll();
        if (current.lastSent() == -1) {
            emitter.keepalive();
        }
        timers.armIfIdle(Timer.INACTIVITY, env.now(), env.settings().inactiveCheckPeriod());
        timers.cancel(Timer.INSTALL);
        armRetrans();
        state.onLeave(nodes.self(), announcer.leave());
    }

    void becomeClosed() {
        shift(new Closed());
        end();
    }

    /** To CLOSED from anywhere, without a word to the others. */
    void abandon() {
        if (is(EvsStateName.CLOSED)) {
            return;
        }
        state = new Closed();
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
