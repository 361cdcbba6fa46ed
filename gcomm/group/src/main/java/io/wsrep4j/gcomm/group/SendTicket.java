package io.wsrep4j.gcomm.group;

/** A sender's part in one {@link Group#replicate} (docs/spec/gcs.md 14). Thread-safe. */
public interface SendTicket {

    /**
     * Makes a {@link Group#replicate} that still waits for its turn return INTERRUPTED. Later it has no effect: what was sent cannot be
     * taken back.
     *
     * @return true if the call was, or will be, interrupted
     */
    boolean interrupt();

    /**
     * Has a task run when the turn to send has come, before the first byte is read: it is the last to change the write set, and sees everything
     * that this member has sent before. On the thread of whoever sends just then; it must not block or fail. Before the call.
     */
    void atTurn(Runnable task);

    /**
     * Has a task run by {@link Group#replicate}, on its thread, once what it sends cannot be overtaken by anything that this member sends
     * later. Before the call.
     */
    void whenPlaced(Runnable task);
}
