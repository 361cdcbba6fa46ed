package io.wsrep4j.tests.mariadb;

import io.wsrep4j.kit.Await;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that insert row after row, go on after every error, and remember which rows were acknowledged to them: those must be on every node
 * afterwards, whatever has happened meanwhile. Thread-safe.
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
    private static final Duration USUAL_PACE = Duration.ofNanos(500_000);
    private static final long AFTER_ERROR_NANOS = 20_000_000;
    private static final int DEADLOCK = 1213;
    private static final int SHOWN = 20;

    private final String table;
    private final long paceNanos;
    private final Map<String, Client> clients = new LinkedHashMap<>();
    private volatile boolean ended;

    /** The thread writes, others read. */
    private static final class Client {
        private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
        private final Map<Integer, String> errors = new ConcurrentHashMap<>();
        private volatile long longestWaitNanos;
        private volatile Throwable failure;
        private Thread thread;

        @Override
        public String toString() {
            return acknowledged.size() + " rows, errors " + errors + (failure == null ? "" : ", ended by " + failure);
        }
    }

    private AcknowledgedInserts(String table, Duration pace) {
        this.table = table;
        this.paceNanos = pace.toNanos();
    }

    /**
     * A client on each of these servers that stays with it; it has the server's name. The table (client, row, content) is made through the first, if
     * it is not there.
     */
    public static AcknowledgedInserts into(String table, List<MariaDbServer> servers) throws SQLException {
        return into(table, servers, USUAL_PACE);
    }

    /** As above; each client rests for {@code pace} after each row. */
    public static AcknowledgedInserts into(String table, List<MariaDbServer> servers, Duration pace)
            throws SQLException {
        AcknowledgedInserts load = new AcknowledgedInserts(table, pace);
        load.makeTable(servers);
        for (MariaDbServer server : servers) {
            load.start(server.name(), List.of(server), 0);
        }
        return load;
    }

    /**
     * So many clients, spread over these servers: one whose server refuses it or goes away turns to the next one, as an application with a list of
     * servers does. The table is made as by {@link #into}.
     */
    public static AcknowledgedInserts wandering(String table, List<MariaDbServer> servers, int clients)
            throws SQLException {
        AcknowledgedInserts load = new AcknowledgedInserts(table, USUAL_PACE);
        load.makeTable(servers);
        for (int i = 0; i < clients; i++) {
            load.start("client " + i, servers, i);
        }
        return load;
    }

    private void makeTable(List<MariaDbServer> servers) throws SQLException {
        servers.get(0)
                .execute("CREATE TABLE IF NOT EXISTS " + table
                        + " (client VARCHAR(20), row INT, content VARCHAR(60), PRIMARY KEY (client, row))");
        for (MariaDbServer server : servers) {
            Await.until(
                    table + " is on " + server.name(),
                    PATIENCE,
                    () -> server.queryOne("SELECT COUNT(*) FROM " + table) != null);
        }
    }

    private void start(String name, List<MariaDbServer> servers, int first) {
        Client client = new Client();
        client.thread = new Thread(() -> insert(name, client, servers, first), "inserts of " + name);
        client.thread.setDaemon(true);
        client.thread.setUncaughtExceptionHandler((thread, failure) -> client.failure = failure);
        clients.put(name, client);
        client.thread.start();
    }

    private void insert(String name, Client client, List<MariaDbServer> servers, int first) {
        int row = 0;
        for (int place = first; !ended; place++) {
            try (Connection connection = servers.get(place % servers.size()).connect();
                    Statement statement = connection.createStatement()) {
                while (!ended) {
                    insertOne(statement, name, client, ++row);
                    LockSupport.parkNanos(paceNanos);
                }
            } catch (SQLException e) {
                // not acknowledged: the row may be there or not
                client.errors.put(e.getErrorCode(), String.valueOf(e.getMessage()));
                LockSupport.parkNanos(AFTER_ERROR_NANOS);
            }
        }
    }

    private void insertOne(Statement statement, String name, Client client, int row) throws SQLException {
        long begun = System.nanoTime();
        try {
            statement.execute("INSERT INTO " + table + " (client, row, content) VALUES ('" + name + "', " + row
                    + ", 'row " + row + " of " + name + "')");
        } catch (SQLException e) {
            if (e.getErrorCode() != DEADLOCK) {
                throw e;
            }
            // rolled back; the connection is as good as before
            client.errors.put(e.getErrorCode(), String.valueOf(e.getMessage()));
            return;
        }
        client.longestWaitNanos = Math.max(client.longestWaitNanos, System.nanoTime() - begun);
        client.acknowledged.add(row);
    }

    /** Waits until the client of this server, where it stays, has more rows acknowledged than it had when this was called. */
    public void awaitProgress(MariaDbServer server) {
        Client client = clients.get(server.name());
        int rows = client.acknowledged.size() + 20;
        Await.until(
                "clients of " + server.name() + " go on",
                PATIENCE,
                () -> client.acknowledged.size() > rows,
                client::toString);
    }

    /** Waits until so many more rows are acknowledged to all clients together. */
    public void awaitMore(int rows) {
        int before = acknowledged();
        Await.until(
                rows + " more rows",
                PATIENCE,
                () -> acknowledged() - before >= rows,
                () -> acknowledged() - before + " came: " + clients);
    }

    private int acknowledged() {
        return clients.values().stream()
                .mapToInt(client -> client.acknowledged.size())
                .sum();
    }

    /** The longest time that one insert, which was acknowledged in the end, took. */
    public Duration longestWait(MariaDbServer server) {
        return Duration.ofNanos(clients.get(server.name()).longestWaitNanos);
    }

    /** The last message of each error code that the client of this server got. */
    public Map<Integer, String> errors(MariaDbServer server) {
        return clients.get(server.name()).errors;
    }

    /** The codes of all errors that any client got, and the last message of each. */
    public Map<Integer, String> errors() {
        Map<Integer, String> all = new TreeMap<>();
        clients.values().forEach(client -> all.putAll(client.errors));
        return all;
    }

    /**
     * Ends the clients, and fails unless all nodes that run are synced then, have the same rows, and among them all that were acknowledged. What one
     * node alone has says nothing before that: rows that others acknowledged may still be in its receive queue.
     */
    public void endWithNothingLost(Cluster cluster) throws SQLException {
        end();
        cluster.awaitSynced();
        cluster.awaitAlike(
                "SELECT CONCAT(COUNT(*), ' rows, ', COALESCE(SUM(CRC32(CONCAT_WS(',', client, row, content))), 0)) FROM "
                        + table);
        for (MariaDbServer server : cluster.running()) {
            List<String> lost = lostOn(server);
            if (!lost.isEmpty()) {
                throw new AssertionError(lost.size() + " rows were acknowledged and are not on " + server.name() + ": "
                        + lost.subList(0, Math.min(SHOWN, lost.size())));
            }
        }
    }

    private void end() {
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
            if (client.failure != null) {
                throw new AssertionError(client.thread.getName() + " ended by themselves", client.failure);
            }
        }
    }

    private List<String> lostOn(MariaDbServer server) throws SQLException {
        Set<String> there = new HashSet<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT content FROM " + table
                        + " WHERE content = CONCAT('row ', row, ' of ', client) ORDER BY client, row")) {
            while (rows.next()) {
                there.add(rows.getString(1));
            }
        }
        List<String> lost = new ArrayList<>();
        clients.forEach((name, client) -> client.acknowledged.stream()
                .sorted()
                .map(row -> "row " + row + " of " + name)
                .filter(row -> !there.contains(row))
                .forEach(lost::add));
        return lost;
    }

    /** Ends the clients without waiting for them. */
    @Override
    public void close() {
        ended = true;
    }
}
