package io.wsrep4j.tests.benchmarks.cluster;

import io.wsrep4j.kit.Await;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Three servers with one kind of provider; the first is bootstrapped, the others join it when they are told to. Used by one thread. */
final class Trio implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final List<MariaDbServer> servers = new ArrayList<>();

    Trio(String name, Path provider, String providerOptions, String... arguments) throws IOException {
        for (int i = 1; i <= 3; i++) {
            servers.add(MariaDbServer.named(name + i)
                    .provider(provider)
                    .providerOptions(providerOptions)
                    .arguments(arguments)
                    .create());
        }
        first().bootstrap();
    }

    /** The server that was bootstrapped. */
    MariaDbServer first() {
        return servers.get(0);
    }

    MariaDbServer second() {
        return servers.get(1);
    }

    MariaDbServer third() {
        return servers.get(2);
    }

    List<MariaDbServer> servers() {
        return servers;
    }

    /** Starts a server as a member and waits until it is synced; nanoseconds from its start. */
    long join(MariaDbServer joiner) throws IOException {
        long start = System.nanoTime();
        joiner.join(first());
        joiner.awaitStatus("wsrep_local_state", "4", PATIENCE);
        return System.nanoTime() - start;
    }

    /** Waits until every running server has committed what the first has. */
    void settle() throws SQLException {
        String last = first().status("wsrep_last_committed");
        for (MariaDbServer server : servers) {
            if (server.isRunning()) {
                Await.until(
                        server.name() + " has committed " + last,
                        PATIENCE,
                        () -> Long.parseLong(server.status("wsrep_last_committed")) >= Long.parseLong(last));
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (MariaDbServer server : servers) {
            server.close();
        }
    }
}
