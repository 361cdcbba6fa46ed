package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.ActionMemory;
import io.wsrep4j.gcomm.group.CausalAnswer;
import io.wsrep4j.gcomm.group.Group;
import io.wsrep4j.gcomm.group.GroupAction;
import io.wsrep4j.gcomm.group.GroupFigures;
import io.wsrep4j.gcomm.group.GroupOptions;
import io.wsrep4j.gcomm.group.GroupState;
import io.wsrep4j.gcomm.group.NodeIdentity;
import io.wsrep4j.gcomm.group.ReplicationResult;
import io.wsrep4j.gcomm.group.ReplicationResult.Status;
import io.wsrep4j.gcomm.group.SendTicket;
import io.wsrep4j.gcomm.group.StateTransferAnswer;
import io.wsrep4j.gcomm.group.VoteAnswer;
import io.wsrep4j.gcomm.group.message.CodeMessage;
import io.wsrep4j.gcomm.group.message.Protocols;
import io.wsrep4j.gcomm.group.message.StateTransferRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * A {@link Group} above any channel (docs/spec/gcs.md 17). Thread-safe by one lock around the state of the group and the receive queue; the channel's lock is taken
 * before it, so nothing is sent while it is held. Senders take turns at a {@link SendMonitor}.
 */
public final class GroupConnection implements Group {

    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock lifeCycle = new ReentrantLock();
    private final NodeIdentity identity;
    private final ActionMemory memory;
    private final GroupEnvironment environment;
    private final SendMonitor monitor;
    private final Outbox outbox = new Outbox();
    private final ActionSending sending;
    private final OwnActions ownActions;
    private final Receiver receiver;
    private final Voting voting;
    private final String threadName;

    private GroupOptions options;
    private Gtid position = Gtid.UNDEFINED;
    private long recoverable = Seqno.UNDEFINED;
    private long nextActionId = 1;
    private volatile GroupSession session;

    /**
     * A closed connection.
     *
     * @param identity what the group is told of this node
     * @param options of the group layer
     * @param memory where received actions are put; null if this member keeps no write sets, which it then gets without their bytes
     */
    public GroupConnection(NodeIdentity identity, GroupOptions options, ActionMemory memory) {
        this(identity, options, memory, GroupEnvironment.real());
    }

    GroupConnection(NodeIdentity identity, GroupOptions options, ActionMemory memory, GroupEnvironment environment) {
        this.environment = environment;
        this.monitor = new SendMonitor(now());
        this.identity = identity.named();
        this.options = options;
        this.memory = memory;
        this.ownActions = new OwnActions(memory);
        this.threadName = "wsrep4j-group-" + this.identity.name();
        Logger logger = environment.loggers().apply(this.identity.name());
        this.receiver =
                new Receiver(lock, options, monitor, ownActions, outbox, memory, environment.nanoTime(), logger);
        this.sending = new ActionSending(monitor, receiver::log);
        this.voting = new Voting(lock, receiver);
    }

    private long now() {
        return environment.nanoTime().getAsLong();
    }

    @Override
    public void initialPosition(Gtid newPosition) {
        initialPosition(newPosition, newPosition.seqno());
    }

    @Override
    public void initialPosition(Gtid newPosition, long newRecoverable) {
        boolean undefined = newPosition.uuid().isUndefined() && newPosition.seqno() < 0;
        boolean defined = !newPosition.uuid().isUndefined() && newPosition.seqno() >= 0;
        if (!undefined && !defined) {
            throw new IllegalArgumentException(
                    "initial position " + newPosition + ": expected a UUID with a seqno of at least 0, or neither");
        }
        if (newRecoverable < newPosition.seqno() || undefined && newRecoverable >= 0) {
            throw new IllegalArgumentException("from position " + newPosition + " no node can recover to seqno "
                    + newRecoverable + ": expected the position's own or a later one");
        }
        lifeCycle.lock();
        try {
            requireClosed();
            position = defined ? newPosition : new Gtid(newPosition.uuid(), Seqno.UNDEFINED);
            recoverable = newRecoverable;
        } finally {
            lifeCycle.unlock();
        }
    }

    private void requireClosed() {
        if (session != null && !session.hasLeft()) {
            throw new IllegalStateException("the group is open");
        }
    }

    @Override
    public void open(GroupChannel channel, String groupName, boolean bootstrap) throws GroupException {
        lifeCycle.lock();
        try {
            requireClosed();
            if (session != null) {
                close();
            }
            monitor.open();
            GroupSession opening;
            lock.lock();
            try {
                voting.begin();
                opening = new GroupSession(new GroupSession.Parts(
                        lock,
                        channel,
                        monitor,
                        new GroupState(identity, position, recoverable, memory, environment.uuids(), receiver),
                        receiver,
                        ownActions,
                        outbox,
                        nextActionId,
                        options.maxPacketSize(),
                        environment.nanoTime(),
                        environment.timers().apply(threadName)));
                session = opening;
            } finally {
                lock.unlock();
            }
            try {
                opening.join(groupName, bootstrap);
            } catch (GroupException | RuntimeException e) {
                close();
                throw e;
            }
        } finally {
            lifeCycle.unlock();
        }
    }

