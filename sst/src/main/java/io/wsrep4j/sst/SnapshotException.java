package io.wsrep4j.sst;

/** A snapshot transfer failed. The message says what happened and with whom. */
public final class SnapshotException extends Exception {

    public static final int EIO = 5;
    public static final int EINVAL = 22;
    public static final int EACCES = 13;
    public static final int EPROTO = 71;
    public static final int ECONNRESET = 104;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTUNREACH = 113;
    public static final int ECANCELED = 125;

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
