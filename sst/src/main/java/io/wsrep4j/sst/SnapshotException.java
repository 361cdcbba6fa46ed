package io.wsrep4j.sst;

/** A snapshot transfer failed. The message says what happened and with whom. */
public final class SnapshotException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int errno;

    SnapshotException(int errno, String message) {
        this(errno, message, null);
    }

    SnapshotException(int errno, String message, Throwable cause) {
        super(message, cause);
        this.errno = errno;
    }

    /** The Linux error number, positive, whatever the platform: negated, it is the code that the provider is told. */
    public int errno() {
        return errno;
    }
}
