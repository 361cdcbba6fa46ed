package io.wsrep4j.gcomm.group;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Seqno;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.group.ReplicationResult.Status;
import io.wsrep4j.gcomm.group.message.ActionType;
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

    private static final long SHORTEST_TIMEOUT_NANOS = 1_000_000_000L;

    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock lifeCycle = new ReentrantLock();
    private final NodeIdentity identity;
    private final ActionMemory memory;
    private final GroupEnvironment environment;
    private final SendMonitor monitor;
    private final Outbox outbox = new Outbox();
    private final OwnActions ownActions;
    private final Receiver receiver;
    private final Voting voting;
    private final String threadName;

    private GroupOptions options;
    private Gtid position = Gtid.UNDEFINED;
    private long recoverable = Seqno.UNDEFINED;
    private long nextActionId = 1;
    private volatile GroupSession session;
    private long lastTimeoutNanos = SHORTEST_TIMEOUT_NANOS;

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
        this.identity = named(identity);
        this.options = options;
        this.memory = memory;
        this.ownActions = new OwnActions(memory);
        this.threadName = "wsrep4j-group-" + this.identity.name();
        Logger logger = environment.loggers().apply(this.identity.name());
        this.receiver =
                new Receiver(lock, options, monitor, ownActions, outbox, memory, environment.nanoTime(), logger);
        this.voting = new Voting(lock, receiver);
    }

    private long now() {
        return environment.nanoTime().getAsLong();
    }

    private static NodeIdentity named(NodeIdentity identity) {
        String name = identity.name().isEmpty() ? Member.UNSPECIFIED : identity.name();
        return new NodeIdentity(
                name, identity.incomingAddress(), identity.supported(), identity.votePolicy(), identity.stateless());
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
        locked(() -> {
            if (session != null) {
                session.giveUp();
            }
            return null;
        });
    }

    @Override
    public void whenFailed(Consumer<Throwable> listener) {
        locked(() -> {
            receiver.whenFailed(listener);
            return null;
        });
    }

    @Override
    public void whenConfigured(Consumer<GroupAction.ConfigurationChanged> listener) {
        locked(() -> {
            receiver.whenConfigured(listener);
            return null;
        });
    }

    @Override
    public boolean isLost() {
        return locked(() -> session == null || session.hasLeft() || receiver.isFailed());
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
        locked(() -> {
            receiver.resume();
            return null;
        });
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
        GroupSession current = session;
        if (current == null) {
            return ReplicationResult.failed(Status.CLOSED);
        }
        OwnAction action = ((OwnAction) ticket).prepare(ActionType.WRITE_SET, writeSet, current.sender());
        Status refused = send(action, current);
        if (refused != Status.ORDERED) {
            return ReplicationResult.failed(refused);
        }
        action.tellPlaced();
        return (ReplicationResult) action.await();
    }

    /** ORDERED if it was sent, or has a result already. */
    private Status send(OwnAction action, GroupSession current) {
        return switch (monitor.enter(action, action.isAhead(), Long.MAX_VALUE)) {
            case ENTERED -> {
                try {
                    current.sender().send(action);
                } finally {
                    monitor.leave();
                }
                yield Status.ORDERED;
            }
            case SENT_BY_OTHER -> Status.ORDERED;
            case INTERRUPTED -> Status.INTERRUPTED;
            case CLOSED, TIMED_OUT -> Status.CLOSED;
        };
    }

    @Override
    public Status send(ActionBuffer writeSet, Runnable atTurn) {
        return sendAsynchronously(writeSet, atTurn, false);
    }

    @Override
    public Status resend(ActionBuffer writeSet, Runnable atTurn) {
        return sendAsynchronously(writeSet, atTurn, true);
    }

    private Status sendAsynchronously(ActionBuffer writeSet, Runnable atTurn, boolean ahead) {
        GroupSession current = session;
        if (current == null) {
            return Status.CLOSED;
        }
        OwnAction action = new OwnAction(monitor)
                .prepare(
                        ActionType.WRITE_SET,
                        writeSet.bytes().duplicate().clear().limit(writeSet.size()),
                        current.sender())
                .asynchronous(writeSet, ahead);
        action.atTurn(atTurn);
        Status refused = send(action, current);
        if (refused != Status.ORDERED) {
            return refused;
        }
        // a result now is a failure to send: an action that comes back goes to the receive queue
        return action.result() instanceof ReplicationResult failed && !action.isSent()
                ? failed.status()
                : Status.ORDERED;
    }

    // ---------------------------------------------------------------- state transfer

    @Override
    public StateTransferAnswer requestStateTransfer(StateTransferRequest request) {
        GroupSession current = session;
        if (current == null) {
            return StateTransferAnswer.failed(StateTransferAnswer.Status.CLOSED);
        }
        byte[] bytes = request.encode();
        if (bytes.length > StateTransferRequest.LONGEST) {
            // the others would take this node for a hostile one
            locked(() -> {
                receiver.log("a state transfer request of " + bytes.length + " bytes is not sent; at most "
                        + StateTransferRequest.LONGEST + " are read");
                return null;
            });
            return StateTransferAnswer.failed(StateTransferAnswer.Status.REFUSED);
        }
        OwnAction action = new OwnAction(monitor)
                .prepare(ActionType.STATE_TRANSFER_REQUEST, ByteBuffer.wrap(bytes), current.sender());
        Status refused = send(action, current);
        return refused == Status.ORDERED
                ? (StateTransferAnswer) action.await()
                : StateTransferAnswer.failed(StateTransferAnswer.Status.CLOSED);
    }

    @Override
    public StateTransferAnswer desync() {
        return requestStateTransfer(StateTransferRequest.desync());
    }

    @Override
    public void join(Gtid at, int code) {
        locked(() -> {
            if (session != null && !session.hasLeft()) {
                receiver.join(new CodeMessage(at, code));
            }
            return null;
        });
        sendOutbox();
    }

    // ---------------------------------------------------------------- flow control

    @Override
    public void hold(boolean on) {
        locked(() -> {
            receiver.signals().hold(on);
            return null;
        });
        sendOutbox();
    }

    // ---------------------------------------------------------------- agreement

    @Override
    public boolean reportDiscardable(Gtid at) {
        GroupSession current = session;
        if (current == null) {
            return false;
        }
        SendMonitor.Place place = new SendMonitor.Place() {
            @Override
            boolean sendNow() {
                // its result is the caller's, so the caller sends it
                return false;
            }
        };
        long timeout = locked(() -> lastTimeoutNanos);
        SendMonitor.Entry entry = monitor.enter(place, monitor.isPaused(), timeout);
        locked(() -> lastTimeoutNanos = entry == SendMonitor.Entry.TIMED_OUT
                ? lastTimeoutNanos + SHORTEST_TIMEOUT_NANOS
                : Math.max(SHORTEST_TIMEOUT_NANOS, lastTimeoutNanos * 2 / 3));
        if (entry != SendMonitor.Entry.ENTERED) {
            return false;
        }
        try {
            return current.sendLast(at) == SendResult.ACCEPTED;
        } finally {
            monitor.leave();
        }
    }

    @Override
    public VoteAnswer vote(Gtid at, long code, ByteBuffer error) {
        return voting.vote(session, at, code, error);
    }

    @Override
    public void isolate(Uuid member, String reason) {
        locked(() -> {
            if (session != null && !session.hasLeft()) {
                session.state().isolate(member, reason);
            }
            return null;
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
        locked(() -> {
            options = options.with(name, value);
            receiver.signals().options(options);
            return null;
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
            return GroupFigures.of(protocols, sending, receiver);
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
        locked(() -> {
            receiver.queue().statistics().flush();
            receiver.signals().flow().flush();
            return null;
        });
        GroupSession current = session;
        if (current != null && !current.hasLeft()) {
            current.channel().resetStatistics();
        }
    }
}
