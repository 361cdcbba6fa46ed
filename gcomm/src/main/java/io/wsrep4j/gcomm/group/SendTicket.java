package io.wsrep4j.gcomm.group;

/** A sender's part in one {@link Group#replicate} (sheet gcs, 14). Thread-safe. */
public interface SendTicket {

    /**
     * Makes a {@link Group#replicate} that still waits for its turn return INTERRUPTED. Later it has no effect: what was sent cannot be
     * taken back.
     *
     * @return true if the call was, or will be, interrupted
     */
    boolean interrupt();

    /**
     * Has a task run by {@link Group#replicate}, on its thread, once what it sends cannot be overtaken by anything that this member sends
     * later. Before the call.
     */
    void whenPlaced(Runnable task);
}
