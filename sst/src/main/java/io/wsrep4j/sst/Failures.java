package io.wsrep4j.sst;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.wsrep4j.api.Errno;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/** What an exception means for a transfer. */
final class Failures {

    private Failures() {}

    /** The failure, without its wrapping. */
    static SnapshotException of(Throwable cause) {
        Throwable inner = innermost(cause);
        return inner instanceof SnapshotException own
                ? own
                : new SnapshotException(errno(inner), describe(inner), inner);
    }

    /** The failure of a transfer with this peer. */
    static SnapshotException with(String peer, Throwable cause) {
        SnapshotException failure = of(cause);
        return new SnapshotException(
                failure.errno(), "snapshot transfer with " + peer + " failed: " + failure.getMessage(), failure);
    }

    static String describe(Throwable cause) {
        Throwable inner = innermost(cause);
        if (inner instanceof SnapshotException) {
            return inner.getMessage();
        }
        if (inner instanceof SSLException) {
            return "TLS: " + inner.getMessage();
        }
        return inner.getMessage() == null ? inner.toString() : inner.getMessage();
    }

    private static Throwable innermost(Throwable cause) {
        return cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
    }

    private static int errno(Throwable cause) {
        if (cause instanceof ConnectTimeoutException) {
            return Errno.ETIMEDOUT;
        }
        if (cause instanceof NoRouteToHostException || cause instanceof UnknownHostException) {
            return Errno.EHOSTUNREACH;
        }
        if (cause instanceof SSLException) {
            return Errno.EPROTO;
        }
        return cause instanceof ConnectException ? Errno.ECONNREFUSED : Errno.EIO;
    }
}
