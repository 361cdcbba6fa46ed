package io.wsrep4j.jna;

import io.wsrep4j.api.LogLevel;
import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * Where log lines go: one host's logger, or, for threads that serve no host and after free, the process's newest logger or stderr. Any
 * thread; never blocks but for the host's own logger; never throws.
 *
 * <p>SLF4J knows loggers by name only, so the host is found by thread: a call from a host marks its thread, and threads made inside inherit
 * the mark.
 */
final class HostLog {

    /** For lines without a host. */
    static final HostLog PROCESS = new HostLog(0);

    private static final InheritableThreadLocal<HostLog> CURRENT = new InheritableThreadLocal<>();

    private volatile long provider;

    HostLog(long provider) {
        this.provider = provider;
    }

    /** The calling thread's host. */
    static HostLog current() {
        HostLog log = CURRENT.get();
        return log == null ? PROCESS : log;
    }

    /**
     * Marks the calling thread as working for this host. A thread that C attached has no context class loader on newer JVMs, which libraries
     * take for granted.
     */
    void enter() {
        if (CURRENT.get() != this) {
            CURRENT.set(this);
            Thread thread = Thread.currentThread();
            if (thread.getContextClassLoader() == null) {
                thread.setContextClassLoader(HostLog.class.getClassLoader());
            }
        }
    }

    /** The host is gone: from now on its lines are the process's. */
    void close() {
        provider = 0;
    }

    void log(LogLevel level, String message) {
        Trampolines.log(provider, level.ordinal(), NativeMemory.terminated(message));
    }

    void log(LogLevel level, String message, Throwable cause) {
        StringWriter text = new StringWriter();
        text.append(message).append(": ");
        cause.printStackTrace(new PrintWriter(text, true));
        log(level, text.toString().stripTrailing());
    }
}
