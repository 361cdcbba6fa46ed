package io.wsrep4j.tests.mariadb;

import io.wsrep4j.tests.process.Await;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A client on each of some servers that inserts row after row, goes on after every error, and remembers which rows were acknowledged to it: those
 * must be on every node afterwards, whatever has happened meanwhile. Thread-safe.
 *
 * <pre>{@code
 * try (AcknowledgedInserts load = AcknowledgedInserts.into("test.load", cluster.running())) {
 *     load.awaitProgress(server);
 *     ...
 *     load.endWithNothingLost(cluster);
 * }
 * }</pre>
 */
public final class AcknowledgedInserts implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final long PACE_NANOS = 500_000;
    private static final long AFTER_ERROR_NANOS = 20_000_000;

    private final String table;
    private final Map<String, Client> clients = new TreeMap<>();
    private volatile boolean ended;

    /** One server's client. The thread writes, others read. */
    private static final class Client {
        private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
        private final Map<Integer, String> errors = new ConcurrentHashMap<>();
        private volatile long longestWaitNanos;
        private Thread thread;
    }

    private AcknowledgedInserts(String table) {
        this.table = table;
    }

    /** Creates the table through the first server, if it is not there, and begins to insert on all. */
    public static AcknowledgedInserts into(String table, List<MariaDbServer> servers) throws SQLException {
        servers.get(0)
                .execute("CREATE TABLE IF NOT EXISTS " + table
                        + " (client VARCHAR(20), row INT, PRIMARY KEY (client, row))");
        for (MariaDbServer server : servers) {
            Await.until(
                    table + " is on " + server.name(),
                    PATIENCE,
                    () -> server.queryOne("SELECT COUNT(*) FROM " + table) != null);
        }
        AcknowledgedInserts load = new AcknowledgedInserts(table);
        for (MariaDbServer server : servers) {
            Client client = new Client();
            client.thread = new Thread(() -> load.insert(server, client), "inserts-on-" + server.name());
            client.thread.setDaemon(true);
            load.clients.put(server.name(), client);
        }
        load.clients.values().forEach(client -> client.thread.start());
        return load;
    }

    private void insert(MariaDbServer server, Client client) {
        int row = 0;
        while (!ended) {
            try (Connection connection = server.connect();
                    Statement statement = connection.createStatement()) {
                while (!ended) {
                    row++;
                    long begun = System.nanoTime();
                    statement.execute(
                            "INSERT INTO " + table + " (client, row) VALUES ('" + server.name() + "', " + row + ")");
                    client.longestWaitNanos = Math.max(client.longestWaitNanos, System.nanoTime() - begun);
                    client.acknowledged.add(row);
                    LockSupport.parkNanos(PACE_NANOS);
                }
            } catch (SQLException e) {
                // not acknowledged: the row may be there or not
                client.errors.put(e.getErrorCode(), e.getMessage());
                LockSupport.parkNanos(AFTER_ERROR_NANOS);
            }
        }
    }

    /** Waits until this server acknowledges more rows than it had when this was called. */
    public void awaitProgress(MariaDbServer server) {
        Client client = clients.get(server.name());
        int rows = client.acknowledged.size() + 20;
        Await.until(
                "clients of " + server.name() + " go on",
                PATIENCE,
                () -> client.acknowledged.size() > rows,
                () -> client.acknowledged.size() + " rows, errors " + client.errors);
    }

    /** The longest time that one insert, which was acknowledged in the end, took. */
    public Duration longestWait(MariaDbServer server) {
        return Duration.ofNanos(clients.get(server.name()).longestWaitNanos);
    }

    /** The last message of each error code that a client of this server got. */
    public Map<Integer, String> errors(MariaDbServer server) {
        return clients.get(server.name()).errors;
    }

    /** Ends the clients; returns when the last statement has returned. */
    public void end() {
        ended = true;
        for (Client client : clients.values()) {
            try {
                client.thread.join(PATIENCE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            if (client.thread.isAlive()) {
                throw new AssertionError(client.thread.getName() + ": a statement has not returned within " + PATIENCE);
            }
        }
    }

    /** The query of all that was inserted, for {@link Cluster#awaitAlike}. */
    public String contents() {
        return "SELECT CONCAT(COUNT(*), ' ', COALESCE(SUM(CRC32(CONCAT(client, row))), 0)) FROM " + table;
    }

    /** The rows that were acknowledged and are not there: to be asked when the clients have ended. */
    public List<String> lostOn(MariaDbServer server) throws SQLException {
        Set<String> there = new HashSet<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT client, row FROM " + table)) {
            while (rows.next()) {
                there.add(rows.getString(1) + " " + rows.getInt(2));
            }
        }
        List<String> lost = new ArrayList<>();
        clients.forEach((name, client) -> client.acknowledged.forEach(row -> {
            if (!there.contains(name + " " + row)) {
                lost.add(name + " " + row);
            }
        }));
        return lost;
    }

    /** Ends the clients, and fails unless all nodes that run are synced then, are alike, and have all that was acknowledged. */
    public void endWithNothingLost(Cluster cluster) throws SQLException {
        end();
        cluster.awaitSynced();
        cluster.awaitAlike(contents());
        for (MariaDbServer server : cluster.running()) {
            List<String> lost = lostOn(server);
            if (!lost.isEmpty()) {
                throw new AssertionError("lost on " + server.name() + ": " + lost);
            }
        }
    }

    /** Ends the clients without waiting for them. */
    @Override
    public void close() {
        ended = true;
    }
}
