package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.gcomm.group.SendTicket;
import io.wsrep4j.gcomm.group.message.ActionType;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/**
 * An action that this node sends: its place in the queue of senders, how far it was sent, and who waits for its result. The sending part
 * belongs to whoever is inside the send monitor; the result is handed over once.
 */
final class OwnAction extends SendMonitor.Place implements SendTicket {

    /** Turns of the processor spent waiting for the result before the thread goes to sleep. */
    private static final int SPINS = 100;

    private final SendMonitor monitor;
    private ActionType type;
    private ByteBuffer bytes;
    private int size;
    /** Not null: nobody waits, and this comes back through the receive queue. */
    private ActionBuffer asynchronous;

    private boolean ahead;
    private ActionSender sender;
    private Runnable whenPlaced;
    private Runnable atTurn;

    // of the sender inside the monitor
    private long id;
    private int offset;
    private int nextFragment;

    private volatile boolean sent;
    private volatile boolean lost;
    // of the connection's lock
    private boolean abandoned;

    private volatile Object result;
    private volatile Thread waiter;

    OwnAction(SendMonitor monitor) {
        this.monitor = monitor;
    }

    OwnAction prepare(ActionType actionType, ByteBuffer content, ActionSender actionSender) {
        if (type != null) {
            throw new IllegalStateException("a send ticket can be used only once");
        }
        type = actionType;
        bytes = content;
        size = content.remaining();
        sender = actionSender;
        return this;
    }

    OwnAction asynchronous(ActionBuffer buffer, boolean aheadOfOthers) {
        asynchronous = buffer;
        ahead = aheadOfOthers;
        return this;
    }

    @Override
    boolean sendNow() {
        return sender.sendNow(this);
    }

    @Override
    public boolean interrupt() {
        return monitor.interrupt(this);
    }

    @Override
    public void whenPlaced(Runnable task) {
        whenPlaced = task;
    }

    @Override
    public void atTurn(Runnable task) {
        atTurn = task;
    }

    /** The owner knows now that its call of the send monitor is over. */
    void tellPlaced() {
        if (sent && whenPlaced != null) {
            whenPlaced.run();
        }
    }

    ActionType type() {
        return type;
    }

    int size() {
        return size;
    }

    /** The bytes from what was sent already on, at most {@code most} of them. */
    ByteBuffer rest(int most) {
        return bytes.slice(bytes.position() + offset, Math.min(most, size - offset));
    }

    /** Whole bytes in one piece. */
    ByteBuffer whole() {
        return bytes;
    }

    long id() {
        return id;
    }

    /** Sending begins: from here to its end nothing else of this member is sent. */
    void begin(long actionId) {
        if (atTurn != null) {
            atTurn.run();
        }
        id = actionId;
        offset = 0;
        nextFragment = 0;
    }

    boolean isBegun() {
        return id != 0;
    }

    int nextFragment() {
        return nextFragment;
    }

    void advance(int length) {
        offset += length;
        nextFragment++;
    }

    boolean isComplete() {
        return offset == size;
    }

    ActionBuffer asynchronous() {
        return asynchronous;
    }

    boolean isAhead() {
        return ahead;
    }

    /** All of it was accepted by the channel. */
    void markSent() {
        sent = true;
    }

    /** The group stopped being primary before all of it was sent: what was sent may be lost, so the rest is of no use. */
    void lose() {
        lost = true;
    }

    boolean isLost() {
        return lost;
    }

    boolean isSent() {
        return sent;
    }

    /**
     * Nobody waits for it any more, but it may still come back; so its bytes are kept.
     *
     * @param copy of the bytes
     */
    void abandon(ActionBuffer copy) {
        abandoned = true;
        asynchronous = copy;
    }

    boolean isAbandoned() {
        return abandoned;
    }

    /** Hands over the result and wakes the waiting thread. Later results are ignored. */
    void complete(Object outcome) {
        if (result == null) {
            result = outcome;
            Thread thread = waiter;
            if (thread != null && thread != Thread.currentThread()) {
                LockSupport.unpark(thread);
            }
        }
    }

    /** The result, or null. */
    Object result() {
        return result;
    }

    /** Waits for the result; an interrupt of the thread does not end the wait, because what was sent cannot be taken back. */
    Object await() {
        if (result != null) {
            return result;
        }
        waiter = Thread.currentThread();
        boolean interrupted = false;
        for (int spins = 0; result == null; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return result;
    }
}
