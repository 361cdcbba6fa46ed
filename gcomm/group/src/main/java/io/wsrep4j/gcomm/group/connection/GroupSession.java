package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.api.Gtid;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.gcomm.GroupListener;
import io.wsrep4j.gcomm.GroupView;
import io.wsrep4j.gcomm.group.CausalAnswer;
import io.wsrep4j.gcomm.group.GroupState;
import io.wsrep4j.gcomm.group.ReplicationResult.Status;
import io.wsrep4j.gcomm.group.message.CodeMessage;
import io.wsrep4j.gcomm.group.message.MessageType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * One membership of a {@link GroupConnection}, from open to left: takes what the channel delivers, and sends. Everything below is guarded by
 * the connection's lock; the channel's own lock is always taken before it, so nothing is sent while it is held.
 */
final class GroupSession implements GroupListener, ActionSender.Connection {

    private final ReentrantLock lock;
    /** A channel is joined and left by one thread at a time; taken before all other locks. */
    private final ReentrantLock lifeCycle = new ReentrantLock();

    private final Condition changed;
    private final GroupChannel channel;
    private final SendMonitor monitor;
    private final GroupState state;
    private final Receiver receiver;
    private final Outbox outbox;
    private final ActionSender sender;
    private final OwnActions ownActions;
    private final OutboxSender outgoing;
    private final CausalWaiters causalWaiters = new CausalWaiters();
    private final GroupTimer timer;
    private final LongSupplier nanoTime;
    private volatile boolean left;
    private volatile Status sendStatus = Status.NOT_PRIMARY;
    private volatile int protocol;

    /** What a session is made of. */
    record Parts(
            ReentrantLock lock,
            GroupChannel channel,
            SendMonitor monitor,
            GroupState state,
            Receiver receiver,
            OwnActions ownActions,
            Outbox outbox,
            long firstActionId,
            int maxPacketSize,
            LongSupplier nanoTime,
            GroupTimer timer) {}

    GroupSession(Parts parts) {
        lock = parts.lock();
        changed = lock.newCondition();
        channel = parts.channel();
        monitor = parts.monitor();
        state = parts.state();
        receiver = parts.receiver();
        ownActions = parts.ownActions();
        outbox = parts.outbox();
        sender = new ActionSender(this, channel, parts.firstActionId(), parts.maxPacketSize());
        outgoing = new OutboxSender(lock, this, channel, outbox, receiver);
        nanoTime = parts.nanoTime();
        timer = parts.timer();
        receiver.begin(this);
    }

    void join(String groupName, boolean bootstrap) throws GroupException {
        lifeCycle.lock();
        try {
            channel.join(groupName, bootstrap, this);
        } finally {
            lifeCycle.unlock();
        }
    }

    /** Leaves; called on a thread that does not hold the connection's lock. */
    void leave() {
        lifeCycle.lock();
        try {
            channel.leave();
            endIfNotLeft();
        } finally {
            lifeCycle.unlock();
        }
        timer.shutdown();
    }

    private void endIfNotLeft() {
        lock.lock();
        try {
            if (!left) {
                // a channel that never joined has nothing to deliver
                state.left(null);
                ended();
            }
        } finally {
            lock.unlock();
        }
    }

    GroupChannel channel() {
        return channel;
    }

    GroupState state() {
        return state;
    }

    ActionSender sender() {
        return sender;
    }

    boolean hasLeft() {
        return left;
    }

    // ---------------------------------------------------------------- what the channel delivers

    @Override
    public void onView(GroupView view) {
        try {
            send(decide(() -> {
                state.view(view);
                stateChanged();
                if (!view.primary()) {
                    ownActions.loseSent();
                }
            }));
        } catch (Throwable thrown) {
            failed(thrown);
        }
    }

    @Override
    public void onMessage(int senderIndex, int type, ByteBuffer payload) {
        try {
            send(message(senderIndex, type, payload));
        } catch (Throwable thrown) {
            failed(thrown);
        }
    }

    /** As {@link #decide}, without an object for each message. */
    private List<Outbox.Item> message(int senderIndex, int type, ByteBuffer payload) {
        lock.lock();
        try {
            if (receiver.ending().isFailed()) {
                return List.of();
            }
            state.message(senderIndex, type, payload);
            if (type == MessageType.STATE_UUID.code() || type == MessageType.STATE_MESSAGE.code()) {
                stateChanged();
            }
            return outbox.take();
        } finally {
            lock.unlock();
        }
    }

    private List<Outbox.Item> decide(Runnable event) {
        lock.lock();
        try {
            if (receiver.ending().isFailed()) {
                return List.of();
            }
            event.run();
            return outbox.take();
        } finally {
            lock.unlock();
        }
    }

