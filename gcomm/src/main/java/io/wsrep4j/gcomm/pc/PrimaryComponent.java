package io.wsrep4j.gcomm.pc;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupMessages.SendResult;
import io.wsrep4j.gcomm.evs.EvsListener;
import io.wsrep4j.gcomm.evs.EvsOrder;
import io.wsrep4j.gcomm.evs.EvsSendResult;
import io.wsrep4j.gcomm.evs.EvsView;
import io.wsrep4j.gcomm.evs.ShortUuid;
import io.wsrep4j.gcomm.evs.ViewId;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.slf4j.Logger;

/**
 * The primary component state machine of one node (sheet gcomm-transport-pc, 11 to 14). Not thread-safe: owned by the channel's lock. Pure:
 * events come in, deliveries go to the {@link PcListener}, messages to the {@link PcLower}; no clock, thread, file or socket.
 *
 * <p>A message that no sound peer would send, and that every member sees alike, is dropped or tolerated with a warning, so that all members
 * of this kind stay equal. An account of the past that contradicts the majority's makes the node that is in the minority leave.
 */
public final class PrimaryComponent implements EvsListener {

    /** The longest user payload, in bytes (sheet gcomm-transport-pc, 1). */
    public static final int MAXIMUM_PAYLOAD = 32768 - 20 - 2 * 52 - PcCodec.HEADER_BYTES;

    /** User type of STATE and INSTALL. */
    static final int CONTROL_USER_TYPE = 0xFF;

    private final PcSettings settings;
    private final PcLower lower;
    private final PcListener listener;
    private final Logger log;
    private final Membership membership;
    private final StateExchange exchange = new StateExchange();
    private final boolean bootstrap;

    private SavedView restored;
    private PcState state = PcState.CLOSED;
    private boolean ignoreQuorum;
    private boolean ignoreSplitBrain;
    private boolean closing;
    private int lastSentSeq;

    /**
     * Makes a closed component.
     *
     * @param start who the node is and how it begins
     */
    public PrimaryComponent(PcStart start, PcSettings settings, PcLower lower, PcListener listener, Logger log) {
        this.settings = settings;
        this.lower = lower;
        this.listener = listener;
        this.log = log;
        this.bootstrap = start.bootstrap();
        this.restored = start.restored();
        this.ignoreQuorum = settings.ignoreQuorum();
        this.ignoreSplitBrain = settings.ignoreSplitBrain();
        this.membership = new Membership(start, settings.weight());
    }

    /** The transport is up: from CLOSED to NON_PRIM. */
    public void connect() {
        shift(PcState.NON_PRIM);
    }

    /** The node is about to leave: from now on it needs a real quorum to stay primary. */
    public void closing() {
        closing = true;
    }

