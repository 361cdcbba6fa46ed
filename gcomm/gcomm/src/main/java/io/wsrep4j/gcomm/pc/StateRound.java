package io.wsrep4j.gcomm.pc;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.EvsView;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * STATE messages: what the members of a new view tell each other of the past, and what follows from it (docs/spec/gcomm-transport-pc.md 12.7 and
 * 12.8). Owned by the channel's lock.
 */
final class StateRound {

    private static final LineKind CONFLICT = LineKind.ofNode("conflicting primary components");
    private static final LineKind CUT_OFF = LineKind.ofNode("nodes with a different account of the past");

    private static final long NOT_YET = -1;

    private final Component component;
    private final Membership membership;
    private final LimitedLog log;
    private final StateExchange exchange;

    /** Members of the view that are in another primary component, which has to give way. */
    private final Set<Uuid> conflicting = new TreeSet<>();

    /** Companions that say they are in another one. */
    private final SortedMap<Uuid, NodeState> doubted = new TreeMap<>();

    /** Members that are not heard any more in this view. */
    private final Set<Uuid> cutOff = new TreeSet<>();

    private long waitingSince = NOT_YET;

    StateRound(Component component) {
        this.component = component;
        this.membership = component.membership();
        this.log = component.log();
        this.exchange = component.exchange();
    }

    /** A transitional view is about to be entered. */
    void goOn(EvsView view) {
        if (component.state() == PcState.PRIM) {
            component.companions().goOn(view.members(), membership.own().lastPrimary);
        } else if (exchange.isComplete(membership.current().members())) {
            component
                    .companions()
                    .goOn(
                            view.members(),
                            exchange.latestTold(),
                            membership.own().primary ? Set.of() : exchange.primaryMembers());
        } else {
            component.companions().stay(view.members(), exchange.latestTold());
        }
    }

    /** A new view: everybody tells anew. */
    void begin(int version, long nowNanos) {
        exchange.clear();
        conflicting.clear();
        doubted.clear();
        cutOff.clear();
        waitingSince = NOT_YET;
        if (membership.own().primary) {
            component.companions().trustAll();
        }
        membership.alignTotalOrder();
        component.sendControl(new PcMessage.State(version, membership.states(component.lower()::isEvicted)), nowNanos);
    }

    void receive(Uuid source, PcMessage.State message, long nowNanos) {
        if (component.state() != PcState.STATES_EXCH) {
            if (component.state() != PcState.TRANS) {
                component.dropped(source, "STATE in state " + component.state());
            }
            return;
        }
        if (source.equals(membership.self())) {
            // all have acknowledged it, so all have entered this view, and the first that they had to say in it was
            // their STATE
            waitingSince = nowNanos;
        }
        NodeState own = message.nodes().get(source);
        if (own == null) {
            component.dropped(source, "STATE without an entry about its sender; cutting the sender off");
            exclude(source, nowNanos);
            return;
        }
        Account account = new Account(source, own, message);
        if (membership.own().primary
                && !source.equals(membership.self())
                && component.companions().areContradictedBy(account)) {
            cutOff(source, "names a primary component that nobody has formed", nowNanos);
            return;
        }
        if (!membership.conflictsWith(own)) {
            exchange.add(account);
        } else if (component.companions().contain(source)) {
            doubted.put(source, own);
        } else {
            onConflictingPrimary(source, own);
        }
        if (component.state() == PcState.STATES_EXCH) {
            onAnswer(nowNanos);
        }
    }

    private void onAnswer(long nowNanos) {
        if (exchange.isComplete(membership.current().members())) {
            onAllStates(nowNanos);
        } else if (owing().isEmpty()) {
            settleDoubts(nowNanos);
        }
    }

    // ---- who holds up the others

    /** Whose next message in this view has to be STATE, or INSTALL; empty when nothing is waited for. */
    private Set<Uuid> owing() {
        if (component.state() == PcState.INSTALL) {
            return Set.of(membership.representative());
        }
        if (component.state() != PcState.STATES_EXCH) {
            return Set.of();
        }
        TreeSet<Uuid> owing = new TreeSet<>(membership.current().members());
        exchange.accounts().forEach(account -> owing.remove(account.source()));
        owing.removeAll(conflicting);
        owing.removeAll(doubted.keySet());
        owing.removeAll(cutOff);
        return owing;
    }

    /** True if all wait for this node's STATE or INSTALL; not if that is this node itself. */
    boolean isAwaited(Uuid source) {
        return !source.equals(membership.self()) && !cutOff.contains(source) && owing().contains(source);
    }

    /** It has said something else where its STATE or INSTALL had to be: that one will not come any more. */
    void saidSomethingElse(Uuid source, long nowNanos) {
        cutOff(source, "has sent something else where its " + awaited() + " had to be", nowNanos);
        if (component.state() == PcState.STATES_EXCH) {
            onAnswer(nowNanos);
        }
    }

    /** When {@link #onTime} is to be called. */
    long nextDeadlineNanos() {
        return waitingSince == NOT_YET || owing().isEmpty()
                ? Long.MAX_VALUE
                : waitingSince + component.lower().patienceNanos();
    }

    /** Who keeps the others waiting for too long is given up; it hears the group, or it would be given up by EVS. */
    void onTime(long nowNanos) {
        if (nowNanos < nextDeadlineNanos()) {
            return;
        }
        waitingSince = nowNanos;
        for (Uuid source : owing()) {
            if (!source.equals(membership.self())) {
                cutOff(source, "sends no " + awaited(), nowNanos);
            }
        }
        if (component.state() == PcState.STATES_EXCH) {
            onAnswer(nowNanos);
        }
    }

