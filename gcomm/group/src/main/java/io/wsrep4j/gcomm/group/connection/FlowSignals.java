package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.flow.FlowControl;
import io.wsrep4j.flow.FlowControl.Signal;
import io.wsrep4j.flow.QueueStatistics;
import io.wsrep4j.flow.TransferThrottle;
import io.wsrep4j.gcomm.group.GroupFigures;
import io.wsrep4j.gcomm.group.GroupOptions;
import io.wsrep4j.gcomm.group.message.FlowMessage;
import io.wsrep4j.gcomm.group.message.Protocols;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Flow control of a connection: asks the group to wait when this node's queue is long, and holds this node's senders when another one asks
 * (docs/spec/gcs.md 12, 13 and 28.9). Owned by the connection's lock.
 */
final class FlowSignals {

    private static final long NO_DEADLINE = 0L;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    /** How often an operator is told of a pause that lasts. */
    static final long HOLD_REPORT_NANOS = 60 * NANOS_PER_SECOND;

    private final ReentrantLock lock;
    private final ReceiveQueue queue;
    private final FlowControl flow;
    private final TransferThrottle throttle;
    private final SendMonitor monitor;
    private final Outbox outbox;
    private final LongSupplier nanoTime;
    private final Logger logger;

    private GroupOptions options;
    private GroupSession session;
    /** When a pause of a joiner ends, in nanoseconds; {@link #NO_DEADLINE} outside one. */
    private long pauseDeadline;

    private long throttled;
    /** The group is paused, since when, and somebody will look whether it still is. */
    private boolean held;

    private long heldSince;
    /** When an operator was told of it last, or when it began. */
    private long holdTold;

    private boolean holdWatched;

    FlowSignals(
            ReentrantLock lock,
            ReceiveQueue queue,
            GroupOptions options,
            SendMonitor monitor,
            Outbox outbox,
            LongSupplier nanoTime,
            Logger logger) {
        this.lock = lock;
        this.queue = queue;
        this.options = options;
        this.flow = new FlowControl(options.flow());
        this.throttle = new TransferThrottle(options.flow());
        this.monitor = monitor;
        this.outbox = outbox;
        this.nanoTime = nanoTime;
        this.logger = logger;
    }

    /** A new session begins. */
    void begin(GroupSession newSession, ConnectionState state) {
        session = newSession;
        held = false;
        holdWatched = false;
        flow.configurationChanged(0, 0);
        flow.role(state.role(), 0);
    }

    void options(GroupOptions changed) {
        options = changed;
        long upper = flow.upper();
        long lower = flow.lower();
        flow.settings(changed.flow());
        throttle.settings(changed.flow());
        if (upper != flow.upper() || lower != flow.lower()) {
            logInterval();
        }
    }

    FlowControl flow() {
        return flow;
    }

    /** All pauses are over; new limits are in force. */
    void configured(long configurationId, int memberCount) {
        held = false;
        monitor.resume(nanoTime.getAsLong());
        flow.configurationChanged((int) configurationId, memberCount);
        logInterval();
    }

    private void logInterval() {
        logger.info("Flow-control interval: [{}, {}]", flow.lower(), flow.upper());
    }

    /** The connection changes its state. */
    void entered(ConnectionState former, ConnectionState next) {
        signal(flow.role(next.role(), queue.length()));
        if (next == ConnectionState.JOINER && former != ConnectionState.JOINER) {
            throttle.begin(queue.bytes(), nanoTime.getAsLong());
        }
        if (next != ConnectionState.JOINER) {
            pauseDeadline = NO_DEADLINE;
        }
    }

    /**
     * An action of another member was put in the queue.
     *
     * @return why this node has to leave, or null
     */
    String queued(int size, ConnectionState state) {
        Signal signal = flow.queued(queue.length());
        signal(signal);
        return signal == Signal.NONE && state == ConnectionState.JOINER ? throttle(size) : null;
    }

    /** An action was taken from the queue, or what could not be sent may be sent now. */
    void taken() {
        signal(flow.taken(queue.length()));
    }

