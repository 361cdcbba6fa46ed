package io.wsrep4j.ist;

import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Seqno;

/** An incremental state transfer failed. The message says what happened and with whom. */
public final class IstException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int errno;

    public IstException(int errno, String message) {
        this(errno, message, null);
    }

    public IstException(int errno, String message, Throwable cause) {
        // strangers and peers can cause as many as they like: no stack
        super(message, cause, false, false);
        this.errno = errno;
    }

    /** The Linux error number, positive, that Galera uses for this on the wire and in its log, whatever the platform. */
    public int errno() {
        return errno;
    }

    static IstException incomplete(long expectedLast, long lastReceived) {
        return new IstException(
                Errno.EPROTO,
                "IST didn't contain all write sets, expected last: " + expectedLast + " last received: "
                        + (lastReceived == Seqno.UNDEFINED ? "none" : Long.toString(lastReceived)));
    }
}
