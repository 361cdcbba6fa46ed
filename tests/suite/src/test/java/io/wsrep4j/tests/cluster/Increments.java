package io.wsrep4j.tests.cluster;

import io.wsrep4j.tests.mariadb.Cluster;
import io.wsrep4j.tests.mariadb.MariaDbServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that add one to a few counters, wandering to the next server when one refuses or goes away. All change the same rows, so an update that
 * overwrites one it has not seen shows: a counter may in the end be no lower than the additions that were acknowledged, and no higher than these and
 * those of unknown outcome. Thread-safe.
 */
final class Increments implements AutoCloseable {

    private static final int COUNTERS = 4;
    private static final int DEADLOCK = 1213;
    private static final long PACE_NANOS = 500_000;
    private static final long AFTER_ERROR_NANOS = 20_000_000;

    private final String table;
    private final AtomicIntegerArray acknowledged = new AtomicIntegerArray(COUNTERS);
    private final AtomicIntegerArray unknown = new AtomicIntegerArray(COUNTERS);
    /** By counter and the value that an addition made: where and when it was acknowledged. */
    private final Map<List<Long>, String> made = new ConcurrentHashMap<>();

    private final Queue<String> defects = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean ended;

    private Increments(String table) {
        this.table = table;
    }

    /** Makes the counters through the first server and begins with so many clients. */
    static Increments of(String table, List<MariaDbServer> servers, int clients) throws SQLException {
        servers.get(0)
                .execute(
                        "CREATE TABLE " + table + " (id INT PRIMARY KEY, value INT)",
                        "INSERT INTO " + table + " SELECT seq, 0 FROM seq_0_to_" + (COUNTERS - 1));
        Increments increments = new Increments(table);
        for (int i = 0; i < clients; i++) {
            int first = i;
            Thread thread = new Thread(() -> increments.run(servers, first), "increments " + i);
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler(
                    (ended, e) -> increments.defects.add(ended.getName() + " ended by " + e));
            increments.threads.add(thread);
            thread.start();
        }
        return increments;
    }

    private void run(List<MariaDbServer> servers, int first) {
        int turn = first;
        for (int place = first; !ended; place++) {
            MariaDbServer server = servers.get(place % servers.size());
            try (Connection connection = server.connect();
                    Statement statement = connection.createStatement()) {
                while (!ended) {
                    add(server, statement, turn++ % COUNTERS);
                    LockSupport.parkNanos(PACE_NANOS);
                }
            } catch (SQLException refusedOrGone) {
                LockSupport.parkNanos(AFTER_ERROR_NANOS);
            }
        }
    }

    private void add(MariaDbServer server, Statement statement, int counter) throws SQLException {
        try {
            // no rows: the node has not applied yet what made them
            if (statement.executeUpdate(
                            "UPDATE " + table + " SET value = LAST_INSERT_ID(value + 1) WHERE id = " + counter,
                            Statement.RETURN_GENERATED_KEYS)
                    == 1) {
                acknowledged.incrementAndGet(counter);
                note(server, counter, statement);
            }
        } catch (SQLException e) {
            if (e.getErrorCode() != DEADLOCK) {
                unknown.incrementAndGet(counter);
                throw e;
            }
        }
    }

    private void note(MariaDbServer server, long counter, Statement statement) throws SQLException {
        try (ResultSet value = statement.getGeneratedKeys()) {
            if (!value.next()) {
                throw new IllegalStateException("an addition on " + server.name() + " does not tell its value");
            }
            String here = server.name() + " at " + LocalTime.now();
            String there = made.putIfAbsent(List.of(counter, value.getLong(1)), here);
            if (there != null) {
                defects.add("an update overwrote another: counter " + counter + " was made " + value.getLong(1) + " by "
                        + there + " and by " + here);
            }
        }
    }

    /** Ends the clients, and fails unless all nodes that run have the same counters then, each within its bounds. */
    void endWithNoneLost(Cluster cluster) throws SQLException {
        ended = true;
        for (Thread thread : threads) {
            try {
                thread.join(Cluster.SOON.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            if (thread.isAlive()) {
                throw new AssertionError(thread.getName() + " hangs");
            }
        }
        if (!defects.isEmpty()) {
            throw new AssertionError(String.join("; ", defects));
        }
        cluster.awaitSynced();
        cluster.awaitSameChecksums(table);
        try (Connection connection = cluster.running().get(0).connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, value FROM " + table + " ORDER BY id")) {
            for (int counter = 0; counter < COUNTERS; counter++) {
                if (!rows.next() || rows.getInt(1) != counter) {
                    throw new AssertionError("counter " + counter + " is not there");
                }
                int least = acknowledged.get(counter);
                int most = least + unknown.get(counter);
                if (rows.getInt(2) < least || rows.getInt(2) > most) {
                    throw new AssertionError("counter " + counter + " is " + rows.getInt(2) + ", acknowledged were "
                            + least + " additions, with those of unknown outcome " + most);
                }
            }
        }
    }

    /** How many additions were acknowledged so far. */
    int acknowledged() {
        int sum = 0;
        for (int counter = 0; counter < COUNTERS; counter++) {
            sum += acknowledged.get(counter);
        }
        return sum;
    }

    @Override
    public void close() {
        ended = true;
    }
}
