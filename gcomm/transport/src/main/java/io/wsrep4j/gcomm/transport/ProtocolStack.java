package io.wsrep4j.gcomm.transport;

/** The protocol cores that a transport drives. Called with the transport's lock held. */
public interface ProtocolStack {

    /** The layer that gets connections and frames; always the same one. */
    LowestLayer lowest();

    /** The time has come for some layer: passes it on to all that are due, the lowest among them. */
    void onTime(long nowNanos);

    /** When {@link #onTime} is to be called next: the earliest of all layers; {@link Long#MAX_VALUE} for never. Asked after each event. */
    long nextDeadlineNanos();

    /**
     * A layer threw: its state cannot be trusted.
     *
     * @return true if the stack goes on all the same, for as long as it takes to leave in order; false if no event may follow
     */
    boolean onBroken(Throwable cause);
}
