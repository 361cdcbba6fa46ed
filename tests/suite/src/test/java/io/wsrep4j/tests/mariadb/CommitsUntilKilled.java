package io.wsrep4j.tests.mariadb;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A client that inserts ascending ids into test.killed, one a transaction, until the server is killed under it. */
final class CommitsUntilKilled {

    private static final int KILLED = 128 + 9;

    private CommitsUntilKilled() {}

    /**
     * Kills the server with -9 after {@code duration} of inserting.
     *
     * @return the highest id whose commit was acknowledged
     * @throws SQLException of an insert that failed before the kill
     */
    static long run(MariaDbServer server, long after, Duration duration) throws SQLException {
        AtomicBoolean killing = new AtomicBoolean();
        CompletableFuture<Void> killer = CompletableFuture.runAsync(
                () -> {
                    killing.set(true);
                    server.kill();
                },
                CompletableFuture.delayedExecutor(duration.toMillis(), TimeUnit.MILLISECONDS));
        long acknowledged = after;
        try (Connection connection = server.connect();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO test.killed VALUES (?)")) {
            while (true) {
                insert.setLong(1, acknowledged + 1);
                insert.executeUpdate();
                acknowledged++;
            }
        } catch (SQLException failed) {
            if (!killing.get()) {
                killer.cancel(false);
                throw failed;
            }
            killer.join();
            if (server.process().exitCode() != KILLED) {
                throw failed;
            }
            return acknowledged;
        }
    }
}
