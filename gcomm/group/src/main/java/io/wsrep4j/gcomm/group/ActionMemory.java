package io.wsrep4j.gcomm.group;

/**
 * Where the bytes of received actions are put. Given to the group layer from above, so that the fragments of a write set are written straight
 * into the write-set cache.
 *
 * <p>Called on the thread that delivers messages, with locks of the channel held: must not block for long, and must not call the {@link
 * Group}. Thread-safe.
 */
public interface ActionMemory {

    /**
     * Memory for one action.
     *
     * @param size in bytes, at least 1; never more than a small multiple of what was received of the action, or a small constant (large actions
     *     are moved to larger memory as they come)
     * @return a buffer that is not used by anybody else until it is released
     * @throws RuntimeException if there is no memory; the connection then ends with an error, since the action cannot be left out
     */
    ActionBuffer allocate(int size);

    /** The lowest seqno that this node could give to a joiner, announced to the group at every state exchange; -1 for none. */
    long lowestSeqno();

    /** Memory of the heap: for members that store nothing, such as the arbitrator, and for tests. */
    static ActionMemory heap() {
        return HeapActionMemory.INSTANCE;
    }
}
