package io.wsrep4j.tests.mariadb;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * SIGTERM at any moment of a running server stops it through its normal shutdown. Not during its start: a mariadbd 10.11 that gets a SIGTERM between
 * 60 ms and the end of its start ignores it and all later ones, with libgalera as with us (seen).
 */
@Timeout(600)
final class TerminationTest {

    private static final int ROUNDS = "long".equals(System.getProperty("wsrep4j.effort")) ? 20 : 5;
    private static final Duration STOP = Duration.ofSeconds(60);

    @Test
    void underLoad() throws Exception {
        Random random = new Random(86);
        try (MariaDbServer server =
                MariaDbServer.named("term").provider(Providers.wsrep4j()).create()) {
            server.bootstrap();
            server.execute("CREATE TABLE test.t (id BIGINT AUTO_INCREMENT PRIMARY KEY, v INT) ENGINE=InnoDB");
            server.stop();
            for (int round = 0; round < ROUNDS; round++) {
                server.bootstrap();
                AtomicBoolean stopping = new AtomicBoolean();
                ExecutorService clients = Executors.newFixedThreadPool(4);
                List<CompletableFuture<Void>> running = new ArrayList<>();
                for (int client = 0; client < 4; client++) {
                    running.add(CompletableFuture.runAsync(() -> insertUntilStopped(server, stopping), clients));
                }
                CompletableFuture.runAsync(
                                () -> {
                                    stopping.set(true);
                                    server.process().signal("TERM");
                                },
                                CompletableFuture.delayedExecutor(random.nextInt(1500), TimeUnit.MILLISECONDS))
                        .join();
                server.awaitEnd(0, STOP);
                CompletableFuture.allOf(running.toArray(new CompletableFuture<?>[0]))
                        .join();
                clients.shutdown();
            }
        }
    }

    private static void insertUntilStopped(MariaDbServer server, AtomicBoolean stopping) {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            while (true) {
                statement.execute("INSERT INTO test.t (v) VALUES (1), (2)");
            }
        } catch (SQLException e) {
            if (!stopping.get()) {
                throw new IllegalStateException("an insert failed before the server was told to stop", e);
            }
        }
    }
}
