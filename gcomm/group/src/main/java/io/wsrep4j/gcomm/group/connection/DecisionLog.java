package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.api.Uuid;
import io.wsrep4j.gcomm.group.GroupEffects.Severity;
import io.wsrep4j.gcomm.log.LimitedLog;
import io.wsrep4j.gcomm.log.LineKind;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** What the group's state machine has to say, in the node's log: what members can cause as often as they like is limited. Thread-safe. */
final class DecisionLog {

    private final Logger logger;
    private final LimitedLog limited;

    DecisionLog(Logger logger, LongSupplier nanoTime) {
        this.logger = logger;
        this.limited = new LimitedLog(logger, nanoTime);
    }

    void log(Severity severity, String text) {
        switch (severity) {
            case DEBUG -> logger.debug("{}", text);
            case INFO -> logger.info("{}", text);
            case WARN -> logger.warn("{}", text);
        }
    }

    void log(Severity severity, LineKind kind, Uuid member, String text) {
        switch (severity) {
            case DEBUG -> limited.debug(kind, member, "{}", text);
            case INFO -> limited.info(kind, member, "{}", text);
            case WARN -> limited.warn(kind, member, "{}", text);
        }
    }

    /** Says what was left out. */
    void summarize() {
        limited.summarize();
    }

    void close() {
        limited.close();
    }
}