    private void stateChanged() {
        sendStatus = receiver.ending().isClosed()
                ? Status.CLOSED
                : state.configuration().sendStatus();
        protocol = Math.max(0, state.configuration().protocols().group());
        changed.signalAll();
    }

    @Override
    public void onCausal(long token) {
        try {
            decide(() -> causalWaiters.delivered(token, state.causal()));
        } catch (Throwable thrown) {
            failed(thrown);
        }
    }

    @Override
    public void onLeft(GroupException error) {
        lock.lock();
        try {
            state.left(error == null ? null : error.getMessage());
            if (error != null && error.getCause() != null) {
                failed(error.getCause());
            }
        } catch (Throwable thrown) {
            failed(thrown);
        } finally {
            ended();
            lock.unlock();
        }
    }

    /**
     * Something that has its place on all other members is lost here, or may be. The channel must not suffer from it: it is what this node leaves with,
     * so that the others need not guess what became of it.
     */
    private void failed(Throwable thrown) {
        lock.lock();
        try {
            receiver.broken(thrown);
            giveUp();
        } catch (Throwable again) {
            // out of memory most likely; who was told of the first failure repeats this until it succeeds
            receiver.log("the group layer failed, and cannot even give up: " + again.getClass());
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is delivered or sent any more: tells everybody who waits. Under the lock. */
    void giveUp() {
        sendStatus = Status.CLOSED;
        receiver.giveUp();
        releaseWaiting();
        changed.signalAll();
    }

    private void ended() {
        if (left) {
            return;
        }
        left = true;
        stateChanged();
        releaseWaiting();
    }

    private void releaseWaiting() {
        monitor.close(nanoTime.getAsLong());
        ownActions.close();
        causalWaiters.close();
    }

    // ---------------------------------------------------------------- sending

    /** Sends what was decided under the lock, which the caller has released. */
    void sendOutbox() {
        outgoing.sendAll();
    }

    /** Sends what was taken from the outbox; the caller holds no lock but the channel's. */
    void send(List<Outbox.Item> items) {
        outgoing.send(items);
    }

    /** Runs a task on the session's thread, without the lock. Ignored once the session is over. */
    void schedule(Runnable task, long delayNanos) {
        timer.schedule(
                () -> {
                    try {
                        task.run();
                    } catch (Throwable thrown) {
                        failed(thrown);
                    }
                },
                delayNanos);
    }

    /** Reports how far this node has come; not repeated. Called inside the monitor. */
    SendResult sendLast(Gtid position) {
        return sendStatus == Status.ORDERED
                ? outgoing.send(MessageType.LAST, new CodeMessage(position, 0).encode())
                : SendResult.NOT_PRIMARY;
    }

    CausalAnswer causal(long timeoutNanos) {
        CompletableFuture<CausalAnswer> waiter;
        long token;
        lock.lock();
        try {
            if (left) {
                return CausalAnswer.failed(CausalAnswer.Status.CLOSED);
            }
            token = causalWaiters.begin();
            waiter = causalWaiters.future(token);
        } finally {
            lock.unlock();
        }
        SendResult result = channel.sendCausal(token);
        CausalAnswer answer =
                switch (result) {
                    case ACCEPTED ->
                        Waits.answer(waiter, timeoutNanos, CausalAnswer.failed(CausalAnswer.Status.TIMED_OUT));
                    case TRY_AGAIN -> CausalAnswer.failed(CausalAnswer.Status.TRY_AGAIN);
                    case NOT_PRIMARY, TOO_LONG -> CausalAnswer.failed(CausalAnswer.Status.NOT_PRIMARY);
                    case ABORTED, CLOSED -> CausalAnswer.failed(CausalAnswer.Status.CLOSED);
                };
        lock.lock();
        try {
            causalWaiters.forget(token);
        } finally {
            lock.unlock();
        }
        return answer;
    }

    // ---------------------------------------------------------------- for the sender of actions

    @Override
    public Status sendStatus() {
        return sendStatus;
    }

    @Override
    public boolean isPaused() {
        return monitor.isPaused();
    }

    @Override
    public int protocol() {
        return protocol;
    }

    @Override
    public void expect(OwnAction action) {
        lock.lock();
        try {
            ownActions.add(action);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void sent(OwnAction action) {
        action.markSent();
        // the reverse order of onView: one of the two sees the other
        if (sendStatus == Status.NOT_PRIMARY) {
            lock.lock();
            try {
                ownActions.loseSent();
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public void forget(OwnAction action) {
        lock.lock();
        try {
            ownActions.removeLast(action);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean awaitChange() {
        lock.lock();
        try {
            if (!left) {
                changed.awaitNanos(OutboxSender.RETRY_NANOS);
            }
            return false;
        } catch (InterruptedException e) {
            // the action is half sent and must be ended first: the sender interrupts itself again when it is
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The id of the member at an index of the present view. */
    Uuid memberId(int index) {
        return state.memberId(index);
    }
}
