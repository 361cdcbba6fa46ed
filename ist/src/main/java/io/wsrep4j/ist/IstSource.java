package io.wsrep4j.ist;

/**
 * Where a donor's sender takes the events from: a range of the write-set cache that is held for it (docs/spec/replicator-state-transfer.md 21.2). Used by one thread. Closed exactly once,
 * when no byte of any event is needed any more; that releases the range.
 */
public interface IstSource extends AutoCloseable {

    /**
     * The next event in seqno order; null after the last one. Its bytes stay valid until the source is closed.
     *
     * @throws IstException if the cache has lost it
     */
    IstEvent next() throws IstException;

    @Override
    void close();
}
