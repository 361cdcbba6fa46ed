package io.wsrep4j.jna;

import io.wsrep4j.api.LogLevel;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** An SLF4J logger that writes to the calling thread's host. */
final class HostLogger extends LegacyAbstractLogger {

    /** Lowest level that is written: ERROR, WARN, INFO, DEBUG or TRACE. */
    static final String LEVEL_PROPERTY = "wsrep4j.log.level";

    private static final long serialVersionUID = 1L;
    private static final String OWN = "io.wsrep4j.";

    private final transient Level lowest = level(System.getProperty(LEVEL_PROPERTY, "INFO"));

    HostLogger(String name) {
        this.name = name;
    }

    private static Level level(String text) {
        for (Level level : Level.values()) {
            if (level.name().equalsIgnoreCase(text)) {
                return level;
            }
        }
        return Level.INFO;
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level, Marker marker, String pattern, Object[] arguments, Throwable cause) {
        String text = MessageFormatter.basicArrayFormat(pattern, arguments);
        String message = name.startsWith(OWN) ? text : name + ": " + text;
        if (cause == null) {
            HostLog.current().log(hostLevel(level), message);
        } else {
            HostLog.current().log(hostLevel(level), message, cause);
        }
    }

    private static LogLevel hostLevel(Level level) {
        return switch (level) {
            case ERROR -> LogLevel.ERROR;
            case WARN -> LogLevel.WARN;
            case INFO -> LogLevel.INFO;
            case DEBUG, TRACE -> LogLevel.DEBUG;
        };
    }

    /** Of the libraries an operator wants to hear when something is wrong, and else only if he asked for more than usual. */
    private boolean writes(Level level) {
        boolean usual = lowest.toInt() >= Level.INFO.toInt();
        Level least = name.startsWith(OWN) || !usual || lowest.toInt() > Level.WARN.toInt() ? lowest : Level.WARN;
        return level.toInt() >= least.toInt();
    }

    @Override
    public boolean isTraceEnabled() {
        return writes(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return writes(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return writes(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return writes(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return writes(Level.ERROR);
    }
}
