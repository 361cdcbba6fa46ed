package io.wsrep4j.gcomm.channel;

import io.netty.buffer.ByteBuf;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.TimeUuids;
import io.wsrep4j.gcomm.evs.EvsCore;
import io.wsrep4j.gcomm.evs.EvsOrder;
import io.wsrep4j.gcomm.evs.EvsSendResult;
import io.wsrep4j.gcomm.evs.EvsStart;
import io.wsrep4j.gcomm.evs.EvsTransport;
import io.wsrep4j.gcomm.evs.EvsView;
import io.wsrep4j.gcomm.gmcast.Gmcast;
import io.wsrep4j.gcomm.gmcast.GmcastFailure;
import io.wsrep4j.gcomm.gmcast.GmcastListener;
import io.wsrep4j.gcomm.gmcast.GmcastSettings;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import io.wsrep4j.gcomm.pc.PcLower;
import io.wsrep4j.gcomm.pc.PcStart;
import io.wsrep4j.gcomm.pc.PcView;
import io.wsrep4j.gcomm.pc.PrimaryComponent;
import io.wsrep4j.gcomm.transport.LowestLayer;
import io.wsrep4j.gcomm.transport.ProtocolStack;
import io.wsrep4j.gcomm.transport.TransportEffects;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The cores of one node, put together: GMCast, EVS above it, the primary component on top. Each asks the other two through this object. Owned
 * by the transport's lock; every call that is an event says the time.
 */
final class GcommStack implements ProtocolStack, EvsTransport, GmcastListener, PcLower {

    private static final LineKind MALFORMED = LineKind.ofPeer("malformed messages");

    /** Wire type of an EVS message that carries user data (docs/spec/gcomm-evs.md 3.1). */
    private static final int EVS_USER = 1;

    private final Gmcast gmcast;
    private final EvsCore evs;
    private final PrimaryComponent pc;
    private final GroupDelivery delivery;
    private final Announcement announcement;
    private final LimitedLog log;
    private final Runnable evicted;

    private final boolean recovering;

    /** Whom nothing is taken of until a view has formed without it. */
    private final Set<Uuid> excluded = new HashSet<>();

    private long now;
    private boolean malformed;
    private boolean broken;
    /** A layer threw, and this node leaves: nobody above hears or sends anything any more. */
    private boolean leaving;

    private boolean stopPending;

    GcommStack(
            StackSettings settings,
            GmcastSettings gmcastSettings,
            PcStart start,
            TimeUuids ids,
            TransportEffects effects,
            GroupListener listener,
            Optional<SavedViewFile> savedView,
            Runnable evicted,
            LimitedLog log) {
        this.log = log;
        this.evicted = evicted;
        this.recovering = start.restored() != null;
        this.delivery = new GroupDelivery(start.self(), listener, savedView, this::fail);
        this.gmcast = new Gmcast(
                gmcastSettings, start.self(), ids::next, settings.random(), settings.allocator(), effects, this, log);
        this.pc = new PrimaryComponent(start, settings.pc(), this, delivery, log);
        EvsStart evsStart = new EvsStart(
                start.self(), start.restored() == null ? null : start.restored().id());
        this.evs = new EvsCore(evsStart, settings.evs(), this, pc, settings.allocator(), log);
        this.announcement = new Announcement(evs);
    }

    /** The time as the cores see it: a clock that was read before the lock was taken must not turn it back. */
    private long at(long nowNanos) {
        now = Math.max(now, nowNanos);
        return now;
    }

    /** Connects all layers; a bootstrapping node is primary when this returns. */
    void start(boolean bootstrap, long announceTimeout, long nowNanos) {
        long time = at(nowNanos);
        pc.connect();
        evs.connect(time);
        gmcast.start(time);
        announcement.begin(bootstrap, announceTimeout, time);
    }

    Gmcast gmcast() {
        return gmcast;
    }

    PrimaryComponent pc() {
        return pc;
    }

    EvsCore evs() {
        return evs;
    }

    GroupDelivery delivery() {
        return delivery;
    }

    Announcement announcement() {
        return announcement;
    }

    SendResult send(int type, ByteBuffer header, ByteBuffer body, long nowNanos) {
        try {
            return pc.send(type, header, body, at(nowNanos));
        } catch (RuntimeException | Error e) {
            onBroken(e);
            return SendResult.ABORTED;
        }
    }

    SendResult sendCausal(long token, long nowNanos) {
        try {
            return pc.sendCausal(token, at(nowNanos));
        } catch (RuntimeException | Error e) {
            onBroken(e);
            return SendResult.ABORTED;
        }
    }

    /** True if this node has a view of a former life, and has not been in a primary component since. */
    boolean isRecovering() {
        return recovering;
    }

    /** Nothing can be sent any more. */
    boolean isBroken() {
        return broken || leaving;
    }

    /** Begins an orderly leave; the empty view follows. */
    void close(long nowNanos) {
        announcement.cancel();
        if (!broken && !leaving) {
            pc.closing();
            evs.close(at(nowNanos));
        }
    }

    /** Ends at once. */
    void forceClose(long nowNanos) {
        announcement.cancel();
        evs.forceClose(
                at(nowNanos)); // which lets go of the messages that it holds, also when this stack has ended already
        broken = true;
        gmcast.stop();
        delivery.leave(null);
    }

