package io.wsrep4j.tests.cluster;

import io.wsrep4j.tests.mariadb.MariaDbServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Clients on several servers that move money between the same few accounts, so that most of their transactions conflict. A deadlock error is what a
 * loser gets; any other error ends the load and fails the test. The sum of all balances never changes.
 */
final class MoneyTransfers implements AutoCloseable {

    private static final int DEADLOCK = 1213;
    private static final int CLIENTS_PER_SERVER = 2;
    private static final int ACCOUNTS = 20;
    private static final int BALANCE = 1000;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<Tally>> clients = new ArrayList<>();
    private final String table;
    private volatile boolean ended;

    /** What one client saw. */
    record Tally(long committed, long deadlocks) {}

    private MoneyTransfers(String table) {
        this.table = table;
    }

    /** Creates the accounts through the first server and begins on all. */
    static MoneyTransfers between(String table, List<MariaDbServer> servers) throws SQLException {
        servers.get(0)
                .execute(
                        "CREATE TABLE " + table + " (id INT PRIMARY KEY, balance BIGINT)",
                        "INSERT INTO " + table + " SELECT seq, " + BALANCE + " FROM seq_1_to_" + ACCOUNTS);
        MoneyTransfers transfers = new MoneyTransfers(table);
        for (MariaDbServer server : servers) {
            for (int i = 0; i < CLIENTS_PER_SERVER; i++) {
                Random random = new Random(transfers.clients.size());
                transfers.clients.add(transfers.threads.submit(() -> transfers.run(server, random)));
            }
        }
        return transfers;
    }

    private Tally run(MariaDbServer server, Random random) throws SQLException {
        long committed = 0;
        long deadlocks = 0;
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            // this node may not have applied the table's creation yet
            statement.execute("SET SESSION wsrep_sync_wait = 15");
            while (!ended) {
                try {
                    statement.execute("BEGIN");
                    move(statement, "-", random);
                    move(statement, "+", random);
                    statement.execute("COMMIT");
                    committed++;
                } catch (SQLException e) {
                    if (e.getErrorCode() != DEADLOCK) {
                        throw new SQLException(
                                "on " + server.name() + ": " + e.getErrorCode() + " " + e.getMessage(), e);
                    }
                    deadlocks++;
                    statement.execute("ROLLBACK");
                }
            }
        }
        return new Tally(committed, deadlocks);
    }

    private void move(Statement statement, String sign, Random random) throws SQLException {
        int account = 1 + random.nextInt(ACCOUNTS);
        statement.execute("UPDATE " + table + " SET balance = balance " + sign + " 1 WHERE id = " + account);
    }

    /** Ends the clients and gives what each saw; fails if one got another error than a deadlock. */
    List<Tally> end() throws ExecutionException, InterruptedException {
        ended = true;
        List<Tally> tallies = new ArrayList<>();
        for (Future<Tally> client : clients) {
            tallies.add(client.get());
        }
        return tallies;
    }

    /** The query for the sum of all balances. */
    String total() {
        return "SELECT SUM(balance) FROM " + table;
    }

    /** What {@link #total} answers. */
    static String expectedTotal() {
        return Integer.toString(ACCOUNTS * BALANCE);
    }

    @Override
    public void close() {
        ended = true;
        threads.shutdownNow();
    }
}
