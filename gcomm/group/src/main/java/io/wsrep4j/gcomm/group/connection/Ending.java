package io.wsrep4j.gcomm.group.connection;

import java.util.function.Consumer;

/** Whether a connection still goes on, and if not, why it ended. Owned by the connection's lock. */
final class Ending {

    private boolean closed = true;
    private String failure;
    private Throwable cause;
    private Consumer<Throwable> listener;

    /** A new session begins. */
    void begin() {
        closed = false;
        failure = null;
        cause = null;
    }

    /** Who is told when this layer itself fails. */
    void whenFailed(Consumer<Throwable> newListener) {
        listener = newListener;
    }

    /** Nothing more of what the group decides is carried out. */
    boolean isFailed() {
        return failure != null;
    }

    /** Nothing more is delivered. */
    boolean isClosed() {
        return closed;
    }

    /** Why; null if that was this node's own wish, or it has not ended. */
    String reason() {
        return failure;
    }

    /** This node cannot go on, and leaves. */
    void failed(String why) {
        failure = why;
    }

    /** This node wants nothing more of the group. */
    void giveUp() {
        over("this node gave up");
    }

    /** The connection has ended. @param why null if it was left in order */
    void over(String why) {
        if (failure == null) {
            failure = why;
        }
        closed = true;
    }

    /**
     * This layer failed on its way from the channel to the receivers.
     *
     * @return true for the first time, and if there is nobody who was told and leaves
     */
    boolean broken(Throwable thrown) {
        boolean first = cause == null;
        cause = thrown;
        failure = "internal error";
        if (listener != null) {
            // it leaves, on a thread that exists already
            listener.accept(thrown);
            return false;
        }
        return first;
    }
}
