package io.wsrep4j.gcomm.pc;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.evs.EvsListener;
import io.wsrep4j.gcomm.evs.EvsOrder;
import io.wsrep4j.gcomm.evs.EvsView;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import java.nio.ByteBuffer;

/**
 * The primary component state machine of one node (docs/spec/gcomm-transport-pc.md 11 to 14). Not thread-safe: owned by the channel's lock. Pure:
 * events come in, deliveries go to the {@link PcListener}, messages to the {@link PcLower}; no clock, thread, file or socket.
 *
 * <p>A message that no sound peer would send, and that every member sees alike, is dropped or tolerated with a warning, so that all members
 * of this kind stay equal. An account of the past that contradicts the majority's makes the node that is in the minority leave.
 */
public final class PrimaryComponent implements EvsListener {

    private static final LineKind NO_QUORUM = LineKind.ofNode("views without quorum");
    private static final LineKind PROTOCOL = LineKind.ofNode("changes of protocol");

    /** The longest user payload, in bytes (docs/spec/gcomm-transport-pc.md 1). */
    public static final int MAXIMUM_PAYLOAD = 32768 - 20 - 2 * 52 - PcCodec.HEADER_BYTES;

    private final Component component;
    private final Membership membership;
    private final LimitedLog log;
    private final UserMessages userMessages;
    private final StateRound stateRound;
    private final Installation installation;
    private boolean ignoreQuorum;
    private boolean ignoreSplitBrain;

    /**
     * Makes a closed component.
     *
     * @param start who the node is and how it begins
     */
    public PrimaryComponent(PcStart start, PcSettings settings, PcLower lower, PcListener listener, LimitedLog log) {
        this.component = new Component(start, settings, lower, listener, log);
        this.membership = component.membership();
        this.log = log;
        this.userMessages = new UserMessages(component);
        this.stateRound = new StateRound(component);
        this.installation = new Installation(component, userMessages);
        this.ignoreQuorum = settings.ignoreQuorum();
        this.ignoreSplitBrain = settings.ignoreSplitBrain();
    }

    /** The transport is up: from CLOSED to NON_PRIM. */
    public void connect() {
        component.shift(PcState.NON_PRIM);
    }

    /** The node is about to leave: from now on it needs a real quorum to stay primary. */
    public void closing() {
        component.closing();
    }

    public PcState state() {
        return component.state();
    }

    /** The last view that was delivered; before the first one, a non-primary one without members. */
    public PcView view() {
        return membership.delivered();
    }

    /** Status variable cluster_weight: sum of the members' weights in the present primary component, 0 outside one. */
    public int clusterWeight() {
        return membership.clusterWeight();
    }

    /** For tests that need a node with wrong books. */
    Membership membership() {
        return membership;
    }

    /** This node's weight as the group has agreed on it. */
    public int weight() {
        return membership.own().weight;
    }

    // ---- sending

    /**
     * Sends a user message to the members of the primary component; each delivers it when all have it.
     *
     * @param header first part of the payload; its position does not move
     * @param body second part of the payload; its position does not move
     */
    public SendResult send(int userType, ByteBuffer header, ByteBuffer body, long nowNanos) {
        return userMessages.send(userType, header, body, nowNanos);
    }

    /** Asks for a causal token: {@link PcListener#onCausal} follows. */
    public SendResult sendCausal(long token, long nowNanos) {
        return userMessages.sendCausal(token, nowNanos);
    }

    // ---- options at run time

    /** pc.ignore_quorum. */
    public void setIgnoreQuorum(boolean ignore) {
        ignoreQuorum = ignore;
    }

    /** pc.ignore_sb. */
    public void setIgnoreSplitBrain(boolean ignore) {
        ignoreSplitBrain = ignore;
    }

    /**
     * pc.weight: asks the group to agree on a new weight of this node (docs/spec/gcomm-transport-pc.md 14.9). It is in force when {@link #weight}
     * says so.
     *
     * @param weight 0 to 255
     * @return false if it cannot be asked now, since this node is not in a settled primary component
     */
    public boolean changeWeight(int weight, long nowNanos) {
        return installation.changeWeight(weight, nowNanos);
    }

    /**
     * pc.bootstrap: makes a non-primary component primary by force (docs/spec/gcomm-transport-pc.md 14.7). Ignored in other states.
     *
     * @return false if it cannot be asked now, since the membership is changing
     */
    public boolean forcePrimary(long nowNanos) {
        return installation.forcePrimary(nowNanos);
    }

    // ---- views of EVS

    @Override
    public void onView(EvsView view, long nowNanos) {
        if (component.state() == PcState.CLOSED) {
            return;
        }
        if (view.isEmpty()) {
            membership.enter(view);
            component.shift(PcState.CLOSED);
            component.becomeNonPrimary(nowNanos);
        } else if (view.isTransitional()) {
            onTransitionalView(view, nowNanos);
        } else {
            onRegularView(view, nowNanos);
        }
    }

