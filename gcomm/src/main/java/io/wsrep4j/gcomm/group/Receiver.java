package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.flow.FlowControl;
import io.wsrep4j.flow.FlowControl.Signal;
import io.wsrep4j.flow.TransferThrottle;
import io.wsrep4j.gcomm.group.message.CodeMessage;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.FlowMessage;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.NodeState;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Turns the decisions of the {@link GroupState} into actions for the receivers, and keeps the state of the connection: flow control, JOIN,
 * SYNC, votes (sheet gcs, 12, 13, 15.5 and 17). Every method is called under the connection's lock.
 */
final class Receiver implements GroupEffects {

    private static final long PROTOCOL_ERROR = -71L;
    private static final long NO_DEADLINE = 0L;

    private final ReentrantLock lock;
    private final Condition received;
    private final ReceiveQueue queue = new ReceiveQueue();
    private final FlowControl flow;
    private final TransferThrottle throttle;
    private final SendMonitor monitor;
    private final OwnActions ownActions;
    private final Outbox outbox;
    private final ActionMemory memory;
    private final LongSupplier nanoTime;
    private final Logger logger;

    private GroupOptions options;
    private GroupSession session;
    private ConnectionState state = ConnectionState.CLOSED;
    private boolean suspended;
    private boolean closed = true;
    private String failure;
    private long localSeqno;
    private boolean syncSent;
    /** Own reports of the end of a transfer that the group has not seen, oldest first. */
    private final ArrayDeque<CodeMessage> joins = new ArrayDeque<>();

    private Voter voter;
    /** When a pause of a joiner ends, in nanoseconds; {@link #NO_DEADLINE} outside one. */
    private long pauseDeadline;

    private long throttled;

    Receiver(
            ReentrantLock lock,
            GroupOptions options,
            SendMonitor monitor,
            OwnActions ownActions,
            Outbox outbox,
            ActionMemory memory,
            LongSupplier nanoTime,
            Logger logger) {
        this.lock = lock;
        this.received = lock.newCondition();
        this.options = options;
        this.flow = new FlowControl(options.flow());
        this.throttle = new TransferThrottle(options.flow());
        this.monitor = monitor;
        this.ownActions = ownActions;
        this.outbox = outbox;
        this.memory = memory;
        this.nanoTime = nanoTime;
        this.logger = logger;
    }

