package io.wsrep4j.gcache;

/** Every store refused: nothing is reserved, nothing cached is lost. The message names each store and its reason (docs/spec/gcache.md 1 and 10). */
public final class CacheFullException extends CacheException {

    private static final long serialVersionUID = 1L;

    public CacheFullException(String message) {
        super(message);
    }
}
