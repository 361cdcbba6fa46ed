package io.wsrep4j.gcomm.simulation;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.channel.SimulatedDelivery;
import io.wsrep4j.gcomm.evs.Evs;
import io.wsrep4j.gcomm.evs.EvsListener;
import io.wsrep4j.gcomm.evs.EvsOrder;
import io.wsrep4j.gcomm.evs.EvsSendResult;
import io.wsrep4j.gcomm.evs.EvsView;
import io.wsrep4j.gcomm.evs.ViewType;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.pc.PcListener;
import io.wsrep4j.gcomm.pc.PcLower;
import io.wsrep4j.gcomm.pc.PcSettings;
import io.wsrep4j.gcomm.pc.PcStart;
import io.wsrep4j.gcomm.pc.PcState;
import io.wsrep4j.gcomm.pc.PcView;
import io.wsrep4j.gcomm.pc.PrimaryComponent;
import io.wsrep4j.gcomm.pc.SavedView;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.helpers.NOPLogger;

/**
 * The channel of a simulated node: its primary component above its EVS, the delivery of {@code GcommChannel}, and the group layer on top, as
 * that channel puts them together above a real network. Everything runs inside {@link SimulatedNode#enter}.
 */
final class SimulatedChannel implements GroupChannel, PcLower, PcListener {

    /** As pc.linger, for a goodbye that nobody confirms. */
    private static final long LINGER = 2 * SimulatedTime.SECOND;

    private final SimulatedNode node;
    private final Evs evs;
    private final SimulatedTime time;
    private final PrimaryComponent pc;
    private final Consumer<PcView> watcher;
    private SimulatedDelivery delivery;
    private SavedView saved;
    private PcView lastPrimary;
    private boolean leaving;
    private boolean mayFail;

    /** @param watcher told of each view before the listener is */
    SimulatedChannel(SimulatedNode node, Evs evs, SimulatedTime time, PcStart start, Consumer<PcView> watcher) {
        this.node = node;
        this.evs = evs;
        this.time = time;
        this.watcher = watcher;
        this.saved = start.restored();
        this.pc = new PrimaryComponent(
                start, PcSettings.read(Map.of()), this, this, new LimitedLog(NOPLogger.NOP_LOGGER, () -> 0));
        pc.connect();
        node.every(SimulatedTime.SECOND / 4, pc::onTime);
    }

    EvsListener aboveEvs() {
        return pc;
    }

    PrimaryComponent pc() {
        return pc;
    }

    /** What a restart after a crash finds on disk, or null. */
    SavedView saved() {
        return saved;
    }

    /** The last primary view that this node was told of, or null. */
    PcView lastPrimary() {
        return lastPrimary;
    }

    /** This node is out of the group, by its own wish or not. */
    boolean hasLeft() {
        return delivery.hasLeft();
    }

    // ---- above: the group layer

    /** The network is the simulation's business. */
    @Override
    public void join(String groupName, boolean bootstrap, GroupListener newListener) {
        delivery = new SimulatedDelivery(node.uuid(), newListener, this::fail);
    }

    /** Begins to leave; {@link GroupListener#onLeft} follows in its time, as virtual time cannot be waited for. */
    @Override
    public void leave() {
        node.enter(() -> {
            if (!hasLeft()) {
                leaving = true;
                pc.closing();
                evs.close(time.now());
                time.after(LINGER, () -> node.act(() -> evs.forceClose(time.now())));
            }
        });
    }

    @Override
    public boolean setOption(String name, String value) {
        return false;
    }

    @Override
    public void isolate(boolean isolated) {
        throw new UnsupportedOperationException("the simulation cuts links");
    }

    @Override
    public void evict(Uuid member) {
        throw new AssertionError("all members of the simulation are sound, but " + member + " was to be evicted");
    }

    @Override
    public SendResult send(int type, ByteBuffer header, ByteBuffer body) {
        SendResult[] result = {SendResult.CLOSED};
        if (!hasLeft()) {
            node.enter(() -> result[0] = pc.send(type, header, body, time.now()));
        }
        return result[0];
    }

    @Override
    public SendResult sendCausal(long token) {
        SendResult[] result = {SendResult.CLOSED};
        if (!hasLeft()) {
            node.enter(() -> result[0] = pc.sendCausal(token, time.now()));
        }
        return result[0];
    }

    @Override
    public int maximumLength() {
        return PrimaryComponent.MAXIMUM_PAYLOAD;
    }

    @Override
    public SortedMap<String, String> status() {
        return new TreeMap<>();
    }

    @Override
    public void resetStatistics() {
        // has no figures
    }

    // ---- what the primary component delivers

    @Override
    public void onView(PcView view, long nowNanos) {
        watcher.accept(view);
        if (view.members().isEmpty()) {
            saved = null;
        } else if (view.isPrimary()) {
            saved = SavedView.of(node.uuid(), view);
            lastPrimary = view;
        }
        delivery.listener().onView(view, nowNanos);
    }

    @Override
    public void onMessage(int senderIndex, int userType, long totalOrderSeq, ByteBuf payload, long nowNanos) {
        delivery.listener().onMessage(senderIndex, userType, totalOrderSeq, payload, nowNanos);
    }

    @Override
    public void onCausal(long token, long nowNanos) {
        delivery.listener().onCausal(token, nowNanos);
    }

    @Override
    public void onWeight(int weight) {
        delivery.listener().onWeight(weight);
    }

    @Override
    public void onFailure(String reason) {
        delivery.listener().onFailure(reason);
    }

    /** As the channel above a real network: the layer above is told, and what is below is gone. */
    private void fail(String reason) {
        if (!mayFail) {
            throw new AssertionError("node " + node.number() + " gives up: " + reason);
        }
        saved = null;
        delivery.fail(reason);
        time.after(0, node::crash);
    }

    /** Hands the primary component what no sound EVS would, on which it gives up; called inside {@link SimulatedNode#act}. */
    void breakDown() {
        EvsView again = evs.currentView();
        if (!hasLeft() && !leaving && again.id().type() == ViewType.REG && !again.isEmpty()) {
            mayFail = true;
            pc.onView(again, time.now());
        }
    }

    // ---- what the primary component needs

    @Override
    public ByteBuf newPayload(int capacity) {
        return evs.newPayload(capacity);
    }

    @Override
    public boolean isCongested() {
        return evs.isCongested();
    }

    @Override
    public EvsSendResult send(int userType, EvsOrder order, ByteBuf payload, long nowNanos) {
        return evs.send(userType, order, payload, nowNanos);
    }

    @Override
    public void stableView(PcView view, long nowNanos) {
        // the simulated network needs no telling
    }

    @Override
    public void exclude(Uuid other, long nowNanos) {
        throw new AssertionError("node " + node.number() + " finds wrong books of " + other);
    }

    @Override
    public boolean isEvicted(Uuid other) {
        return false;
    }

    @Override
    public long patienceNanos() {
        return node.core().settings().inactiveTimeout();
    }

    /** Its component is primary, and it wants to remain in it. */
    boolean isPrimary() {
        return pc.state() == PcState.PRIM && !leaving;
    }
}
