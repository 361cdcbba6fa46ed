package io.wsrep4j.gcomm.simulation;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.Evs;
import io.wsrep4j.gcomm.evs.EvsCore;
import io.wsrep4j.gcomm.evs.EvsListener;
import io.wsrep4j.gcomm.evs.EvsOrder;
import io.wsrep4j.gcomm.evs.EvsProbe;
import io.wsrep4j.gcomm.evs.EvsSendResult;
import io.wsrep4j.gcomm.evs.EvsSettings;
import io.wsrep4j.gcomm.evs.EvsStart;
import io.wsrep4j.gcomm.evs.EvsStateName;
import io.wsrep4j.gcomm.evs.EvsTransport;
import io.wsrep4j.gcomm.evs.EvsView;
import io.wsrep4j.gcomm.evs.ViewId;
import io.wsrep4j.gcomm.log.LimitedLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.helpers.NOPLogger;

/** One incarnation of a node: its stack, and how the machine that it runs on behaves. */
public final class SimulatedNode implements EvsTransport, EvsListener {

    // thousands of failing networks have too much to tell; one seed that is looked at may talk
    private static final boolean TALKS = System.getProperty("wsrep4j.seed") != null;
    private static final long ANNOUNCE_PERIOD = SimulatedTime.SECOND / 2;
    private static final long ANNOUNCE_TIMEOUT = 3 * SimulatedTime.SECOND;

    private final SimulatedCluster cluster;
    private final SimulatedTime time;
    private final NodeHistory history;
    private final EvsCore core;
    private final EvsProbe probe;
    private final EvsListener upper;
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final ArrayDeque<Runnable> backlog = new ArrayDeque<>();
    private final List<String> malformed = new ArrayList<>();
    private long scheduledFor = Long.MAX_VALUE;
    private boolean leaving;
    private boolean frozen;
    private boolean dead;
    private boolean inside;
    private long busyUntil;

    /** Extra time that this node needs for each message, nanoseconds. */
    long slowness;

    SimulatedNode(SimulatedCluster cluster, int number, EvsStart start, EvsSettings settings, UpperLayer layer) {
        this.cluster = cluster;
        this.time = cluster.time();
        this.history = new NodeHistory(number, start.self());
        Logger log = TALKS ? LoggerFactory.getLogger("node." + number) : NOPLogger.NOP_LOGGER;
        this.core = new EvsCore(start, settings, this, this, allocator, new LimitedLog(log, () -> 0));
        this.probe = new EvsProbe(core);
        this.upper = layer.over(this, core);
    }

    public int number() {
        return history.number;
    }

    public Uuid uuid() {
        return history.uuid;
    }

    public Evs evs() {
        return core;
    }

    EvsCore core() {
        return core;
    }

    NodeHistory history() {
        return history;
    }

    /** What it knows, for messages about failures. */
    String describe() {
        return probe.describe();
    }

    List<String> malformed() {
        return malformed;
    }

    boolean isDead() {
        return dead;
    }

    boolean isRunning() {
        return !dead && core.state() != EvsStateName.CLOSED;
    }

    // What happens to the node.

    void bootstrap() {
        act(() -> {
            core.connect(time.now());
            core.join(time.now());
        });
    }

    void join() {
        act(() -> core.connect(time.now()));
        long end = time.now() + ANNOUNCE_TIMEOUT;
        announceUntil(end);
    }

    private void announceUntil(long end) {
        act(() -> {
            if (core.state() != EvsStateName.JOINING) {
                return;
            }
            if (core.knowsOthers() || time.now() >= end) {
                core.join(time.now());
            } else {
                core.announce(time.now());
                time.after(ANNOUNCE_PERIOD, () -> announceUntil(end));
            }
        });
    }

    void leave() {
        leaving = true;
        act(() -> core.close(time.now()));
    }

    /** It was told to leave, or to give up. */
    boolean isLeaving() {
        return leaving;
    }

    /** The process dies. */
    void crash() {
        dead = true;
        history.crashed = true;
    }

    /** The channel is given up: as a crash for the others, but this node delivers its end. */
    void abandon() {
        leaving = true;
        act(() -> core.forceClose(time.now()));
    }

    void setOption(String name, String value) {
        act(() -> core.setOption(name, value, time.now()));
    }

    void freeze() {
        frozen = true;
    }

    void thaw() {
        frozen = false;
        while (!frozen && !backlog.isEmpty()) {
            backlog.poll().run();
        }
        onDeadline();
    }

    /** Sends a message; true if it was accepted. */
    boolean send(EvsOrder order, int length) {
        if (frozen || dead) {
            return false;
        }
        boolean[] accepted = new boolean[1];
        act(() -> accepted[0] = sendNow(order, length));
        return accepted[0];
    }

    private boolean sendNow(EvsOrder order, int length) {
        long id = cluster.nextMessageId();
        ByteBuf payload = core.newPayload(Long.BYTES + length);
        payload.writeLong(id).writeZero(length);
        ViewId view = core.currentView().id();
        int before = history.sent.size();
        if (order == EvsOrder.LOCAL_CAUSAL) {
            history.asked.put(id, new NodeHistory.Asked(view, cluster.deliveredAnywhere(view)));
        } else {
            // noted first: a node that is alone delivers inside the call
            history.sent.add(new NodeHistory.Sent(id, order, view));
        }
        EvsSendResult result = core.send(1, order, payload, time.now());
        payload.release();
        if (result != EvsSendResult.OK) {
            history.asked.remove(id);
            while (history.sent.size() > before) {
                history.sent.remove(before);
            }
        }
        return result == EvsSendResult.OK;
    }

