package io.wsrep4j.gcomm.pc;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.EvsOrder;
import io.wsrep4j.gcomm.evs.EvsSendResult;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import org.slf4j.event.Level;

/**
 * What the parts of a {@link PrimaryComponent} have in common: its state, its books, the views it delivers and the control messages it sends.
 * Owned by the channel's lock.
 */
final class Component {

    private static final LineKind STATE = LineKind.ofNode("changes of state");
    private static final LineKind DROPPED = LineKind.ofPeer("messages dropped");
    private static final LineKind VIEW = LineKind.ofNode("views");
    private static final LineKind NOT_SENT = LineKind.ofNode("control messages not sent");

    /** User type of STATE and INSTALL. */
    static final int CONTROL_USER_TYPE = 0xFF;

    private final PcSettings settings;
    private final PcLower lower;
    private final PcListener listener;
    private final LimitedLog log;
    private final Membership membership;
    private final StateExchange exchange = new StateExchange();
    private final Companions companions = new Companions();
    private final boolean bootstrap;
    private SavedView restored;
    private PcState state = PcState.CLOSED;
    private boolean closing;

    Component(PcStart start, PcSettings settings, PcLower lower, PcListener listener, LimitedLog log) {
        this.settings = settings;
        this.lower = lower;
        this.listener = listener;
        this.log = log;
        this.bootstrap = start.bootstrap();
        this.restored = start.restored();
        this.membership = new Membership(start, settings.weight());
    }

    PcSettings settings() {
        return settings;
    }

    PcLower lower() {
        return lower;
    }

    PcListener listener() {
        return listener;
    }

    LimitedLog log() {
        return log;
    }

    Membership membership() {
        return membership;
    }

    StateExchange exchange() {
        return exchange;
    }

    Companions companions() {
        return companions;
    }

    /** The node was started to form a component alone. */
    boolean isBootstrap() {
        return bootstrap;
    }

    PcState state() {
        return state;
    }

    boolean isClosing() {
        return closing;
    }

    void closing() {
        closing = true;
    }

    void shift(PcState next) {
        if (!state.successors().contains(next)) {
            throw new IllegalStateException("primary component: no way from " + state + " to " + next);
        }
        log.debug(STATE, null, "PC: {} -> {}", state, next);
        state = next;
    }

    /** The node cannot go on: nothing is taken or sent any more, and the layer above is told. */
    void fail(String reason) {
        state = PcState.CLOSED;
        log.plain().error("PC: {}", reason);
        listener.onFailure(reason);
    }

    void dropped(Uuid source, String reason) {
        log.warn(DROPPED, source, "PC: dropped a message of {}: {}", source, reason);
    }

    // ---- views

    /** Not primary any more, or still not: the layer above is told. */
    void becomeNonPrimary(long nowNanos) {
        membership.becomeNonPrimary();
        deliver(false, nowNanos);
    }

    /** Tells the layers above and below of the present view; a node that came back makes the component primary if all are there. */
    void deliver(boolean bootstrapped, long nowNanos) {
        PcView view = membership.deliver(bootstrapped);
        log.info(VIEW, null, "{}", view);
        listener.onView(view, nowNanos);
        if (state == PcState.CLOSED && !view.members().isEmpty()) {
            return;
        }
        lower.stableView(view, nowNanos);
        if (view.isPrimary()) {
            restored = null;
        } else if (restored != null
                && !bootstrap
                && state == PcState.NON_PRIM
                && membership.mayRecover(restored, view)) {
            log.info(VIEW, null, "PC: all members of the last primary component are back, making it primary");
            sendBootstrap(nowNanos);
        }
    }

    // ---- control messages

    /**
     * Sends one. That EVS says "try again" is nothing to warn of: it does so while the membership changes, when all nodes tell each other
     * everything anew in the next view, which is as soon as it can be; whoever asked for a weight or for a component by force is told.
     */
    EvsSendResult sendControl(PcMessage message, long nowNanos) {
        ByteBuf payload = lower.newPayload(PcCodec.length(message));
        try {
            PcCodec.write(message, payload);
            EvsSendResult result = lower.send(CONTROL_USER_TYPE, EvsOrder.SAFE, payload, nowNanos);
            if (result != EvsSendResult.OK && !closing) {
                log.log(
                        result == EvsSendResult.TRY_AGAIN ? Level.DEBUG : Level.WARN,
                        NOT_SENT,
                        null,
                        "PC: {} of {} nodes was not sent: {}",
                        name(message),
                        message.nodes().size(),
                        result);
            }
            return result;
        } finally {
            payload.release();
        }
    }

    private static String name(PcMessage message) {
        return message instanceof PcMessage.State ? "STATE" : "INSTALL";
    }

    /** Asks the members of this component to be primary from now on (docs/spec/gcomm-transport-pc.md 14.7 and 14.8). */
    boolean sendBootstrap(long nowNanos) {
        var nodes = exchange.selfReports();
        nodes.keySet().retainAll(membership.current().members());
        return sendControl(new PcMessage.Install(membership.version(), true, false, nodes), nowNanos)
                == EvsSendResult.OK;
    }
}
