package io.wsrep4j.api;

/**
 * Linux error numbers, positive, that the wires and the logs of Galera carry; the same whatever this platform's are. Negated they are the codes of
 * {@link Provider#sstSent}, {@link Provider#sstReceived} and of the group's JOIN message (docs/spec/replicator-state-transfer.md 19).
 */
public final class Errno {

    /** Reading or writing failed. */
    public static final int EIO = 5;

    /** Try again. */
    public static final int EAGAIN = 11;

    /** Who asks may not. */
    public static final int EACCES = 13;

    /** A value that cannot be. */
    public static final int EINVAL = 22;

    /** Nothing of the kind that was asked for. */
    public static final int ENOMSG = 42;

    /** The peer does not keep to the protocol. */
    public static final int EPROTO = 71;

    /** What was asked for is not what the other one has. */
    public static final int EREMCHG = 78;

    /** Longer than allowed. */
    public static final int EMSGSIZE = 90;

    /** The peer broke the connection. */
    public static final int ECONNRESET = 104;

    /** Nothing came in time. */
    public static final int ETIMEDOUT = 110;

    /** Nobody listens there. */
    public static final int ECONNREFUSED = 111;

    /** No way there. */
    public static final int EHOSTUNREACH = 113;

    /** Stopped by this side. */
    public static final int ECANCELED = 125;

    private Errno() {}
}
