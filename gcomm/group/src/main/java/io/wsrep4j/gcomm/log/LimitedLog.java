package io.wsrep4j.gcomm.log;

import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.helpers.MessageFormatter;

/**
 * The log for lines that others can cause (docs/spec/gcomm-transport-pc.md 20.8). In each window of a minute the first lines of each {@link LineKind}
 * and peer pass, and at most {@value #MAX_LINES} in all; the rest is counted, and one line at the window's end says how many of what kind were left
 * out. What passes is cut to {@value #MAX_LENGTH} characters and has no control characters: part of it may be text that a peer sent. Lines about this
 * node may be longer and have line breaks; what a peer sent does not belong there as it is.
 *
 * <p>A line costs no formatting unless it passes. Levels stay: a line whose level is off is neither written nor counted.
 *
 * <p>The time comes from whoever drives the layer: a pure core has no clock, and what is logged decides nothing in it. Thread-safe; the logger is
 * called outside the lock.
 */
public final class LimitedLog {

    /** The length of a window. */
    public static final long WINDOW_NANOS = 60_000_000_000L;

    /** Lines of kinds that are not about this node that pass in a window. */
    public static final int MAX_LINES = 200;

    /** Characters of a line about a peer. */
    public static final int MAX_LENGTH = 1200;

    /** Characters of a line about this node, such as a view with its members. */
    static final int MAX_LENGTH_ABOUT_NODE = 16_000;

    private final Logger log;
    private final LongSupplier nanoClock;

    /** Guarded by this, as the next. */
    private LeftOut window = new LeftOut();

    private long windowEnds;

    /**
     * @param log where lines go
     * @param nanoClock nanoseconds from any origin, never going back
     */
    public LimitedLog(Logger log, LongSupplier nanoClock) {
        this.log = log;
        this.nanoClock = nanoClock;
    }

    /** The log without limits, for lines that nobody but this node and its operator causes. */
    public Logger plain() {
        return log;
    }

    public boolean isDebugEnabled() {
        return log.isDebugEnabled();
    }

    public void debug(LineKind kind, Object peer, String format, Object... arguments) {
        log(Level.DEBUG, kind, peer, format, arguments);
    }

    public void info(LineKind kind, Object peer, String format, Object... arguments) {
        log(Level.INFO, kind, peer, format, arguments);
    }

    public void warn(LineKind kind, Object peer, String format, Object... arguments) {
        log(Level.WARN, kind, peer, format, arguments);
    }

    public void error(LineKind kind, Object peer, String format, Object... arguments) {
        log(Level.ERROR, kind, peer, format, arguments);
    }

    /**
     * A line.
     *
     * @param peer who caused it, or null if that cannot be told: an address without its port, a node's UUID; compared by equals
     * @param format as SLF4J has it
     */
    public void log(Level level, LineKind kind, Object peer, String format, Object... arguments) {
        if (!log.isEnabledForLevel(level)) {
            return;
        }
        LeftOut ended;
        boolean passes;
        synchronized (this) {
            ended = endWindow(false);
            if (window.isEmpty()) {
                windowEnds = nanoClock.getAsLong() + WINDOW_NANOS;
            }
            passes = window.passes(level, kind, peer);
        }
        tell(ended);
        if (passes) {
            String text = MessageFormatter.arrayFormat(format, arguments).getMessage();
            write(level, kind.aboutNode() ? cut(text, MAX_LENGTH_ABOUT_NODE) : clean(text));
        }
    }

    /** To be called now and then, such as by the timer of the layer: writes the summary of a window that has ended. */
    public void summarize() {
        LeftOut ended;
        synchronized (this) {
            ended = endWindow(false);
        }
        tell(ended);
    }

    /** The node leaves: what was left out until now is told now. */
    public void close() {
        LeftOut ended;
        synchronized (this) {
            ended = endWindow(true);
        }
        tell(ended);
    }

    /** Null if the window goes on. */
    private LeftOut endWindow(boolean atOnce) {
        if (window.isEmpty() || !atOnce && nanoClock.getAsLong() - windowEnds < 0) {
            return null;
        }
        LeftOut ended = window;
        window = new LeftOut();
        return ended;
    }

    private void tell(LeftOut ended) {
        if (ended != null && ended.level() != null) {
            write(ended.level(), clean(ended.summary()));
        }
    }

    private void write(Level level, String text) {
        log.atLevel(level).log(text);
    }

    /** One line of bounded length: a peer's text must not look like further lines. */
    private static String clean(String text) {
        String bounded = cut(text, MAX_LENGTH);
        StringBuilder clean = new StringBuilder(bounded);
        for (int i = 0; i < clean.length(); i++) {
            if (Character.isISOControl(clean.charAt(i))) {
                clean.setCharAt(i, '?');
            }
        }
        return clean.toString();
    }

    private static String cut(String text, int length) {
        return text.length() > length ? text.substring(0, length) + "..." : text;
    }
}
