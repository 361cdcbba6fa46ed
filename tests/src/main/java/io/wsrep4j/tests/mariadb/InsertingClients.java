package io.wsrep4j.tests.mariadb;

import io.wsrep4j.tests.process.Await;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that insert rows one by one, each on some server that takes it, and that remember every row whose commit was acknowledged. A client
 * whose server refuses it or goes away turns to the next one, as an application with a list of servers does. Thread-safe.
 */
public final class InsertingClients implements AutoCloseable {

    /** Where the rows go: client, number, and a text that both determine. */
    public static final String TABLE = "test.acknowledged";

    private static final int DEADLOCK = 1213;
    private static final long REST_NANOS = Duration.ofMillis(2).toNanos();

    private final List<MariaDbServer> servers;
    private final List<BitSet> acknowledged = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean stopping;

    private InsertingClients(List<MariaDbServer> servers) {
        this.servers = List.copyOf(servers);
    }

    /** Makes the table on the first server and lets so many clients begin, spread over the servers. */
    public static InsertingClients start(List<MariaDbServer> servers, int clients) throws SQLException {
        servers.get(0)
                .execute(
                        "DROP TABLE IF EXISTS " + TABLE,
                        "CREATE TABLE " + TABLE
                                + " (client INT, number INT, content VARCHAR(60), PRIMARY KEY (client, number))");
        InsertingClients inserting = new InsertingClients(servers);
        for (int i = 0; i < clients; i++) {
            int client = i;
            BitSet rows = new BitSet();
            inserting.acknowledged.add(rows);
            Thread thread = new Thread(() -> inserting.insert(client, rows), "inserting client " + client);
            thread.setDaemon(true);
            inserting.threads.add(thread);
        }
        inserting.threads.forEach(Thread::start);
        return inserting;
    }

    private void insert(int client, BitSet rows) {
        int number = 0;
        for (int place = client; !stopping; place++) {
            try (Connection connection = servers.get(place % servers.size()).connect();
                    Statement statement = connection.createStatement()) {
                while (!stopping) {
                    insertOne(statement, client, ++number, rows);
                    LockSupport.parkNanos(REST_NANOS);
                }
            } catch (SQLException refusedOrGone) {
                LockSupport.parkNanos(REST_NANOS * 10);
            }
        }
    }

    private void insertOne(Statement statement, int client, int number, BitSet rows) throws SQLException {
        try {
            statement.execute("INSERT INTO " + TABLE + " (client, number, content) VALUES (" + client + ", " + number
                    + ", 'row " + number + " of client " + client + "')");
            synchronized (rows) {
                rows.set(number);
            }
            count.incrementAndGet();
        } catch (SQLException e) {
            if (e.getErrorCode() != DEADLOCK) {
                throw e;
            }
        }
    }

    /** Waits until so many more rows are acknowledged. */
    public void awaitMore(int rows, Duration timeout) {
        int before = count.get();
        Await.until(
                rows + " more rows", timeout, () -> count.get() - before >= rows, () -> count.get() - before + " came");
    }

    /** How many rows are acknowledged so far. */
    public int acknowledgedRows() {
        return count.get();
    }

    /** Ends the clients; what they have begun is finished. */
    public void stop() {
        stopping = true;
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
    }

    /** The acknowledged rows that a server does not have, at most a few of them, as text. */
    public List<String> missingOn(MariaDbServer server) throws SQLException {
        List<String> missing = new ArrayList<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            for (int client = 0; client < acknowledged.size() && missing.size() < 10; client++) {
                BitSet lost = new BitSet();
                synchronized (acknowledged.get(client)) {
                    lost.or(acknowledged.get(client));
                }
                try (ResultSet rows = statement.executeQuery("SELECT number FROM " + TABLE + " WHERE client = " + client
                        + " AND content = CONCAT('row ', number, ' of client ', client)")) {
                    while (rows.next()) {
                        lost.clear(rows.getInt(1));
                    }
                }
                if (!lost.isEmpty()) {
                    missing.add(lost.cardinality() + " of client " + client + ", the first " + lost.nextSetBit(0));
                }
            }
        }
        return missing;
    }

    @Override
    public void close() {
        stopping = true;
    }
}
