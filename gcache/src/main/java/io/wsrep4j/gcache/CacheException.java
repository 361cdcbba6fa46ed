package io.wsrep4j.gcache;

/**
 * The cache cannot do what was asked: a file that cannot be used, a broken invariant, a wrong call. The message says what was given, where,
 * and what to do. A provider that gets it from anything but {@link WriteSetCache#open} must leave the group.
 */
public class CacheException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CacheException(String message) {
        super(message);
    }

    public CacheException(String message, Throwable cause) {
        super(message, cause);
    }
}