    SortedMap<String, String> status() {
        SortedMap<String, String> status = new TreeMap<>(evs.status());
        status.put("cluster_weight", Integer.toString(pc.clusterWeight()));
        status.put("gcomm_uuid", evs.self().toString());
        return status;
    }

    // ---- driven by the transport

    @Override
    public LowestLayer lowest() {
        return gmcast;
    }

    @Override
    public void onTime(long nowNanos) {
        long time = at(nowNanos);
        if (stopPending) {
            stopPending = false;
            evs.forceClose(time);
            gmcast.stop();
        }
        if (broken) {
            return;
        }
        log.summarize();
        gmcast.onTime(time);
        if (!broken) {
            evs.onTimer(time);
        }
        if (!broken) {
            pc.onTime(time);
        }
        if (!broken) {
            announcement.onTime(time);
        }
    }

    @Override
    public long nextDeadlineNanos() {
        if (stopPending) {
            return 0;
        }
        if (broken) {
            return Long.MAX_VALUE;
        }
        long cores = Math.min(gmcast.nextDeadlineNanos(), evs.nextDeadline());
        return Math.min(Math.min(cores, pc.nextDeadlineNanos()), announcement.nextDeadlineNanos());
    }

    @Override
    public boolean onBroken(Throwable cause) {
        if (broken) {
            return false;
        }
        if (leaving) {
            log.plain().error("Group communication failed again while this node was leaving; it ends at once", cause);
            fail("internal error in group communication");
            return false;
        }
        // first what matters most: the cause may be that there is no memory, and then the next event tries again
        delivery.fail(new GroupException("internal error in group communication", cause));
        leaving = true;
        announcement.cancel();
        boolean goesOn = sayGoodbye();
        log.plain().error("Group communication failed on an internal error; this node leaves the group", cause);
        return goesOn;
    }

    /** The others need not guess what became of this node, if that much still works; it then serves them until they have what they need. */
    private boolean sayGoodbye() {
        try {
            pc.closing();
            evs.close(now);
            return true;
        } catch (RuntimeException | Error e) {
            log.plain().warn("The group could not be told that this node leaves: {}", e.toString());
            fail("internal error in group communication");
            return false;
        }
    }

    private void fail(String reason) {
        if (!broken) {
            end(new GroupException(reason));
        }
    }

    private void end(GroupException reason) {
        broken = true;
        // the rest not now: this may be inside a call of GMCast or EVS
        stopPending = true;
        announcement.cancel();
        delivery.leave(reason);
    }

    // ---- GMCast above

    @Override
    public boolean onMessage(Uuid source, int segment, ByteBuf message, long nowNanos) {
        long time = at(nowNanos);
        if (broken || excluded.contains(source)) {
            return true;
        }
        malformed = false;
        evs.receive(source, message, time);
        announcement.onTime(time);
        return !malformed;
    }

    @Override
    public void onFailure(GmcastFailure failure) {
        log.plain().error("{}", failure.message());
        if (failure.kind() == GmcastFailure.Kind.EVICTED) {
            evicted.run();
        }
        fail(failure.message());
    }

    // ---- EVS below

    @Override
    public void broadcast(ByteBuf message) {
        boolean userData = (message.getByte(message.readerIndex()) >>> 2 & 7) == EVS_USER;
        gmcast.send(null, userData, message, now);
    }

    @Override
    public void sendTo(Uuid target, ByteBuf message) {
        gmcast.send(target, false, message, now);
    }

    @Override
    public void stableView(EvsView view) {
        excluded.retainAll(view.members());
        gmcast.onRegularView(view.members(), view.left(), now);
    }

    @Override
    public void allowConnect(Uuid node) {
        gmcast.allowConnect(node);
    }

    @Override
    public void evict(Uuid node) {
        gmcast.evict(node);
    }

    @Override
    public void unevict(Uuid node) {
        gmcast.unevict(node);
    }

    @Override
    public String address(Uuid node) {
        return gmcast.addressOf(node);
    }

    @Override
    public void malformed(Uuid source, String reason) {
        log.warn(MALFORMED, source, "Malformed message of {} at {}: {}", source, gmcast.addressOf(source), reason);
        malformed = true;
    }

    // ---- the primary component below

    @Override
    public ByteBuf newPayload(int capacity) {
        return evs.newPayload(capacity);
    }

    @Override
    public boolean isCongested() {
        return !broken && evs.isCongested();
    }

    @Override
    public EvsSendResult send(int userType, EvsOrder order, ByteBuf payload, long nowNanos) {
        return broken ? EvsSendResult.NOT_CONNECTED : evs.send(userType, order, payload, nowNanos);
    }

    @Override
    public void stableView(PcView view, long nowNanos) {
        if (view.isPrimary()) {
            gmcast.onPrimaryView(view.members().keySet(), nowNanos);
        } else {
            gmcast.onNonPrimaryView(nowNanos);
        }
    }

    @Override
    public void exclude(Uuid node, long nowNanos) {
        // it may connect again at once: without this EVS would hear it, and never find it silent
        excluded.add(node);
        gmcast.forget(node, nowNanos);
    }

    @Override
    public boolean isEvicted(Uuid node) {
        return gmcast.isEvicted(node);
    }

    @Override
    public long patienceNanos() {
        return evs.settings().inactiveTimeout();
    }
}