    /** A new session begins; what is left of the former one is dropped. */
    void begin(GroupSession newSession) {
        session = newSession;
        queue.clear();
        state = ConnectionState.OPEN;
        closed = false;
        failure = null;
        suspended = false;
        syncSent = false;
        joins.clear();
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

    // ---------------------------------------------------------------- for receivers

    GroupAction receive() throws InterruptedException {
        while (true) {
            if (suspended) {
                return GroupAction.Suspended.INSTANCE;
            }
            GroupAction action = queue.poll();
            if (action != null) {
                taken(action);
                return action;
            }
            if (closed) {
                return new GroupAction.Closed(failure);
            }
            received.await();
        }
    }

    private void taken(GroupAction action) {
        if (action instanceof GroupAction.ConfigurationChanged) {
            suspended = true;
            received.signalAll();
        }
        signal(flow.taken(queue.length()));
        sendSyncIfDue();
    }

    /** Tries again what could not be sent when it was due. */
    void reconsider() {
        signal(flow.taken(queue.length()));
        sendSyncIfDue();
    }

    void resume() {
        suspended = false;
        received.signalAll();
    }

    long nextLocalSeqno() {
        return ++localSeqno;
    }

    private void put(GroupAction action) {
        queue.add(action);
        if (!suspended) {
            received.signal();
        }
        Signal signal = flow.queued(queue.length());
        signal(signal);
        if (signal == Signal.NONE && state == ConnectionState.JOINER) {
            throttle(action.size());
        }
    }

    /** Own write sets ask nobody to wait. */
    private void putOwn(GroupAction action) {
        queue.add(action);
        if (!suspended) {
            received.signal();
        }
    }

    // ---------------------------------------------------------------- flow control

    private void signal(Signal signal) {
        if (signal != Signal.NONE) {
            logger.debug("sending flow control {} at queue length {}", signal, queue.length());
            outbox.add(new FlowMessage(flow.configuration(), signal == Signal.STOP));
        }
    }

    void flowNotSent(FlowMessage message) {
        flow.notSent(message.stop() ? Signal.STOP : Signal.CONTINUE, message.configuration());
    }

    @Override
    public void flow(FlowMessage message) {
        switch (flow.delivered(message.configuration(), message.stop())) {
            case STOP -> monitor.pause(nanoTime.getAsLong());
            case CONTINUE -> monitor.resume(nanoTime.getAsLong());
            case NONE -> {}
        }
    }

    private void throttle(int size) {
        long now = nanoTime.getAsLong();
        long pause = throttle.queued(size, now);
        if (options.debugInterval() > 0 && ++throttled % options.debugInterval() == 0) {
            logger.info(
                    "state transfer: {} bytes queued of {}, pause {} ns", throttle.size(), throttle.hardLimit(), pause);
        }
        if (pause == TransferThrottle.EXCEEDED) {
            fatal("the receive queue reached " + throttle.size()
                    + " bytes while the state is transferred; the limit is "
                    + throttle.hardLimit() + " (90 % of " + GroupOptions.RECV_Q_HARD_LIMIT
                    + "). Raise the limit, or set " + GroupOptions.MAX_THROTTLE + "=0 to let the group wait");
        } else if (pause == TransferThrottle.FOREVER) {
            signal(flow.stop());
        } else if (pause > 0) {
            signal(flow.stop());
            pauseDeadline = (pauseDeadline == NO_DEADLINE ? now : pauseDeadline) + pause;
            session.schedule(this::pauseMayBeOver, pauseDeadline - now);
        }
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

    private void logInterval() {
        logger.info("Flow-control interval: [{}, {}]", flow.lower(), flow.upper());
    }

    // ---------------------------------------------------------------- state of the connection

    private void shift(ConnectionState next) {
        ConnectionState former = state;
        if (former != next) {
            logger.info(
                    "Shifting {} -> {} (TO: {})",
                    former,
                    next,
                    session.state().configuration().actId());
        }
        enter(next);
    }

    private void enter(ConnectionState next) {
        ConnectionState former = state;
        state = next;
        signal(flow.role(next.role(), queue.length()));
        if (next == ConnectionState.JOINER && former != ConnectionState.JOINER) {
            throttle.begin(queue.bytes(), nanoTime.getAsLong());
        }
        if (next != ConnectionState.JOINER) {
            pauseDeadline = NO_DEADLINE;
        }
        if (next == ConnectionState.JOINED || next == ConnectionState.PRIMARY || next == ConnectionState.SYNCED) {
            joins.clear();
        }
        if (next == ConnectionState.JOINED) {
            sendSyncIfDue();
        }
    }

    private void sendSyncIfDue() {
        if (!syncSent
                && flow.isSyncDue(queue.length())
                && session.state().configuration().isPrimary()) {
            syncSent = true;
            addToOutbox(MessageType.SYNC, new CodeMessage(session.state().position(), 0).encode());
        }
    }

    void syncNotSent() {
        syncSent = false;
    }

    /** The end of a transfer, to be told the group now or, if it cannot be, in the next configuration. */
    void join(CodeMessage message) {
        CodeMessage former = joins.peekLast();
        if (state == ConnectionState.JOINER
                && message.code() >= 0
                && former != null
                && message.position().seqno() < former.position().seqno()) {
            return;
        }
        if (state != ConnectionState.JOINED && state != ConnectionState.SYNCED) {
            joins.add(message);
        }
        if (session.state().configuration().isPrimary()) {
            addToOutbox(MessageType.JOIN, message.encode());
        }
    }

    /** After a change of configuration: what the group has not seen by now was lost. */
    private void repeatJoins() {
        joins.forEach(message -> addToOutbox(MessageType.JOIN, message.encode()));
    }

    @Override
    public void joinCounted() {
        joins.poll();
    }

    private void addToOutbox(MessageType type, ByteBuffer payload) {
        outbox.add(type, payload, flow.configuration());
    }

    @Override
    public void configuration(ConfigurationChange change, int ownIndex, NodeState ownState) {
        monitor.resume(nanoTime.getAsLong());
        flow.configurationChanged(
                (int) change.configurationId(), change.members().size());
        syncSent = false;
        logInterval();
        if (change.members().isEmpty()) {
            shift(ConnectionState.CLOSED);
        } else if (!change.isPrimary()) {
            shift(ConnectionState.OPEN);
        } else {
            restore(ConnectionState.inPrimary(ownState), change.position().seqno());
        }
        answerVoter(change);
        byte[] bytes = change.encode();
        ActionBuffer buffer = allocate(bytes);
        if (buffer != null) {
            put(new GroupAction.ConfigurationChanged(nextLocalSeqno(), change, ownIndex, buffer));
        }
        if (change.isPrimary() && (state == ConnectionState.JOINER || state == ConnectionState.DONOR)) {
            repeatJoins();
        }
        sendVoteIfNeeded();
    }

    private ActionBuffer allocate(byte[] bytes) {
        if (memory == null) {
            return HeapActionBuffer.of(bytes);
        }
        try {
            ActionBuffer buffer = memory.allocate(bytes.length);
            buffer.bytes().put(0, bytes);
            return buffer;
        } catch (RuntimeException e) {
            fatal("no memory for a configuration change of " + bytes.length + " bytes: " + e);
            return null;
        }
    }

    private void restore(ConnectionState next, long seqno) {
        if (next == ConnectionState.PRIMARY) {
            shift(next);
            return;
        }
        logger.info("Restored state {} -> {} ({})", state, next, seqno);
        enter(next);
    }

    ConnectionState state() {
        return state;
    }

    // ---------------------------------------------------------------- actions

    @Override
    public void send(MessageType type, ByteBuffer payload) {
        addToOutbox(type, payload);
    }

    @Override
    public void writeSet(long seqno, Uuid sender, ActionBuffer buffer) {
        put(new GroupAction.WriteSet(nextLocalSeqno(), seqno, sender, false, buffer));
    }

    @Override
    public void ownWriteSet(long actionId, int size, ReplicationResult.Status status, long seqno) {
        OwnAction action = ownActions.take(actionId, size);
        if (action == null) {
            fatal("own action " + actionId + " of " + size + " bytes came back, but another one was expected");
            return;
        }
        boolean ordered = status == ReplicationResult.Status.ORDERED;
        ActionBuffer buffer = action.asynchronous();
        if (buffer == null && action.isAbandoned()) {
            fatal("own write set " + seqno + " came back after it was given up, and there was no memory to keep it");
        } else if (buffer == null) {
            action.complete(
                    ordered
                            ? new ReplicationResult(status, seqno, nextLocalSeqno())
                            : ReplicationResult.failed(status));
        } else if (ordered) {
            Uuid self = session.memberId(session.state().configuration().ownIndex());
            putOwn(new GroupAction.WriteSet(nextLocalSeqno(), seqno, self, true, buffer));
        } else if (!action.isAbandoned()
                && (status == ReplicationResult.Status.TRY_AGAIN || status == ReplicationResult.Status.CUT_OFF)) {
            putOwn(new GroupAction.LostWriteSet(buffer));
        } else {
            buffer.release();
        }
    }

    @Override
    public void ownRequest(long actionId, int size, StateTransferAnswer.Status status, int donorIndex) {
        OwnAction action = ownActions.take(actionId, size);
        if (action == null) {
            fatal("own request " + actionId + " of " + size + " bytes came back, but another action was expected");
            return;
        }
        if (status != StateTransferAnswer.Status.GRANTED) {
            action.complete(StateTransferAnswer.failed(status));
            return;
        }
        boolean desync = donorIndex == session.state().configuration().ownIndex();
        shift(desync ? ConnectionState.DONOR : ConnectionState.JOINER);
        action.complete(new StateTransferAnswer(status, donorIndex, nextLocalSeqno()));
    }

    @Override
    public void donate(long seqno, Uuid requester, ActionBuffer request) {
        if (!state.isComplete()) {
            logger.warn("asked to donate in state {}: refused", state);
            addToOutbox(MessageType.JOIN, new CodeMessage(session.state().position(), PROTOCOL_ERROR).encode());
            return;
        }
        shift(ConnectionState.DONOR);
        put(new GroupAction.StateTransferRequested(nextLocalSeqno(), seqno, requester, request));
    }

    @Override
    public void commitCut(long seqno) {
        if (voter == null) {
            put(new GroupAction.CommitCut(nextLocalSeqno(), seqno));
        }
    }

    @Override
    public void joined(long code) {
        joins.poll();
        if (code < 0 && state == ConnectionState.JOINER) {
            shift(ConnectionState.PRIMARY);
        } else if (state == ConnectionState.JOINER || state == ConnectionState.DONOR) {
            shift(ConnectionState.JOINED);
        } else {
            logger.warn("own JOIN (code {}) was delivered in state {}; ignored", code, state);
            return;
        }
        put(new GroupAction.Joined(nextLocalSeqno(), code));
    }

    @Override
    public void synced(boolean accepted) {
        syncSent = false;
        if (accepted && state == ConnectionState.JOINED) {
            shift(ConnectionState.SYNCED);
            put(new GroupAction.Synced(nextLocalSeqno()));
        }
    }

    // ---------------------------------------------------------------- votes

    Voter voter() {
        return voter;
    }

    void voter(Voter waiting) {
        voter = waiting;
    }

    /** Sends the vote that waits, unless the group has it. */
    void sendVoteIfNeeded() {
        Configuration configuration = session.state().configuration();
        if (voter != null
                && configuration.isPrimary()
                && configuration.ownVote().seqno() < voter.position().seqno()) {
            addToOutbox(MessageType.VOTE, voter.message().duplicate());
        }
    }

    private void answerVoter(ConfigurationChange change) {
        if (voter == null) {
            return;
        }
        Gtid position = voter.position();
        if (change.members().isEmpty()) {
            voter.answer().complete(VoteAnswer.NO_DECISION);
        } else if (change.isPrimary() && !change.position().uuid().equals(position.uuid())) {
            voter.answer().complete(VoteAnswer.HISTORY_CHANGED);
        } else if (change.voteSeqno() == position.seqno()) {
            voter.decided(change.voteResult());
        } else if (change.voteSeqno() > position.seqno()) {
            voter.decided(0);
        } else {
            return;
        }
        voter = null;
    }

    @Override
    public void voteRequested(long seqno) {
        put(new GroupAction.VoteRequested(nextLocalSeqno(), seqno));
    }

    @Override
    public void voteDecided(long seqno, long value) {
        if (voter != null && voter.position().seqno() == seqno) {
            voter.decided(value);
            voter = null;
            return;
        }
        if (voter != null && seqno > voter.position().seqno()) {
            voter.decided(0);
            voter = null;
        }
        put(new GroupAction.VoteDecided(nextLocalSeqno(), seqno, value));
    }

    // ---------------------------------------------------------------- ends

    boolean isFailed() {
        return failure != null;
    }

    @Override
    public void inconsistent(String reason) {
        logger.error("{}", reason);
        // seen before anything else: what waits in the queue must not be applied any more
        queue.clear();
        queue.add(new GroupAction.Inconsistent(reason));
        fail(reason);
    }

    @Override
    public void fatal(String reason) {
        if (failure == null) {
            logger.error("leaving the group: {}", reason);
            fail(reason);
        }
    }

    private void fail(String reason) {
        failure = reason;
        received.signalAll();
        session.schedule(session::leave, 0);
    }

    @Override
    public void left(String error) {
        if (error != null) {
            logger.error("the connection to the group is lost: {}", error);
            shift(ConnectionState.CLOSED);
            if (voter != null) {
                voter.answer().complete(VoteAnswer.NO_DECISION);
                voter = null;
            }
        }
        if (failure == null) {
            failure = error;
        }
        closed = true;
        received.signalAll();
    }

    @Override
    public void log(Severity severity, String text) {
        switch (severity) {
            case DEBUG -> logger.debug("{}", text);
            case INFO -> logger.info("{}", text);
            case WARN -> logger.warn("{}", text);
        }
    }

    void log(String text) {
        logger.info("{}", text);
    }

    FlowControl flow() {
        return flow;
    }

    ReceiveQueue queue() {
        return queue;
    }

    GroupSession session() {
        return session;
    }
}