    @Override
    public void close() {
        lifeCycle.lock();
        try {
            GroupSession closing = session;
            if (closing == null) {
                return;
            }
            closing.leave();
            monitor.close(now());
            monitor.awaitIdle();
            nextActionId = closing.sender().nextActionId();
        } finally {
            lifeCycle.unlock();
        }
    }

    @Override
    public void giveUp() {
        guarded(() -> {
            if (session != null) {
                session.giveUp();
            }
        });
    }

    @Override
    public void whenFailed(Consumer<Throwable> listener) {
        guarded(() -> receiver.ending().whenFailed(listener));
    }

    @Override
    public void whenConfigured(Consumer<GroupAction.ConfigurationChanged> listener) {
        guarded(() -> receiver.whenConfigured(listener));
    }

    @Override
    public boolean isLost() {
        return locked(
                () -> session == null || session.hasLeft() || receiver.ending().isFailed());
    }

    // ---------------------------------------------------------------- receiving

    @Override
    public GroupAction receive() throws InterruptedException {
        GroupAction action;
        List<Outbox.Item> decided;
        lock.lockInterruptibly();
        try {
            action = receiver.receive();
            decided = outbox.take();
        } finally {
            lock.unlock();
        }
        if (!decided.isEmpty()) {
            session.send(decided);
        }
        return action;
    }

    private void sendOutbox() {
        GroupSession current = session;
        if (current != null) {
            current.sendOutbox();
        }
    }

    /** The present or last session; null before the first. */
    GroupSession session() {
        return session;
    }

    private void guarded(Runnable task) {
        lock.lock();
        try {
            task.run();
        } finally {
            lock.unlock();
        }
    }

    private <T> T locked(Supplier<T> task) {
        lock.lock();
        try {
            return task.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void resumeReception() {
        guarded(() -> receiver.resume());
    }

    @Override
    public long nextLocalSeqno() {
        return locked(receiver::nextLocalSeqno);
    }

    // ---------------------------------------------------------------- sending write sets

    @Override
    public SendTicket schedule() {
        return new OwnAction(monitor);
    }

    @Override
    public ReplicationResult replicate(SendTicket ticket, ByteBuffer writeSet) {
        return sending.sendAndAwait(session, (OwnAction) ticket, writeSet);
    }

    @Override
    public Status send(ActionBuffer writeSet, Runnable atTurn) {
        return sending.writeSet(session, writeSet, atTurn, false);
    }

    @Override
    public Status resend(ActionBuffer writeSet, Runnable atTurn) {
        return sending.writeSet(session, writeSet, atTurn, true);
    }

    // ---------------------------------------------------------------- state transfer

    @Override
    public StateTransferAnswer requestStateTransfer(StateTransferRequest request) {
        return sending.request(session, request);
    }

    @Override
    public StateTransferAnswer desync() {
        return requestStateTransfer(StateTransferRequest.desync());
    }

    @Override
    public void join(Gtid at, int code) {
        guarded(() -> {
            if (session != null && !session.hasLeft()) {
                receiver.join(new CodeMessage(at, code));
            }
        });
        sendOutbox();
    }

    // ---------------------------------------------------------------- flow control

    @Override
    public void hold(boolean on) {
        guarded(() -> receiver.signals().hold(on));
        sendOutbox();
    }

    // ---------------------------------------------------------------- agreement

    @Override
    public boolean reportDiscardable(Gtid at) {
        return sending.report(session, at);
    }

    @Override
    public VoteAnswer vote(Gtid at, long code, ByteBuffer error) {
        return voting.vote(session, at, code, error);
    }

    @Override
    public void isolate(Uuid member, String reason) {
        guarded(() -> {
            if (session != null && !session.hasLeft()) {
                session.state().isolate(member, reason);
            }
        });
    }

    @Override
    public CausalAnswer causalPosition(long timeoutNanos) {
        GroupSession current = session;
        return current == null ? CausalAnswer.failed(CausalAnswer.Status.CLOSED) : current.causal(timeoutNanos);
    }

    // ---------------------------------------------------------------- options and figures

    @Override
    public boolean setOption(String name, String value) {
        if (!GroupOptions.LIST.has(name)) {
            GroupSession current = session;
            return current != null && !current.hasLeft() && current.channel().setOption(name, value);
        }
        guarded(() -> {
            options = options.with(name, value);
            receiver.signals().options(options);
        });
        return true;
    }

    @Override
    public SortedMap<String, String> options() {
        return locked(() -> options.texts());
    }

    @Override
    public GroupFigures figures() {
        SendMonitor.Figures sending = monitor.figures(now());
        return locked(() -> {
            Protocols protocols = session == null
                    ? Protocols.NONE
                    : session.state().configuration().protocols();
            return receiver.signals().figures(protocols, sending);
        });
    }

    @Override
    public SortedMap<String, String> channelStatus() {
        GroupSession current = session;
        if (current == null || current.hasLeft()) {
            return new TreeMap<>();
        }
        SortedMap<String, String> status = new TreeMap<>(current.channel().status());
        status.put(
                "desync_count",
                locked(() -> Integer.toString(current.state().configuration().ownDesyncCount())));
        return status;
    }

    @Override
    public void flushStatistics() {
        monitor.flush(now());
        guarded(() -> {
            receiver.queue().statistics().flush();
            receiver.signals().flow().flush();
        });
        GroupSession current = session;
        if (current != null && !current.hasLeft()) {
            current.channel().resetStatistics();
        }
    }
}
