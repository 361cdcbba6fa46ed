package io.wsrep4j.ist;

import java.nio.ByteBuffer;

/**
 * Takes what a joiner receives (docs/spec/replicator-state-transfer.md 21.1). All calls come from one thread, the receiver's own, in the stream's order, and may block: the donor then waits.
 */
public interface IstSink {

    /**
     * Where to put the bytes of an event; called before {@link #ordered} for events that have bytes.
     *
     * @param length in bytes
     * @return memory of exactly that many bytes between position and limit; null when the cache has this seqno already, which only an event
     *     with {@code preload} may have: its bytes are then read and thrown away
     * @throws IstException if the event cannot be taken; ends the transfer
     */
    ByteBuffer reserve(long seqno, IstEvent.Kind kind, boolean preload, int length) throws IstException;

    /**
     * An event with its bytes, in seqno order without gaps.
     *
     * @param event its bytes are the memory that was reserved, as it was given; null when none was
     * @param preload it belongs into the certification index
     * @param mustApply it is not below the seqno given to {@link IstReceiver#ready}
     * @throws IstException if it cannot be taken; ends the transfer
     */
    void ordered(IstEvent event, boolean preload, boolean mustApply) throws IstException;

    /**
     * The last call.
     *
     * @param lastSeqno the last one received, or undefined
     * @param error null if everything was received
     */
    void ended(long lastSeqno, IstException error);
}
