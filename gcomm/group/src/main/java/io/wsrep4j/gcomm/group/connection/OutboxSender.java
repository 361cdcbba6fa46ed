package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannel.SendResult;
import io.wsrep4j.gcomm.group.message.MessageType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends what was put in the outbox, and tries again what could not be sent as long as anybody wants it. Its methods are called without the
 * connection's lock, because the channel may deliver inside a send; what it looks at meanwhile is guarded by that lock.
 */
final class OutboxSender {

    /** How long after a refusal a message is sent again, in nanoseconds. */
    static final long RETRY_NANOS = 10_000_000L;

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final ReentrantLock lock;
    private final GroupSession session;
    private final GroupChannel channel;
    private final Outbox outbox;
    private final Receiver receiver;

    /** A reconsideration is on its way: one for all that could not be sent, or they would breed. Guarded by the lock. */
    private boolean willReconsider;

    OutboxSender(ReentrantLock lock, GroupSession session, GroupChannel channel, Outbox outbox, Receiver receiver) {
        this.lock = lock;
        this.session = session;
        this.channel = channel;
        this.outbox = outbox;
        this.receiver = receiver;
    }

    /** Sends what was decided under the lock, which the caller has released. */
    void sendAll() {
        List<Outbox.Item> items;
        lock.lock();
        try {
            items = outbox.take();
        } finally {
            lock.unlock();
        }
        send(items);
    }

    /** Sends what was taken from the outbox; the caller holds no lock but the channel's. */
    void send(List<Outbox.Item> items) {
        for (Outbox.Item item : items) {
            send(item);
        }
    }

    SendResult send(MessageType type, ByteBuffer payload) {
        return channel.send(type.code(), payload, EMPTY.duplicate());
    }

    private void send(Outbox.Item item) {
        SendResult result = send(item.type(), item.payload());
        if (result != SendResult.ACCEPTED) {
            notSent(item, result);
        }
    }

    private void notSent(Outbox.Item item, SendResult result) {
        lock.lock();
        try {
            if (session.hasLeft()) {
                return;
            }
            boolean again = result == SendResult.TRY_AGAIN;
            switch (item.type()) {
                case STATE_UUID, STATE_MESSAGE -> {
                    // a late one answers no exchange that is still open, and is left out by everybody
                    if (again && session.state().configuration().isExchanging()) {
                        repeat(() -> sendAgain(item));
                    }
                }
                case FLOW -> {
                    receiver.signals().notSent(item.flow());
                    if (again) {
                        reconsiderLater();
                    }
                }
                case SYNC -> {
                    receiver.reports().syncSettled();
                    if (again) {
                        reconsiderLater();
                    }
                }
                case JOIN, VOTE -> {
                    // after a change of configuration it is sent anew by the receiver
                    if (again && item.configuration() == configuration()) {
                        repeat(() -> sendAgain(item));
                    }
                }
                default -> receiver.log("could not send " + item.type() + ": " + result);
            }
        } finally {
            lock.unlock();
        }
    }

    private int configuration() {
        return receiver.signals().flow().configuration();
    }

    private void repeat(Runnable task) {
        session.schedule(task, RETRY_NANOS);
    }

    private void sendAgain(Outbox.Item item) {
        lock.lock();
        try {
            boolean exchange = item.type() == MessageType.STATE_UUID || item.type() == MessageType.STATE_MESSAGE;
            boolean stale = exchange
                    ? !session.state().configuration().isExchanging()
                    : item.configuration() != configuration()
                            || !session.state().configuration().isPrimary();
            if (session.hasLeft() || stale) {
                return;
            }
        } finally {
            lock.unlock();
        }
        send(item);
    }

    private void reconsiderLater() {
        if (!willReconsider) {
            willReconsider = true;
            repeat(this::reconsider);
        }
    }

    private void reconsider() {
        lock.lock();
        try {
            willReconsider = false;
            if (!session.hasLeft()) {
                receiver.reconsider();
            }
        } finally {
            lock.unlock();
        }
        sendAll();
    }
}
