package io.wsrep4j.gcomm.simulation;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.Evs;
import io.wsrep4j.gcomm.evs.EvsOrder;
import io.wsrep4j.gcomm.evs.EvsSendResult;
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
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.helpers.NOPLogger;

/** The primary component above one simulated node's EVS; {@link PcSafetyCheck} sees what it delivers. */
class PcMember implements PcLower, PcListener {

    private static final int USER_TYPE = 0xff;

    private final SimulatedNode node;
    private final Evs evs;
    private final PrimaryComponent pc;
    private final PcSafetyCheck.Witness witness;
    private final Supplier<List<PcView>> primaries;
    private final Consumer<PcView> watcher;
    private SavedView saved;

    /**
     * @param primaries the views of all nodes that are primary at that moment
     * @param watcher told of each view
     */
    PcMember(
            SimulatedNode node,
            Evs evs,
            PcStart start,
            int weight,
            PcSafetyCheck.Witness witness,
            Supplier<List<PcView>> primaries,
            Consumer<PcView> watcher) {
        this.node = node;
        this.evs = evs;
        this.saved = start.restored();
        this.witness = witness;
        this.primaries = primaries;
        this.watcher = watcher;
        pc = new PrimaryComponent(
                start,
                PcSettings.read(Map.of("pc.weight", "" + weight)),
                this,
                this,
                new LimitedLog(NOPLogger.NOP_LOGGER, () -> 0));
        pc.connect();
        node.every(SimulatedTime.SECOND / 4, pc::onTime);
    }

    SimulatedNode node() {
        return node;
    }

    Evs evs() {
        return evs;
    }

    PrimaryComponent pc() {
        return pc;
    }

    /** What a restart after a crash finds on disk, or null. */
    SavedView saved() {
        return saved;
    }

    /** As after an orderly leave. */
    void forgetView() {
        saved = null;
    }

    /** It runs, and its component is primary. */
    boolean isPrimary() {
        return !node.isDead() && pc.state() == PcState.PRIM;
    }

    /** Sends one numbered message. */
    void send(long id, int length, long nowNanos) {
        ByteBuffer body = ByteBuffer.allocate(Long.BYTES + length);
        body.putLong(0, id);
        node.act(() -> pc.send(USER_TYPE, ByteBuffer.allocate(0), body, nowNanos));
    }

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

    @Override
    public void onView(PcView view, long nowNanos) {
        if (view.isPrimary()) {
            saved = SavedView.of(node.uuid(), view);
        }
        watcher.accept(view);
        witness.viewed(view, primaries.get());
    }

    @Override
    public void onMessage(int senderIndex, int userType, long totalOrderSeq, ByteBuf payload, long nowNanos) {
        boolean numbered = payload.readableBytes() >= Long.BYTES;
        witness.received(
                senderIndex, totalOrderSeq, numbered ? payload.getLong(payload.readerIndex()) : payload.hashCode());
    }

    @Override
    public void onCausal(long token, long nowNanos) {
        throw new AssertionError("nobody asked");
    }

    @Override
    public void onWeight(int weight) {
        // not changed here
    }

    @Override
    public void onFailure(String reason) {
        throw new AssertionError("node " + node.number() + " gives up: " + reason);
    }
}