    private void onTransitionalView(EvsView view, long nowNanos) {
        if (membership.current() == null) {
            membership.enter(view);
            if (component.isBootstrap()) {
                membership.startAsPrimary();
            }
            component.shift(PcState.TRANS);
            return;
        }
        stateRound.goOn(view);
        Quorum quorum = membership.quorumOf(view);
        boolean present = quorum.suffices() && !isGoneForTheOthers(view);
        boolean excused = !component.isClosing() && (ignoreQuorum || ignoreSplitBrain && quorum.splitBrain());
        membership.enter(view);
        component.shift(PcState.TRANS);
        if (!present && excused) {
            log.warn(
                    NO_QUORUM,
                    null,
                    "{} from view: {}",
                    ignoreQuorum
                            ? "Ignoring lack of quorum (allowed by pc.ignore_quorum)"
                            : "Ignoring possible split-brain (allowed by configuration)",
                    view);
        }
        if (!present && !excused) {
            component.becomeNonPrimary(nowNanos);
        }
    }

    /**
     * A leaver whose weight alone is a majority, and that hears no more from the others: they may have its LEAVE, and then its weight counts for
     * them as much as against them (docs/spec/gcomm-transport-pc.md 13.1). The reference goes on numbering messages in its last view, and so does the
     * rest of the component, differently.
     */
    private boolean isGoneForTheOthers(EvsView view) {
        return component.isClosing()
                && view.members().size() == 1
                && !view.partitioned().isEmpty();
    }

    private void onRegularView(EvsView view, long nowNanos) {
        EvsView before = membership.current();
        if (before != null && view.id().seq() <= before.id().seq()) {
            component.fail("view " + view.id() + " follows " + before.id() + ", which is not older");
            return;
        }
        if (before != null && before.version() != view.version()) {
            log.info(
                    PROTOCOL,
                    null,
                    "PC protocol {} {} -> {}",
                    before.version() < view.version() ? "upgrade" : "downgrade",
                    before.version(),
                    view.version());
        }
        membership.enter(view);
        component.shift(PcState.STATES_EXCH);
        stateRound.begin(view.version(), nowNanos);
    }

    // ---- time

    /** When {@link #onTime} is to be called, nanoseconds; {@link Long#MAX_VALUE} if nothing is waited for. */
    public long nextDeadlineNanos() {
        return stateRound.nextDeadlineNanos();
    }

    /** Time has passed; may be called at any time. */
    public void onTime(long nowNanos) {
        stateRound.onTime(nowNanos);
    }

    // ---- messages of EVS

    @Override
    public void onMessage(
            Uuid source, ViewId sourceView, int userType, EvsOrder order, long seq, ByteBuf payload, long nowNanos) {
        if (component.state() == PcState.CLOSED) {
            return;
        }
        if (order != EvsOrder.SAFE) {
            // nobody sends such, and they reach each node at another place: before a view changes, or after it
            component.dropped(source, "order " + order + ", all messages have order SAFE");
            return;
        }
        PcState before = component.state();
        boolean awaited = stateRound.isAwaited(source);
        handle(source, userType, order, payload, nowNanos);
        if (awaited && component.state() == before && stateRound.isAwaited(source)) {
            stateRound.saidSomethingElse(source, nowNanos);
        }
    }

    private void handle(Uuid source, int userType, EvsOrder order, ByteBuf payload, long nowNanos) {
        if (payload.readableBytes() < PcCodec.HEADER_BYTES) {
            component.dropped(source, payload.readableBytes() + " bytes, shorter than a header");
        } else if (PcCodec.version(payload) > PcCodec.MAXIMUM_VERSION) {
            component.dropped(
                    source,
                    "version " + PcCodec.version(payload) + ", the highest known is " + PcCodec.MAXIMUM_VERSION);
        } else if (PcCodec.type(payload) == PcCodec.TYPE_USER) {
            userMessages.receive(source, userType, order, payload, nowNanos);
        } else {
            onControl(source, payload, nowNanos);
        }
    }

    private void onControl(Uuid source, ByteBuf payload, long nowNanos) {
        PcMessage message;
        try {
            message = PcCodec.decodeControl(payload);
        } catch (MalformedMessageException e) {
            component.dropped(source, e.getMessage());
            return;
        }
        if (message instanceof PcMessage.State stateMessage) {
            stateRound.receive(source, stateMessage, nowNanos);
        } else {
            installation.receive(source, (PcMessage.Install) message, nowNanos);
        }
    }

    @Override
    public void onCausal(int userType, long seq, ByteBuf payload, long nowNanos) {
        if (component.state() != PcState.CLOSED) {
            component.listener().onCausal(payload.getLong(payload.readerIndex()), nowNanos);
        }
    }
}
