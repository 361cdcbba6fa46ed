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
 * Extended virtual synchrony (docs/spec/gcomm-evs.md): one node's state parts. Deterministic: the same calls with the same times have the same
 * effects. Not thread-safe: one lock or thread owns it together with the transport below and the listener above. No call may be made from
 * inside a call of the transport or the listener, except {@link #send} from the listener.
 *
 * <p>{@code nowNanos} is a count of nanoseconds that is never negative and never goes back.
 */
public final class EvsCore implements Evs {

    private final Environment env;
    private final Parts parts;
    private final Reactions reactions;
    private final Transitions transitions;
    private final States states;

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
        parts = Parts.of(env, start);
        transitions = parts.transitions();
        reactions = Reactions.of(env, parts);
        states = reactions.states();
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
        reactions.admission().receive(source, message);
        finish();
    }

    /** Handles what this node has said to all in this call, until it has nothing more to say. */
    private void finish() {
        Backlog backlog = parts.backlog();
        try {
            for (Backlog.Entry next = backlog.poll(); next != null; next = backlog.poll()) {
                states.handle(next.source(), next.message());
            }
        } finally {
            // after a failure: a message of another node does not outlive the call that it came with
            backlog.clear();
        }
    }

    /** When {@link #onTimer} wants to be called next; {@link Long#MAX_VALUE} for never. May change with every call. */
    public long nextDeadline() {
        return parts.timers().next();
    }

    /** Serves what is due; calling too early or too often does no harm. */
    public void onTimer(long nowNanos) {
        env.at(nowNanos);
        serve(Timer.INACTIVITY);
        serve(Timer.RETRANS);
        serve(Timer.INSTALL);
        serve(Timer.STATISTICS);
    }

    private void serve(Timer timer) {
        Timers timers = parts.timers();
        if (!timers.isDue(timer, env.now())) {
            return;
        }
        timers.cancel(timer);
        switch (timer) {
            case INACTIVITY -> reactions.liveness().check();
            case RETRANS -> states.current().onRetransTimer();
            case INSTALL -> reactions.liveness().installTimedOut();
            case STATISTICS -> parts.statistics().reset();
        }
        finish();
        if (!transitions.is(EvsStateName.CLOSED)) {
            again(timer, timers);
        }
    }

    private void again(Timer timer, Timers timers) {
        EvsSettings settings = env.settings();
        switch (timer) {
            case INACTIVITY -> {
                timers.arm(timer, env.now(), settings.inactiveCheckPeriod());
                parts.past().expire();
                parts.evictions().expire();
            }
            case RETRANS -> transitions.armRetrans();
            case INSTALL -> {
                if (transitions.is(EvsStateName.GATHER) || transitions.is(EvsStateName.INSTALL)) {
                    transitions.armInstall();
                }
            }
            case STATISTICS -> timers.arm(timer, env.now(), settings.statsReportPeriod());
        }
    }

    @Override
    public ByteBuf newPayload(int capacity) {
        return parts.emitter().newPayload(capacity);
    }

    @Override
    public boolean isCongested() {
        return transitions.is(EvsStateName.OPERATIONAL) && parts.emitter().isCongested();
    }

    @Override
    public EvsSendResult send(int userType, EvsOrder order, ByteBuf payload, long nowNanos) {
        env.at(nowNanos);
        if (order == EvsOrder.DROP || userType < 0 || userType > UserMessage.NO_USER_TYPE) {
            throw new IllegalArgumentException("cannot send user type " + userType + " with order " + order);
        }
        return states.current().send(userType, order, payload);
    }

    @Override
    public void connect(long nowNanos) {
        env.at(nowNanos);
        transitions.becomeJoining();
    }

    @Override
    public void announce(long nowNanos) {
        env.at(nowNanos);
        if (transitions.is(EvsStateName.JOINING)) {
            parts.announcer().joinToOthers();
        }
    }

    @Override
    public void join(long nowNanos) {
        env.at(nowNanos);
        if (transitions.is(EvsStateName.JOINING)) {
            parts.announcer().join();
            finish();
        }
    }

    @Override
    public boolean knowsOthers() {
        return parts.nodes().size() > 1;
    }

    @Override
    public void close(long nowNanos) {
        env.at(nowNanos);
        states.current().close();
        finish();
    }

    @Override
    public void forceClose(long nowNanos) {
        env.at(nowNanos);
        transitions.abandon();
    }

    @Override
    public EvsStateName state() {
        return transitions.state();
    }

    @Override
    public EvsView currentView() {
        return parts.current().view();
    }

    @Override
    public Uuid self() {
        return env.self;
    }

    /** The inside, for tests. */
    Parts parts() {
        return parts;
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
        if (transitions.is(EvsStateName.CLOSED)) {
            return;
        }
        if (before.suspectTimeout() != after.suspectTimeout()) {
            parts.timers().arm(Timer.INACTIVITY, nowNanos, after.inactiveCheckPeriod());
        }
        if (before.keepalivePeriod() != after.keepalivePeriod()
                || before.joinRetransPeriod() != after.joinRetransPeriod()) {
            transitions.armRetrans();
        }
        if (before.statsReportPeriod() != after.statsReportPeriod()) {
            parts.timers().arm(Timer.STATISTICS, nowNanos, after.statsReportPeriod());
        }
        boolean renegotiate = before.version() != after.version() && transitions.is(EvsStateName.OPERATIONAL);
        if (renegotiate) {
            transitions.gatherAndJoin();
        }
    }

    private void evict(String value) {
        if (value.isEmpty()) {
            parts.evictions().clear();
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
        parts.evictions().evict(node);
        if (transitions.is(EvsStateName.OPERATIONAL) && parts.current().hasMember(node)) {
            parts.nodes().giveUp(parts.nodes().get(node), "it was evicted by hand");
            transitions.gatherAndJoin();
        }
    }

    /** The status variables of this layer by name (docs/spec/gcomm-evs.md 17). */
    public SortedMap<String, String> status() {
        SortedMap<String, String> status = new TreeMap<>();
        status.put("evs_state", state().name());
        status.put("evs_repl_latency", parts.statistics().replicationLatency());
        status.put("evs_delayed", reactions.delayed().describe());
        status.put(
                "evs_evict_list",
                parts.evictions().all().stream().map(Uuid::toString).collect(Collectors.joining(",")));
        if ((env.settings().infoLogMask() & EvsSettings.INFO_STATISTICS) != 0) {
            parts.statistics().addDetails(status);
        }
        return status;
    }
}