    public PcState state() {
        return state;
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
     * Sends a user message to the members of the primary component.
     *
     * @param header first part of the payload; its position does not move
     * @param body second part of the payload; its position does not move
     */
    public SendResult send(int userType, EvsOrder order, ByteBuffer header, ByteBuffer body, long nowNanos) {
        SendResult refusal = refusal();
        if (refusal != null) {
            return refusal;
        }
        int length = header.remaining() + body.remaining();
        if (length > MAXIMUM_PAYLOAD) {
            return SendResult.TOO_LONG;
        }
        if (lower.isCongested()) {
            return SendResult.TRY_AGAIN;
        }
        boolean numbered = order == EvsOrder.SAFE;
        int seq = numbered ? lastSentSeq + 1 : lastSentSeq;
        ByteBuf payload = lower.newPayload(PcCodec.HEADER_BYTES + length);
        try {
            PcCodec.writeUser(payload, membership.version(), settings.checksum(), seq, header, body);
            // taken before the send: a message may be delivered inside it, and the listener may answer with another
            lastSentSeq = seq;
            EvsSendResult result = lower.send(userType, order, payload, nowNanos);
            if (result != EvsSendResult.OK && numbered) {
                lastSentSeq = seq - 1;
            }
            return resultOf(result);
        } finally {
            payload.release();
        }
    }

    /** Asks for a causal token: {@link PcListener#onCausal} follows. */
    public SendResult sendCausal(long token, long nowNanos) {
        SendResult refusal = refusal();
        if (refusal != null) {
            return refusal;
        }
        ByteBuf payload = lower.newPayload(Long.BYTES);
        try {
            payload.writeLong(token);
            return resultOf(lower.send(CONTROL_USER_TYPE, EvsOrder.LOCAL_CAUSAL, payload, nowNanos));
        } finally {
            payload.release();
        }
    }

    private SendResult refusal() {
        return switch (state) {
            case PRIM -> null;
            case CLOSED, NON_PRIM -> SendResult.NOT_PRIMARY;
            case STATES_EXCH, INSTALL, TRANS -> SendResult.TRY_AGAIN;
        };
    }

    private static SendResult resultOf(EvsSendResult result) {
        return switch (result) {
            case OK -> SendResult.ACCEPTED;
            case TRY_AGAIN -> SendResult.TRY_AGAIN;
            case NOT_CONNECTED -> SendResult.NOT_PRIMARY;
        };
    }

    private EvsSendResult sendControl(PcMessage message, long nowNanos) {
        ByteBuf payload = lower.newPayload(PcCodec.length(message));
        try {
            PcCodec.write(message, payload);
            EvsSendResult result = lower.send(CONTROL_USER_TYPE, EvsOrder.SAFE, payload, nowNanos);
            if (result != EvsSendResult.OK && !closing) {
                log.warn(
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
     * pc.weight: asks the group to agree on a new weight of this node (sheet 14.9). It is in force when {@link #weight} says so.
     *
     * @param weight 0 to 255
     * @return false if it cannot be asked now, since this node is not in a settled primary component
     */
    public boolean changeWeight(int weight, long nowNanos) {
        if (state != PcState.PRIM) {
            return false;
        }
        var nodes = exchange.selfReports();
        NodeState own = membership.own().state(lower.isEvicted(membership.self()));
        nodes.put(membership.self(), own.withWeight(weight));
        return sendControl(new PcMessage.Install(membership.version(), false, true, nodes), nowNanos)
                == EvsSendResult.OK;
    }

    /**
     * pc.bootstrap: makes a non-primary component primary by force (sheet 14.7). Ignored in other states.
     *
     * @return false if it cannot be asked now, since the membership is changing
     */
    public boolean forcePrimary(long nowNanos) {
        if (state != PcState.NON_PRIM) {
            log.info(
                    "PC: ignoring pc.bootstrap: the node is in state {}, and only a non-primary component needs it",
                    state);
            return true;
        }
        log.info(
                "PC: making this non-primary component of {} primary",
                membership.delivered().members().size());
        return sendBootstrap(nowNanos);
    }

    private boolean sendBootstrap(long nowNanos) {
        var nodes = exchange.selfReports();
        nodes.keySet().retainAll(membership.current().members());
        return sendControl(new PcMessage.Install(membership.version(), true, false, nodes), nowNanos)
                == EvsSendResult.OK;
    }

    /** Checks a run-time value of a pc.* option that is fixed while the node is connected. */
    public void refuseChange(String name, String value) {
        settings.refuseChange(name, value);
    }

    // ---- views of EVS

    @Override
    public void onView(EvsView view, long nowNanos) {
        if (state == PcState.CLOSED) {
            return;
        }
        if (view.isEmpty()) {
            membership.enter(view);
            shift(PcState.CLOSED);
            membership.becomeNonPrimary();
            deliver(false, nowNanos);
        } else if (view.isTransitional()) {
            onTransitionalView(view, nowNanos);
        } else {
            onRegularView(view, nowNanos);
        }
    }

    private void onTransitionalView(EvsView view, long nowNanos) {
        if (membership.current() == null) {
            membership.enter(view);
            if (bootstrap) {
                membership.startAsPrimary();
            }
            shift(PcState.TRANS);
            return;
        }
        Quorum quorum = membership.quorumOf(view);
        boolean present = quorum.present() && !isGoneForTheOthers(view);
        boolean excused = !closing && (ignoreQuorum || ignoreSplitBrain && quorum.splitBrain());
        membership.enter(view);
        shift(PcState.TRANS);
        if (!present && excused) {
            log.warn(
                    "{} from view: {}",
                    ignoreQuorum
                            ? "Ignoring lack of quorum (allowed by pc.ignore_quorum)"
                            : "Ignoring possible split-brain (allowed by configuration)",
                    view);
        }
        if (!present && !excused) {
            membership.becomeNonPrimary();
            deliver(false, nowNanos);
        }
    }

    /**
     * A leaver whose weight alone is a majority, and that hears no more from the others: they may have its LEAVE, and then its weight counts for
     * them as much as against them (sheet 13.1). The reference goes on numbering messages in its last view, and so does the rest of the
     * component, differently.
     */
    private boolean isGoneForTheOthers(EvsView view) {
        return closing && view.members().size() == 1 && !view.partitioned().isEmpty();
    }

    private void onRegularView(EvsView view, long nowNanos) {
        EvsView before = membership.current();
        if (before != null && view.id().seq() <= before.id().seq()) {
            fail("view " + view.id() + " follows " + before.id() + ", which is not older");
            return;
        }
        if (before != null && before.version() != view.version()) {
            log.info(
                    "PC protocol {} {} -> {}",
                    before.version() < view.version() ? "upgrade" : "downgrade",
                    before.version(),
                    view.version());
        }
        membership.enter(view);
        shift(PcState.STATES_EXCH);
        exchange.clear();
        membership.alignTotalOrder();
        sendControl(new PcMessage.State(view.version(), membership.states(lower::isEvicted)), nowNanos);
    }

    // ---- messages of EVS

    @Override
    public void onMessage(
            Uuid source, ViewId sourceView, int userType, EvsOrder order, long seq, ByteBuf payload, long nowNanos) {
        if (state == PcState.CLOSED) {
            return;
        }
        if (payload.readableBytes() < PcCodec.HEADER_BYTES) {
            dropped(source, payload.readableBytes() + " bytes, shorter than a header");
        } else if (PcCodec.version(payload) > PcCodec.MAXIMUM_VERSION) {
            dropped(
                    source,
                    "version " + PcCodec.version(payload) + ", the highest known is " + PcCodec.MAXIMUM_VERSION);
        } else if (PcCodec.type(payload) == PcCodec.TYPE_USER) {
            onUser(source, userType, order, payload, nowNanos);
        } else {
            onControl(source, payload, nowNanos);
        }
    }

    private void dropped(Uuid source, String reason) {
        log.warn("PC: dropped a message of {}: {}", source, reason);
    }

    private void onControl(Uuid source, ByteBuf payload, long nowNanos) {
        PcMessage message;
        try {
            message = PcCodec.decodeControl(payload);
        } catch (MalformedPcMessage e) {
            dropped(source, e.getMessage());
            return;
        }
        if (message instanceof PcMessage.State stateMessage) {
            onState(source, stateMessage, nowNanos);
        } else {
            onInstall(source, (PcMessage.Install) message, nowNanos);
        }
    }

    private void onUser(Uuid source, int userType, EvsOrder order, ByteBuf payload, long nowNanos) {
        if (state == PcState.STATES_EXCH || state == PcState.INSTALL) {
            dropped(source, "user message in state " + state);
            return;
        }
        if (settings.checksum() && (PcCodec.flags(payload) & PcCodec.FLAG_CRC16) != 0) {
            int computed = PcCodec.checksum(payload);
            if (computed != PcCodec.crc(payload)) {
                fail("message of " + source + " has checksum " + Integer.toHexString(PcCodec.crc(payload))
                        + ", its bytes " + Integer.toHexString(computed)
                        + "; it was damaged in the memory of one of the two nodes");
                return;
            }
        }
        boolean numbered = order == EvsOrder.SAFE;
        if (!membership.accepts(source)) {
            return;
        }
        long totalOrderSeq = numbered ? membership.nextTotalOrderSeq() : -1;
        if (numbered) {
            int seq = PcCodec.seq(payload);
            int expected = membership.nextSeqOf(source, seq);
            if (seq != expected) {
                log.warn(
                        "PC: message of {} has seq {}, expected {}; its sender miscounts",
                        source,
                        Integer.toUnsignedString(seq),
                        Integer.toUnsignedString(expected));
            }
        }
        int sender = membership.indexOf(source);
        if (sender < 0) {
            return;
        }
        int start = payload.readerIndex();
        payload.readerIndex(start + PcCodec.HEADER_BYTES);
        try {
            listener.onMessage(sender, userType, totalOrderSeq, payload, nowNanos);
        } finally {
            payload.readerIndex(start);
        }
    }

    @Override
    public void onCausal(int userType, long seq, ByteBuf payload, long nowNanos) {
        if (state != PcState.CLOSED) {
            listener.onCausal(payload.getLong(payload.readerIndex()), nowNanos);
        }
    }

    // ---- state exchange

    private void onState(Uuid source, PcMessage.State message, long nowNanos) {
        if (state != PcState.STATES_EXCH) {
            if (state != PcState.TRANS) {
                dropped(source, "STATE in state " + state);
            }
            return;
        }
        NodeState own = message.nodes().get(source);
        if (own == null) {
            dropped(source, "STATE without an entry about its sender; cutting the sender off");
            lower.exclude(source, nowNanos);
            return;
        }
        if (membership.conflictsWith(own)) {
            onConflictingPrimary(source, own);
            return;
        }
        exchange.add(new Account(source, own, message));
        if (exchange.isComplete(membership.current().members())) {
            onAllStates(nowNanos);
        }
    }

    /** Two primary components have met: one of them must give way (sheet 12.7, 1). */
    private void onConflictingPrimary(Uuid source, NodeState own) {
        ViewId mine = membership.own().lastPrimary;
        boolean mineIsGreater = mine.compareTo(own.lastPrimary()) > 0;
        String both = "this node's primary component " + mine + " met another, " + own.lastPrimary() + " of " + source;
        if (mineIsGreater != settings.newerViewOverrides()) {
            log.warn("PC: conflicting primary components: {}; waiting for the other to give way", both);
        } else {
            fail("conflicting primary components: " + both + "; this one gives way (pc.npvo="
                    + settings.newerViewOverrides() + "). Restart this node to join the other one");
        }
    }

    private void onAllStates(long nowNanos) {
        for (Account account : exchange.accounts()) {
            membership.learn(account);
        }
        if (!booksAgree(nowNanos)) {
            return;
        }
        switch (exchange.verdict(membership.current().members(), membership.instances())) {
            case PRIMARY -> {
                shift(PcState.INSTALL);
                if (membership.self().equals(membership.current().members().first())) {
                    sendControl(
                            new PcMessage.Install(membership.version(), false, false, exchange.selfReports()),
                            nowNanos);
                }
            }
            case NON_PRIMARY -> {
                shift(PcState.NON_PRIM);
                membership.becomeNonPrimary();
                deliver(false, nowNanos);
            }
            case CONFLICT ->
                log.warn(
                        "PC: members of different primary components in {}; waiting for one to give way",
                        membership.current().id());
        }
    }

    /** Compares accounts (sheet 12.8). A real node ends itself at the first difference; here the minority goes, and the rest goes on. */
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
                        "PC: {} has a different account of the past ({}); cutting it off, it must be restarted",
                        source,
                        difference);
                exchange.remove(source);
                lower.exclude(source, nowNanos);
            });
        } else {
            fail("the group's account of the past differs from this node's: " + differences
                    + ". Restart the node; it will be brought up to date by state transfer");
        }
        return false;
    }

    // ---- install

    private void onInstall(Uuid source, PcMessage.Install message, long nowNanos) {
        switch (state) {
            case INSTALL, NON_PRIM -> onInstallOfComponent(source, message, nowNanos);
            case PRIM -> {
                if (message.weightChange()) {
                    changeWeightOf(source, message);
                } else {
                    log.warn(
                            "PC: INSTALL of {} in state PRIM ignored; normal when several nodes recover a component",
                            ShortUuid.of(source));
                }
            }
            case TRANS -> onInstallInTransition(source, message, nowNanos);
            case STATES_EXCH, CLOSED -> dropped(source, "INSTALL in state " + state);
        }
    }

    private void changeWeightOf(Uuid source, PcMessage.Install message) {
        NodeState entry = message.nodes().get(source);
        if (entry == null || entry.weight() == NodeState.NO_WEIGHT) {
            dropped(source, "change of weight without the sender's weight");
            return;
        }
        log.info("PC: weight of {} is {}", ShortUuid.of(source), entry.weight());
        membership.setWeight(source, entry.weight());
        if (source.equals(membership.self())) {
            listener.onWeight(entry.weight());
        }
    }

    private void onInstallOfComponent(Uuid source, PcMessage.Install message, long nowNanos) {
        if (message.weightChange() || state == PcState.NON_PRIM && !message.bootstrap()) {
            dropped(source, "INSTALL in state " + state + " that forms no component");
            return;
        }
        if (state == PcState.INSTALL && message.bootstrap()) {
            return;
        }
        String difference = membership.differenceAboutSelf(message, lower::isEvicted);
        if (difference != null) {
            log.warn("PC: INSTALL of {} misquotes this node: {}", source, difference);
        }
        shift(PcState.PRIM);
        membership.becomePrimary(message);
        lastSentSeq = 0;
        deliver(message.bootstrap(), nowNanos);
        membership.forgetOthers();
    }

    /** The view broke while INSTALL was on its way: part of the nodes may have formed a primary component (sheet 13.4). */
    private void onInstallInTransition(Uuid source, PcMessage.Install message, long nowNanos) {
        if (message.bootstrap()) {
            return;
        }
        boolean careful;
        if (message.weightChange()) {
            careful = !membership.isWholeComponentAccountedFor();
            if (!careful) {
                changeWeightOf(source, message);
                return;
            }
        } else {
            careful = !membership.wouldKeepQuorum(message);
        }
        if (careful) {
            if (membership.isComponentPrimary()) {
                membership.becomeNonPrimary();
                deliver(false, nowNanos);
            }
            membership.markUnknown(message);
            if (message.weightChange() && !membership.current().members().contains(source)) {
                changeWeightOf(source, message);
            }
        }
    }

    // ---- delivery

    private void deliver(boolean bootstrapped, long nowNanos) {
        PcView view = membership.deliver(bootstrapped);
        log.info("{}", view);
        listener.onView(view, nowNanos);
        if (state == PcState.CLOSED && !view.members().isEmpty()) {
            return;
        }
        lower.stableView(view, nowNanos);
        if (view.isPrimary()) {
            restored = null;
        } else if (restored != null && !bootstrap && state == PcState.NON_PRIM && mayRecover(view)) {
            log.info("PC: all members of the last primary component are back, making it primary");
            sendBootstrap(nowNanos);
        }
    }

    /** Recovery after a crash of all members (sheet 14.8). */
    private boolean mayRecover(PcView view) {
        return membership.mayRecover(restored, view);
    }

    private void shift(PcState next) {
        if (!state.successors().contains(next)) {
            throw new IllegalStateException("primary component: no way from " + state + " to " + next);
        }
        log.debug("PC: {} -> {}", state, next);
        state = next;
    }

    private void fail(String reason) {
        state = PcState.CLOSED;
        log.error("PC: {}", reason);
        listener.onFailure(reason);
    }
}
