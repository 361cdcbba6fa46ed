package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.ActionMemory;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.GroupEffects;
import io.wsrep4j.gcomm.group.GroupOptions;
import io.wsrep4j.gcomm.group.GroupState;
import io.wsrep4j.gcomm.group.HeapActionBuffer;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.gcomm.group.StateTransferAnswer;
import io.wsrep4j.gcomm.group.message.CodeMessage;
import io.wsrep4j.gcomm.group.message.ConfigurationChange;
import io.wsrep4j.gcomm.group.message.FlowMessage;
import io.wsrep4j.gcomm.group.message.MessageType;
import io.wsrep4j.gcomm.group.message.NodeState;
import io.wsrep4j.gcomm.log.LineKind;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Turns the decisions of the {@link GroupState} into actions for the receivers, and keeps the state of the connection (docs/spec/gcs.md 17). Flow
 * control, reports and votes have their own objects. Every method is called under the connection's lock.
 */
final class Receiver implements GroupEffects {

    private static final long PROTOCOL_ERROR = -71L;

    private final Condition received;
    private final ReceiveQueue queue = new ReceiveQueue();
    private final FlowSignals signals;
    private final TransferReports reports;
    private final OpenVote openVote;
    private final Deadlines deadlines;
    private final Ending ending = new Ending();
    private final OwnActions ownActions;
    private final Outbox outbox;
    private final ActionMemory memory;
    private final Logger logger;
    private final DecisionLog limited;

    private GroupSession session;
    private ConnectionState state = ConnectionState.CLOSED;
    private boolean suspended;
    private Consumer<GroupAction.ConfigurationChanged> configurationListener = change -> {};
    private long localSeqno;
    /** Seqno of the last primary configuration of this session. */
    private long lastChange = Seqno.UNDEFINED;

    Receiver(
            ReentrantLock lock,
            GroupOptions options,
            SendMonitor monitor,
            OwnActions ownActions,
            Outbox outbox,
            ActionMemory memory,
            LongSupplier nanoTime,
            Logger logger) {
        this.received = lock.newCondition();
        this.signals = new FlowSignals(lock, queue, options, monitor, outbox, nanoTime, logger);
        this.reports = new TransferReports(queue, signals, outbox);
        this.openVote = new OpenVote(signals, outbox);
        this.deadlines = new Deadlines(lock);
        this.ownActions = ownActions;
        this.outbox = outbox;
        this.memory = memory;
        this.logger = logger;
        this.limited = new DecisionLog(logger, nanoTime);
    }