    /** This node wants the group to pause whatever its queue, or does not want it any more. */
    void hold(boolean on) {
        signal(flow.hold(on, queue.length()));
    }

    /** A FLOW message was delivered. */
    void delivered(FlowMessage message) {
        switch (flow.delivered(message.configuration(), message.stop())) {
            case STOP -> {
                heldSince = nanoTime.getAsLong();
                holdTold = heldSince;
                held = true;
                monitor.pause(heldSince);
                watchHold(HOLD_REPORT_NANOS);
            }
            case CONTINUE -> {
                held = false;
                monitor.resume(nanoTime.getAsLong());
            }
            case NONE -> {}
        }
    }

    /** A backup may hold the group for as long as it takes, so that a pause has no bound; but an operator must know whose it is. */
    private void watchHold(long delayNanos) {
        if (!holdWatched) {
            holdWatched = true;
            session.schedule(this::holdMayLast, delayNanos);
        }
    }

    private void holdMayLast() {
        lock.lock();
        try {
            holdWatched = false;
            if (!held || session.hasLeft()) {
                return;
            }
            long now = nanoTime.getAsLong();
            if (now - holdTold < HOLD_REPORT_NANOS) {
                watchHold(HOLD_REPORT_NANOS - (now - holdTold));
                return;
            }
            holdTold = now;
            logger.warn(
                    "flow control has held the group for {} s: {} asked for it and has not ended it. If that is not wanted there, evs.evict=<id> shuts"
                            + " the member out",
                    (now - heldSince) / NANOS_PER_SECOND,
                    session.state().holders());
            watchHold(HOLD_REPORT_NANOS);
        } finally {
            lock.unlock();
        }
    }

    void notSent(FlowMessage message) {
        flow.notSent(message.stop() ? Signal.STOP : Signal.CONTINUE, message.configuration());
    }

    private void signal(Signal signal) {
        if (signal != Signal.NONE) {
            logger.debug("sending flow control {} at queue length {}", signal, queue.length());
            outbox.add(new FlowMessage(flow.configuration(), signal == Signal.STOP));
        }
    }

    private String throttle(int size) {
        long now = nanoTime.getAsLong();
        long pause = throttle.queued(size, now);
        if (options.debugInterval() > 0 && ++throttled % options.debugInterval() == 0) {
            logger.info(
                    "state transfer: {} bytes queued of {}, pause {} ns", throttle.size(), throttle.hardLimit(), pause);
        }
        if (pause == TransferThrottle.EXCEEDED) {
            return "the receive queue reached " + throttle.size()
                    + " bytes while the state is transferred; the limit is "
                    + throttle.hardLimit() + " (90 % of " + GroupOptions.RECV_Q_HARD_LIMIT
                    + "). Raise the limit, or set " + GroupOptions.MAX_THROTTLE + "=0 to let the group wait";
        }
        if (pause == TransferThrottle.FOREVER) {
            signal(flow.stop());
        } else if (pause > 0) {
            signal(flow.stop());
            pauseDeadline = (pauseDeadline == NO_DEADLINE ? now : pauseDeadline) + pause;
            session.schedule(this::pauseMayBeOver, pauseDeadline - now);
        }
        return null;
    }

    private void pauseMayBeOver() {
        lock.lock();
        try {
            if (pauseDeadline == NO_DEADLINE || nanoTime.getAsLong() - pauseDeadline < 0) {
                return;
            }
            pauseDeadline = NO_DEADLINE;
            signal(flow.endStop());
        } finally {
            lock.unlock();
        }
        session.sendOutbox();
    }

    /** All figures of the connection. */
    GroupFigures figures(Protocols protocols, SendMonitor.Figures sending) {
        QueueStatistics received = queue.statistics();
        return new GroupFigures(
                protocols.group(),
                protocols.replicator(),
                protocols.application(),
                sending.users(),
                sending.most(),
                sending.fewest(),
                sending.average(),
                received.length(),
                received.longest(),
                received.shortest(),
                received.average(),
                sending.pausedNanos(),
                sending.pausedShare(),
                flow.stopsSent(),
                flow.stopsReceived(),
                flow.isActive(),
                flow.isRequested());
    }
}