    private String awaited() {
        return component.state() == PcState.INSTALL ? "INSTALL" : "STATE";
    }

    private void exclude(Uuid source, long nowNanos) {
        cutOff.add(source);
        component.lower().exclude(source, nowNanos);
    }

    private void cutOff(Uuid source, String fault, long nowNanos) {
        log.error(CUT_OFF, source, "PC: {} {}; cutting it off, it must be restarted", source, fault);
        exclude(source, nowNanos);
    }

    /**
     * All have spoken, this node too. A companion in another component than this node is believed only together with most companions, see
     * {@link Companions}. Whoever has to give way has heard it: the reference waits until it has gone; who does not go would hold up the others for as
     * long as it likes.
     */
    private void settleDoubts(long nowNanos) {
        for (Map.Entry<Uuid, NodeState> doubt : doubted.entrySet()) {
            ViewId claimed = doubt.getValue().lastPrimary();
            long claims = doubted.values().stream()
                    .filter(other -> other.lastPrimary().equals(claimed))
                    .count();
            if (component.companions().most(claims)) {
                onConflictingPrimary(doubt.getKey(), doubt.getValue());
                if (component.state() == PcState.CLOSED) {
                    return;
                }
            } else {
                cutOff(doubt.getKey(), "names a primary component that nobody else has formed", nowNanos);
            }
        }
        doubted.clear();
        for (Uuid source : conflicting) {
            cutOff(source, "does not give way to this node's primary component", nowNanos);
        }
        conflicting.clear();
    }

    /** Two primary components have met: one of them must give way (docs/spec/gcomm-transport-pc.md 12.7, 1). */
    private void onConflictingPrimary(Uuid source, NodeState own) {
        ViewId mine = membership.own().lastPrimary;
        boolean mineIsGreater = mine.compareTo(own.lastPrimary()) > 0;
        String both = "this node's primary component " + mine + " met another, " + own.lastPrimary() + " of " + source;
        if (mineIsGreater != component.settings().newerViewOverrides()) {
            conflicting.add(source);
            log.warn(
                    CONFLICT,
                    source,
                    "PC: conflicting primary components: {}; waiting for the other to give way",
                    both);
        } else {
            component.fail("conflicting primary components: " + both + "; this one gives way (pc.npvo="
                    + component.settings().newerViewOverrides() + "). Restart this node to join the other one");
        }
    }

    private void onAllStates(long nowNanos) {
        if (!isBelievable(nowNanos)) {
            return;
        }
        if (!membership.own().primary && !primaryMembersAgree(nowNanos)) {
            return;
        }
        membership.learn(exchange.accounts(), component.companions());
        if (membership.own().primary && !booksAgree(nowNanos)) {
            return;
        }
        switch (exchange.verdict(membership.current().members(), membership.instances())) {
            case PRIMARY -> {
                component.shift(PcState.INSTALL);
                waitingSince = nowNanos;
                if (membership.self().equals(membership.current().members().first())) {
                    component.sendControl(
                            new PcMessage.Install(membership.version(), false, false, exchange.selfReports()),
                            nowNanos);
                }
            }
            case NON_PRIMARY -> {
                component.shift(PcState.NON_PRIM);
                component.becomeNonPrimary(nowNanos);
            }
            case CONFLICT ->
                log.warn(
                        CONFLICT,
                        null,
                        "PC: members of different primary components in {}; waiting for one to give way",
                        membership.current().id());
        }
    }

    /** What a node that is not primary is told makes it primary: so nobody is heard who tells what cannot be, see {@link Companions}. */
    private boolean isBelievable(long nowNanos) {
        if (membership.own().primary) {
            return true;
        }
        Set<Uuid> liars = component.companions().liars(exchange.accounts());
        for (Uuid liar : liars) {
            exchange.remove(liar);
            cutOff(liar, "names a primary component that nobody has formed", nowNanos);
        }
        return liars.isEmpty();
    }

    /**
     * Compares accounts (docs/spec/gcomm-transport-pc.md 12.8). A real node ends itself at the first difference; here the minority goes, and the rest
     * goes on.
     */
    private boolean booksAgree(long nowNanos) {
        var differences = exchange.differencesFrom(
                membership.instances(), membership.current().members());
        if (differences.isEmpty()) {
            return true;
        }
        long with = 0;
        long against = 0;
        Uuid lowest = null;
        for (Account account : exchange.accounts()) {
            if (account.own().primary()) {
                lowest = lowest == null ? account.source() : lowest;
                if (differences.containsKey(account.source())) {
                    against++;
                } else {
                    with++;
                }
            }
        }
        boolean majority =
                with > against || with == against && !differences.containsKey(Objects.requireNonNull(lowest));
        if (majority && !differences.containsKey(membership.self())) {
            cutOffDifferent(differences, nowNanos);
        } else {
            component.fail("the group's account of the past differs from this node's: " + differences
                    + ". Restart the node; it will be brought up to date by state transfer");
        }
        return false;
    }

    /** What the primary members do with each other's accounts, seen from outside: else this node might form a component with those that they cut off. */
    private boolean primaryMembersAgree(long nowNanos) {
        SortedMap<Uuid, String> differences =
                exchange.differencesFromMost(membership.current().members());
        cutOffDifferent(differences, nowNanos);
        return differences.isEmpty();
    }

    private void cutOffDifferent(SortedMap<Uuid, String> differences, long nowNanos) {
        differences.forEach((source, difference) -> {
            exchange.remove(source);
            cutOff(source, "has a different account of the past (" + difference + ")", nowNanos);
        });
    }
}