    void arrive(Uuid source, byte[] message) {
        if (dead) {
            return;
        }
        if (slowness > 0) {
            busyUntil = Math.max(busyUntil, time.now()) + slowness;
            time.at(busyUntil, () -> receive(source, message));
        } else {
            receive(source, message);
        }
    }

    private void receive(Uuid source, byte[] message) {
        act(() -> {
            ByteBuf buffer = allocator.heapBuffer(message.length).writeBytes(message);
            try {
                core.receive(source, buffer, time.now());
            } finally {
                buffer.release();
            }
        });
    }

    private void onDeadline() {
        if (core.nextDeadline() <= time.now()) {
            act(() -> core.onTimer(time.now()));
        } else {
            schedule();
        }
    }

    /** Everything that enters the stack comes through here: one call at a time, and not while the machine stands still. */
    void act(Runnable entry) {
        if (dead) {
            return;
        }
        if (frozen) {
            backlog.add(entry);
            return;
        }
        if (inside) {
            throw new AssertionError("the stack was entered from inside itself");
        }
        inside = true;
        if (TALKS) {
            MDC.put("milliseconds", Long.toString(time.now() / SimulatedTime.MILLI));
        }
        try {
            entry.run();
            probe.check();
            if (probe.isIsolated()) {
                cluster.isolated(this);
            }
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("node " + number() + " at " + time.now() / SimulatedTime.MILLI + " ms", e);
        } finally {
            inside = false;
        }
        schedule();
    }

    /** Calls a layer above again and again, with the time, as long as this node lives. */
    void every(long period, LongConsumer call) {
        time.after(period, () -> {
            if (!dead) {
                act(() -> call.accept(time.now()));
                every(period, call);
            }
        });
    }

    /** As {@link #act}, for layers above that may be called from below just now. */
    void enter(Runnable entry) {
        if (inside) {
            entry.run();
        } else {
            act(entry);
        }
    }

    private void schedule() {
        long next = core.nextDeadline();
        if (next == Long.MAX_VALUE || scheduledFor <= next && scheduledFor > time.now()) {
            return;
        }
        scheduledFor = next;
        time.at(next, () -> {
            if (scheduledFor == next) {
                scheduledFor = Long.MAX_VALUE;
            }
            if (!dead && !frozen) {
                onDeadline();
            }
        });
    }

    /** Ends this node and tells how many bytes it has not given back. */
    long close() {
        dead = false;
        frozen = false;
        abandon();
        dead = true;
        return allocator.metric().usedHeapMemory();
    }

    // Effects of the stack.

    @Override
    public void broadcast(ByteBuf message) {
        byte[] bytes = copy(message);
        cluster.network().announce(number(), uuid(), bytes, true);
        for (SimulatedNode peer : cluster.running()) {
            if (peer != this) {
                cluster.network().send(number(), peer, uuid(), bytes);
            }
        }
    }

    @Override
    public void sendTo(Uuid target, ByteBuf message) {
        byte[] bytes = copy(message);
        cluster.network().announce(number(), uuid(), bytes, false);
        SimulatedNode peer = cluster.byUuid(target);
        if (peer != null) {
            cluster.network().send(number(), peer, uuid(), bytes);
        }
    }

    private static byte[] copy(ByteBuf message) {
        if (message.readerIndex() < EvsTransport.HEADROOM) {
            throw new AssertionError("no room for the transport's headers");
        }
        byte[] bytes = new byte[message.readableBytes()];
        message.getBytes(message.readerIndex(), bytes);
        return bytes;
    }

    @Override
    public void stableView(EvsView view) {
        cluster.trace(this, null);
    }

    @Override
    public void allowConnect(Uuid node) {}

    @Override
    public void evict(Uuid node) {}

    @Override
    public void unevict(Uuid node) {}

    @Override
    public String address(Uuid node) {
        SimulatedNode peer = cluster.byUuid(node);
        return peer == null ? "" : "tcp://node" + peer.number();
    }

    @Override
    public void malformed(Uuid source, String reason) {
        malformed.add(reason);
    }

    @Override
    public void onView(EvsView view, long nowNanos) {
        history.viewed(view, nowNanos);
        cluster.trace(this, view);
        if (upper != null) {
            upper.onView(view, nowNanos);
        }
    }

    @Override
    public void onMessage(
            Uuid source, ViewId sourceView, int userType, EvsOrder order, long seq, ByteBuf payload, long nowNanos) {
        if (upper != null) {
            upper.onMessage(source, sourceView, userType, order, seq, payload, nowNanos);
            return;
        }
        long id = payload.getLong(payload.readerIndex());
        history.events.add(new NodeHistory.Received(source, sourceView, order, seq, id));
        if (order == EvsOrder.SAFE && !history.lastView().isTransitional()) {
            cluster.delivered(history, sourceView);
        }
    }

    @Override
    public void onCausal(int userType, long seq, ByteBuf payload, long nowNanos) {
        if (upper != null) {
            upper.onCausal(userType, seq, payload, nowNanos);
            return;
        }
        history.events.add(new NodeHistory.Causal(payload.getLong(payload.readerIndex())));
    }
}
