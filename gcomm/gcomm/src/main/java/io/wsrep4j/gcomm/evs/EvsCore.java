package io.wsrep4j.gcomm.evs;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.evs.Timers.Timer;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.options.OptionException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Extended virtual synchrony (docs/spec/gcomm-evs.md): one node's state machine. Deterministic: the same calls with the same times have the same
 * effects. Not thread-safe: one lock or thread owns it together with the transport below and the listener above. No call may be made from
 * inside a call of the transport or the listener, except {@link #send} from the listener.
 *
 * <p>{@code nowNanos} is a count of nanoseconds that is never negative and never goes back.
 */
public final class EvsCore implements Evs {

    private final Environment env;
    private final Machine machine;
    private final Admission admission;

    /**
     * @param start who this node is
     * @param settings validated options
     * @param transport where messages go
     * @param listener who is told of views and messages
     * @param allocator where buffers for messages come from
     * @param log where this node tells what happens
     */
    public EvsCore(
            EvsStart start,
            EvsSettings settings,
            EvsTransport transport,
            EvsListener listener,
            ByteBufAllocator allocator,
            LimitedLog log) {
        env = new Environment(start.self(), settings, transport, listener, allocator, log);
        machine = new Machine(env, start);
        admission = new Admission(machine);
    }

    /**
     * A message came from another node. Malformed ones are dropped and reported to {@link EvsTransport#malformed}.
     *
     * @param source who sent it first, also when it was relayed
     * @param message its readable bytes; the core may retain a slice of the buffer: the caller does not write to the bytes after this call, and
     *     releases its own reference
     */
    public void receive(Uuid source, ByteBuf message, long nowNanos) {
        env.at(nowNanos);
        admission.receive(source, message);
    }

    /** When {@link #onTimer} wants to be called next; {@link Long#MAX_VALUE} for never. May change with every call. */
    public long nextDeadline() {
        return machine.timers().next();
    }

    /** Serves what is due; calling too early or too often does no harm. */
    public void onTimer(long nowNanos) {
        env.at(nowNanos);
        serve(Timer.INACTIVITY, machine.liveness()::check);
        serve(Timer.RETRANS, () -> machine.state().onRetransTimer());
        serve(Timer.INSTALL, machine.liveness()::installTimedOut);
        serve(Timer.STATISTICS, machine.statistics()::reset);
    }

    private void serve(Timer timer, Runnable action) {
        Timers timers = machine.timers();
        if (!timers.isDue(timer, env.now())) {
            return;
        }
        timers.cancel(timer);
        action.run();
        if (machine.is(EvsStateName.CLOSED)) {
            return;
        }
        EvsSettings settings = env.settings();
        switch (timer) {
            case INACTIVITY -> {
                timers.arm(timer, env.now(), settings.inactiveCheckPeriod());
                machine.past().expire();
                machine.evictions().expire();
            }
            case RETRANS -> machine.armRetrans();
            case INSTALL -> {
                if (machine.is(EvsStateName.GATHER) || machine.is(EvsStateName.INSTALL)) {
                    machine.armInstall();
                }
            }
            case STATISTICS -> timers.arm(timer, env.now(), settings.statsReportPeriod());
        }
    }

    @Override
    public ByteBuf newPayload(int capacity) {
        return machine.emitter().newPayload(capacity);
    }

    @Override
    public boolean isCongested() {
        return machine.is(EvsStateName.OPERATIONAL) && machine.emitter().isCongested();
    }

    @Override
    public EvsSendResult send(int userType, EvsOrder order, ByteBuf payload, long nowNanos) {
        env.at(nowNanos);
        if (order == EvsOrder.DROP || userType < 0 || userType > UserMessage.NO_USER_TYPE) {
            throw new IllegalArgumentException("cannot send user type " + userType + " with order " + order);
        }
        return machine.state().send(userType, order, payload);
    }

    @Override
    public void connect(long nowNanos) {
        env.at(nowNanos);
        machine.becomeJoining();
    }

    @Override
    public void announce(long nowNanos) {
        env.at(nowNanos);
        if (machine.is(EvsStateName.JOINING)) {
            machine.announcer().join();
        }
    }

    @Override
    public void join(long nowNanos) {
        env.at(nowNanos);
        if (machine.is(EvsStateName.JOINING)) {
            machine.sendJoin();
        }
    }

    @Override
    public boolean knowsOthers() {
        return machine.nodes().size() > 1;
    }

    @Override
    public void close(long nowNanos) {
        env.at(nowNanos);
        machine.state().close();
    }

    @Override
    public void forceClose(long nowNanos) {
        env.at(nowNanos);
        machine.abandon();
    }

    @Override
    public EvsStateName state() {
        return machine.state().name();
    }

    @Override
    public EvsView currentView() {
        return machine.current().view();
    }

    @Override
    public Uuid self() {
        return env.self;
    }

    /** The inside, for tests. */
    Machine machine() {
        return machine;
    }

    /** The settings in force. */
    public EvsSettings settings() {
        return env.settings();
    }

    /**
     * Changes an option at run time; {@code evs.evict} evicts a node, or with an empty value forgives all.
     *
     * @throws IllegalArgumentException if the option is unknown or fixed, or the value is refused
     */
    public void setOption(String name, String value, long nowNanos) {
        env.at(nowNanos);
        if (EvsOptions.EVICT.equals(name)) {
            evict(value);
            return;
        }
        EvsSettings before = env.settings();
        EvsSettings after = before.with(name, value);
        env.settings(after);
        if (machine.is(EvsStateName.CLOSED)) {
            return;
        }
        if (before.suspectTimeout() != after.suspectTimeout()) {
            machine.timers().arm(Timer.INACTIVITY, nowNanos, after.inactiveCheckPeriod());
        }
        if (before.keepalivePeriod() != after.keepalivePeriod()
                || before.joinRetransPeriod() != after.joinRetransPeriod()) {
            machine.armRetrans();
        }
        if (before.statsReportPeriod() != after.statsReportPeriod()) {
            machine.timers().arm(Timer.STATISTICS, nowNanos, after.statsReportPeriod());
        }
        boolean renegotiate = before.version() != after.version() && machine.is(EvsStateName.OPERATIONAL);
        if (renegotiate) {
            machine.gatherAndJoin();
        }
    }

    private void evict(String value) {
        if (value.isEmpty()) {
            machine.evictions().clear();
            return;
        }
        Uuid node;
        try {
            node = Uuid.parse(value);
        } catch (IllegalArgumentException e) {
            throw OptionException.refused(
                    EvsOptions.EVICT, value, "expected the UUID of a node, or nothing to forgive all");
        }
        if (node.equals(env.self)) {
            throw OptionException.refused(EvsOptions.EVICT, value, "expected the UUID of another node");
        }
        machine.evictions().evict(node);
        if (machine.is(EvsStateName.OPERATIONAL) && machine.current().hasMember(node)) {
            machine.giveUp(machine.nodes().get(node), "it was evicted by hand");
            machine.gatherAndJoin();
        }
    }

    /** The status variables of this layer by name (docs/spec/gcomm-evs.md 17). */
    public SortedMap<String, String> status() {
        SortedMap<String, String> status = new TreeMap<>();
        status.put("evs_state", state().name());
        status.put("evs_repl_latency", machine.statistics().replicationLatency());
        status.put("evs_delayed", machine.delayed().describe());
        status.put(
                "evs_evict_list",
                machine.evictions().all().stream().map(Uuid::toString).collect(Collectors.joining(",")));
        if ((env.settings().infoLogMask() & EvsSettings.INFO_STATISTICS) != 0) {
            machine.statistics().addDetails(status);
        }
        return status;
    }
}
