package io.wsrep4j.gcomm.pc;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.EvsSendResult;
import io.wsrep4j.gcomm.evs.ShortUuid;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;

/**
 * INSTALL messages: how a component becomes primary, by agreement or by force, and how weights change (docs/spec/gcomm-transport-pc.md 13 and 14).
 * Owned by the channel's lock.
 */
final class Installation {

    private static final LineKind IGNORED = LineKind.ofPeer("INSTALLs ignored");
    private static final LineKind WEIGHT = LineKind.ofPeer("changes of weight");
    private static final LineKind MISQUOTED = LineKind.ofPeer("INSTALLs that misquote");

    private final Component component;
    private final Membership membership;
    private final LimitedLog log;
    private final UserMessages userMessages;

    Installation(Component component, UserMessages userMessages) {
        this.component = component;
        this.membership = component.membership();
        this.log = component.log();
        this.userMessages = userMessages;
    }

    /** See {@link PrimaryComponent#changeWeight}. */
    boolean changeWeight(int weight, long nowNanos) {
        if (component.state() != PcState.PRIM) {
            return false;
        }
        var nodes = component.exchange().selfReports();
        NodeState own = membership.own().state(component.lower().isEvicted(membership.self()));
        nodes.put(membership.self(), own.withWeight(weight));
        return component.sendControl(new PcMessage.Install(membership.version(), false, true, nodes), nowNanos)
                == EvsSendResult.OK;
    }

    /** See {@link PrimaryComponent#forcePrimary}. */
    boolean forcePrimary(long nowNanos) {
        if (component.state() != PcState.NON_PRIM) {
            log.plain()
                    .info(
                            "PC: ignoring pc.bootstrap: the node is in state {}, and only a non-primary component needs it",
                            component.state());
            return true;
        }
        log.plain()
                .info(
                        "PC: making this non-primary component of {} primary",
                        membership.delivered().members().size());
        return component.sendBootstrap(nowNanos);
    }

    void receive(Uuid source, PcMessage.Install message, long nowNanos) {
        switch (component.state()) {
            case INSTALL, NON_PRIM -> onInstallOfComponent(source, message, nowNanos);
            case PRIM -> {
                if (message.weightChange()) {
                    changeWeightOf(source, message);
                } else {
                    log.warn(
                            IGNORED,
                            source,
                            "PC: INSTALL of {} in state PRIM ignored; normal when several nodes recover a component",
                            ShortUuid.of(source));
                }
            }
            case TRANS -> onInstallInTransition(source, message, nowNanos);
            case STATES_EXCH, CLOSED -> component.dropped(source, "INSTALL in state " + component.state());
        }
    }

    private void changeWeightOf(Uuid source, PcMessage.Install message) {
        NodeState entry = message.nodes().get(source);
        if (entry == null || entry.weight() == NodeState.NO_WEIGHT) {
            component.dropped(source, "change of weight without the sender's weight");
            return;
        }
        log.info(WEIGHT, source, "PC: weight of {} is {}", ShortUuid.of(source), entry.weight());
        membership.setWeight(source, entry.weight());
        if (source.equals(membership.self())) {
            component.listener().onWeight(entry.weight());
        }
    }

    private void onInstallOfComponent(Uuid source, PcMessage.Install message, long nowNanos) {
        if (message.weightChange() || component.state() == PcState.NON_PRIM && !message.bootstrap()) {
            component.dropped(source, "INSTALL in state " + component.state() + " that forms no component");
            return;
        }
        if (component.state() == PcState.INSTALL && message.bootstrap()) {
            return;
        }
        if (component.state() == PcState.INSTALL && !membership.isRepresentative(source)) {
            component.dropped(source, "INSTALL, which is another's to send");
            return;
        }
        String difference = membership.differenceAboutSelf(message, component.lower()::isEvicted);
        if (difference != null) {
            log.warn(MISQUOTED, source, "PC: INSTALL of {} misquotes this node: {}", source, difference);
        }
        // what the members have said of themselves all have heard in the same order: the representative need not be
        // believed
        PcMessage.Install agreed = component.state() == PcState.INSTALL
                ? new PcMessage.Install(
                        message.version(), false, false, component.exchange().selfReports())
                : message;
        component.shift(PcState.PRIM);
        membership.becomePrimary(agreed);
        userMessages.restart();
        component.deliver(message.bootstrap(), nowNanos);
        membership.forgetOthers();
    }

    /** The view broke while INSTALL was on its way: part of the nodes may have formed a primary component (docs/spec/gcomm-transport-pc.md 13.4). */
    private void onInstallInTransition(Uuid source, PcMessage.Install message, long nowNanos) {
        if (!message.weightChange()) {
            component.companions().mayHaveFormed(membership.regularId());
        }
        if (message.bootstrap()) {
            return;
        }
        boolean careful;
        if (message.weightChange()) {
            NodeState entry = message.nodes().get(source);
            careful = !membership.isWholeComponentAccountedFor()
                    && (entry == null || !membership.outweighsWith(source, entry.weight()));
            if (!careful) {
                changeWeightOf(source, message);
                return;
            }
        } else if (membership.hasFormed() || !membership.isRepresentative(source)) {
            component.dropped(source, "INSTALL in a view that it has nothing to install in");
            return;
        } else {
            careful = !membership.wouldKeepQuorum(message);
        }
        if (careful) {
            if (membership.isComponentPrimary()) {
                component.becomeNonPrimary(nowNanos);
            }
            membership.markUnknown(message);
            if (message.weightChange() && !membership.current().members().contains(source)) {
                changeWeightOf(source, message);
            }
        }
    }
}
