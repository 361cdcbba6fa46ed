package io.wsrep4j.provider.log;

import io.wsrep4j.api.Host;
import io.wsrep4j.api.LogLevel;

/** Writes lines to the log of this node's host. Thread-safe. Nothing is written per transaction above DEBUG. */
public final class NodeLog {

    private static final int DEEPEST_SHOWN = 20;

    private final Host host;
    private volatile boolean debug;

    public NodeLog(Host host) {
        this.host = host;
    }

    /** Something failed; the line says what the operator can do. */
    public void error(String line) {
        host.log(LogLevel.ERROR, line);
    }

    /** Something failed because of {@code cause}, which nothing from outside can bring about: with its stack, since it is this program's own fault. */
    public void error(String line, Throwable cause) {
        host.log(LogLevel.ERROR, line + ": " + cause);
        trace(LogLevel.ERROR, cause);
    }

    /**
     * Something failed because of {@code cause}, which a peer, the host or an operator may have brought about, and may again: one line. The stack is
     * for developers.
     */
    public void failed(String line, Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String why = root == cause ? String.valueOf(cause) : cause + ", because of " + root;
        host.log(LogLevel.ERROR, line + ": " + OneLine.of(why));
        if (debug) {
            trace(LogLevel.DEBUG, cause);
        }
    }

    private void trace(LogLevel level, Throwable cause) {
        StackTraceElement[] trace = cause.getStackTrace();
        for (int i = 0; i < Math.min(trace.length, DEEPEST_SHOWN); i++) {
            host.log(level, "    at " + trace[i]);
        }
    }

    /** Something odd. */
    public void warn(String line) {
        host.log(LogLevel.WARN, line);
    }

    /** Something an operator wants to know about. */
    public void info(String line) {
        host.log(LogLevel.INFO, line);
    }

    /** Option {@code debug}. */
    public void debug(boolean on) {
        debug = on;
    }

    /** Something for developers. */
    public void debug(String line) {
        if (debug) {
            host.log(LogLevel.DEBUG, line);
        }
    }
}
