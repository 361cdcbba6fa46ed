package io.wsrep4j.gcomm.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A logger that keeps its lines, level first. Thread-safe. */
public final class RecordedLog extends AppenderBase<ILoggingEvent> {

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger;

    /** Its own, which nobody else has. */
    public RecordedLog(Level level) {
        this(new LoggerContext().getLogger("recorded"), level);
    }

    /** Listens at a logger that others have, too. */
    public RecordedLog(Logger logger, Level level) {
        this.logger = logger;
        setContext(logger.getLoggerContext());
        start();
        logger.setLevel(level);
        logger.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        lines.add(event.getLevel() + " " + event.getFormattedMessage());
    }

    /** Listens no more; the level is again that of its parent. */
    public void remove() {
        logger.detachAppender(this);
        logger.setLevel(null);
    }

    public Logger logger() {
        return logger;
    }

    public List<String> lines() {
        return lines;
    }

    public int bytes() {
        return lines.stream()
                .mapToInt(line -> line.getBytes(StandardCharsets.UTF_8).length + 1)
                .sum();
    }
}
