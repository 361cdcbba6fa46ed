package io.wsrep4j.gcomm.group.connection;

import io.wsrep4j.gcomm.TimeUuids;
import io.wsrep4j.gcomm.group.UuidSource;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a connection needs of the world around it; simulations bring their own.
 *
 * @param nanoTime as {@link System#nanoTime}
 * @param uuids for histories and state exchanges
 * @param timers by the name of the thread
 * @param loggers by the name of the node
 */
record GroupEnvironment(
        LongSupplier nanoTime,
        UuidSource uuids,
        Function<String, GroupTimer> timers,
        Function<String, Logger> loggers) {

    /** The machine's clock, and threads. */
    static GroupEnvironment real() {
        return new GroupEnvironment(
                System::nanoTime,
                new TimeUuids(Clock.systemUTC(), new SecureRandom())::next,
                GroupTimer::ofThread,
                name -> LoggerFactory.getLogger(GroupConnection.class.getName() + "." + name));
    }
}