    /** A new session begins; what is left of the former one is dropped. */
    void begin(GroupSession newSession) {
        session = newSession;
        lastChange = Seqno.UNDEFINED;
        queue.drop();
        state = ConnectionState.OPEN;
        ending.begin();
        suspended = false;
        deadlines.begin(newSession);
        reports.begin(newSession);
        openVote.begin(newSession);
        signals.begin(newSession, state);
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
            if (ending.isClosed()) {
                return new GroupAction.Closed(ending.reason());
            }
            received.await();
        }
    }

    private void taken(GroupAction action) {
        if (action instanceof GroupAction.ConfigurationChanged) {
            suspended = true;
            received.signalAll();
        }
        signals.taken();
        reports.sendSyncIfDue();
    }

    /** Tries again what could not be sent when it was due. */
    void reconsider() {
        signals.taken();
        reports.sendSyncIfDue();
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
        String excess = signals.queued(action.size(), state);
        if (excess != null) {
            fatal(excess);
        }
    }

    /** Own write sets ask nobody to wait. */
    private void putOwn(GroupAction action) {
        queue.add(action);
        if (!suspended) {
            received.signal();
        }
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
        signals.entered(former, next);
        reports.entered(next);
    }

    /** The end of a transfer, to be told the group now or, if it cannot be, in the next configuration. */
    void join(CodeMessage message) {
        reports.join(message, state);
    }

    @Override
    public void joinCounted() {
        reports.joinSeen();
    }

    @Override
    public void flow(FlowMessage message) {
        signals.delivered(message);
    }

    private void addToOutbox(MessageType type, ByteBuffer payload) {
        outbox.add(type, payload, signals.flow().configuration());
    }

    @Override
    public void configuration(ConfigurationChange change, int ownIndex, NodeState ownState) {
        if (ending.isClosed()) {
            return; // given up: nobody takes it
        }
        limited.summarize();
        signals.configured(change.configurationId(), change.members().size());
        reports.configured();
        if (change.members().isEmpty()) {
            shift(ConnectionState.CLOSED);
        } else if (!change.isPrimary()) {
            shift(ConnectionState.OPEN);
        } else {
            restore(ConnectionState.inPrimary(ownState), change.position().seqno());
        }
        openVote.configured(change);
        if (change.isPrimary()) {
            lastChange = change.position().seqno();
        }
        byte[] bytes = change.encode();
        ActionBuffer buffer = allocate(bytes);
        if (buffer != null) {
            GroupAction.ConfigurationChanged action =
                    new GroupAction.ConfigurationChanged(nextLocalSeqno(), change, ownIndex, buffer);
            put(action);
            configurationListener.accept(action);
        }
        if (change.isPrimary() && (state == ConnectionState.JOINER || state == ConnectionState.DONOR)) {
            reports.repeatJoins();
        }
        openVote.sendIfNeeded();
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
            fatal("no room for a configuration change of " + bytes.length + " bytes: " + e.getMessage());
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
        if (!action.isAbandoned()) {
            // else its caller has gone, and nobody would pass the place
            action.complete(new StateTransferAnswer(status, donorIndex, nextLocalSeqno(), lastChange));
        }
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
        if (!openVote.isOpen()) {
            put(new GroupAction.CommitCut(nextLocalSeqno(), seqno));
        }
    }

    @Override
    public void joined(long code) {
        reports.joinSeen();
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
        reports.syncSettled();
        if (accepted && state == ConnectionState.JOINED) {
            shift(ConnectionState.SYNCED);
            put(new GroupAction.Synced(nextLocalSeqno()));
        }
    }

    // ---------------------------------------------------------------- votes

    @Override
    public void voteRequested(long seqno) {
        put(new GroupAction.VoteRequested(nextLocalSeqno(), seqno));
    }

    @Override
    public void voteDecided(long seqno, long value) {
        if (openVote.decided(seqno, value)) {
            return;
        }
        put(new GroupAction.VoteDecided(nextLocalSeqno(), seqno, value));
    }

    @Override
    public void voteStalled(long seqno) {
        deadlines.voteStalled(seqno);
    }

    // ---------------------------------------------------------------- ends

    @Override
    public void isolate(Uuid member, String reason) {
        GroupSession present = session;
        logger.warn(
                "isolating {}. Its node can return after a restart, or when evs.evict is set to an empty value on all"
                        + " nodes",
                reason);
        present.schedule(() -> present.channel().evict(member), 0);
    }

    /** Whether the connection still goes on. */
    Ending ending() {
        return ending;
    }

    void whenConfigured(Consumer<GroupAction.ConfigurationChanged> listener) {
        configurationListener = listener;
    }

    /** Receivers get nothing but the end. */
    void giveUp() {
        ending.giveUp();
        suspended = false;
        queue.clear();
        openVote.close();
        received.signalAll();
    }

    /** This layer failed on its way from the channel to the receivers: what was delivered to all may be missing here. */
    void broken(Throwable thrown) {
        if (ending.broken(thrown)) {
            logger.error("the group layer failed; leaving the group", thrown);
            session.schedule(session::leave, 0);
        }
    }

    @Override
    public void inconsistent(String reason) {
        logger.error("{}", reason);
        // seen before anything else: what waits in the queue must not be applied any more
        queue.drop();
        queue.addFirst(new GroupAction.Inconsistent(reason));
        fail(reason);
    }

    @Override
    public void fatal(String reason) {
        if (!ending.isFailed()) {
            logger.error("leaving the group: {}", reason);
            fail(reason);
        }
    }

    private void fail(String reason) {
        ending.failed(reason);
        received.signalAll();
        session.schedule(session::leave, 0);
    }

    @Override
    public void left(String error) {
        if (error != null) {
            logger.error("the connection to the group is lost: {}", error);
            shift(ConnectionState.CLOSED);
            openVote.close();
        }
        ending.over(error);
        limited.close();
        received.signalAll();
    }

    @Override
    public void log(Severity severity, String text) {
        limited.log(severity, text);
    }

    @Override
    public void exchangeBegan(long number) {
        deadlines.exchangeBegan(number);
    }

    @Override
    public void log(Severity severity, LineKind kind, Uuid member, String text) {
        limited.log(severity, kind, member, text);
    }

    void log(String text) {
        logger.info("{}", text);
    }

    FlowSignals signals() {
        return signals;
    }

    TransferReports reports() {
        return reports;
    }

    OpenVote openVote() {
        return openVote;
    }

    ReceiveQueue queue() {
        return queue;
    }

    GroupSession session() {
        return session;
    }
}
