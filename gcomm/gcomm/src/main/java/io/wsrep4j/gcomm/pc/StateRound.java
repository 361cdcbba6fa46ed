package io.wsrep4j.gcomm.pc;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.EvsView;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * STATE messages: what the members of a new view tell each other of the past, and what follows from it (docs/spec/gcomm-transport-pc.md 12.7 and
 * 12.8). Owned by the channel's lock.
 */
final class StateRound {

    private static final LineKind CONFLICT = LineKind.ofNode("conflicting primary components");
    private static final LineKind CUT_OFF = LineKind.ofNode("nodes with a different account of the past");

    private final Component component;
    private final Membership membership;
    private final LimitedLog log;
    private final StateExchange exchange;

    /** Members of the view that are in another primary component, which has to give way. */
    private final Set<Uuid> conflicting = new TreeSet<>();

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
        } else if (component.state() == PcState.NON_PRIM) {
            ViewId latest = null;
            for (Account account : exchange.accounts()) {
                ViewId named = Companions.latestIn(account.state());
                latest = named != null && (latest == null || named.compareTo(latest) > 0) ? named : latest;
            }
            component.companions().goOn(view.members(), latest);
        } else {
            component.companions().forget();
        }
    }

    /** A new view: everybody tells anew. */
    void begin(int version, long nowNanos) {
        exchange.clear();
        conflicting.clear();
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
        NodeState own = message.nodes().get(source);
        if (own == null) {
            component.dropped(source, "STATE without an entry about its sender; cutting the sender off");
            component.lower().exclude(source, nowNanos);
            return;
        }
        Account account = new Account(source, own, message);
        if (membership.own().primary && component.companions().areContradictedBy(account)) {
            cutOff(source, "names a primary component that nobody has formed", nowNanos);
            return;
        }
        if (membership.conflictsWith(own)) {
            onConflictingPrimary(source, own);
        } else {
            exchange.add(account);
        }
        if (component.state() != PcState.STATES_EXCH) {
            return;
        }
        if (exchange.isComplete(membership.current().members())) {
            onAllStates(nowNanos);
        } else {
            cutOffWhoDoesNotGiveWay(nowNanos);
        }
    }

    private void cutOff(Uuid source, String fault, long nowNanos) {
        log.error(CUT_OFF, source, "PC: {} {}; cutting it off, it must be restarted", source, fault);
        component.lower().exclude(source, nowNanos);
    }

    /**
     * All others have spoken, this node too: so whoever has to give way has heard it. The reference waits until it has gone; who does not go would
     * hold up the others for as long as it likes.
     */
    private void cutOffWhoDoesNotGiveWay(long nowNanos) {
        TreeSet<Uuid> missing = new TreeSet<>(membership.current().members());
        exchange.accounts().forEach(account -> missing.remove(account.source()));
        if (!conflicting.isEmpty() && conflicting.containsAll(missing)) {
            for (Uuid source : conflicting) {
                cutOff(source, "does not give way to this node's primary component", nowNanos);
            }
            conflicting.clear();
        }
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
        membership.learn(exchange.accounts(), component.companions());
        if (!booksAgree(nowNanos)) {
            return;
        }
        switch (exchange.verdict(membership.current().members(), membership.instances())) {
            case PRIMARY -> {
                component.shift(PcState.INSTALL);
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
        if (!membership.own().primary) {
            return true;
        }
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
            differences.forEach((source, difference) -> {
                log.error(
                        CUT_OFF,
                        source,
                        "PC: {} has a different account of the past ({}); cutting it off, it must be restarted",
                        source,
                        difference);
                exchange.remove(source);
                component.lower().exclude(source, nowNanos);
            });
        } else {
            component.fail("the group's account of the past differs from this node's: " + differences
                    + ". Restart the node; it will be brought up to date by state transfer");
        }
        return false;
    }
}
