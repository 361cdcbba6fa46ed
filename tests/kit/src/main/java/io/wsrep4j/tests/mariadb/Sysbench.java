package io.wsrep4j.tests.mariadb;

import io.wsrep4j.tests.process.Command;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Debian's sysbench against one server or several, over their sockets; several share the threads evenly. */
public final class Sysbench {

    private static final Pattern TRANSACTIONS = Pattern.compile("transactions:\\s+\\d+\\s+\\(([0-9.]+) per sec");
    private static final Pattern PERCENTILE_95 = Pattern.compile("95th percentile:\\s+([0-9.]+)");
    private static final Pattern ERRORS = Pattern.compile("ignored errors:\\s+(\\d+)");

    private final List<MariaDbServer> servers;
    private final int tables;
    private final int rows;

    public Sysbench(MariaDbServer server, int tables, int rows) {
        this(List.of(server), tables, rows);
    }

    public Sysbench(List<MariaDbServer> servers, int tables, int rows) {
        this.servers = List.copyOf(servers);
        this.tables = tables;
        this.rows = rows;
    }

    /**
     * What a run came to.
     *
     * @param transactionsPerSecond throughput
     * @param percentile95Millis latency
     * @param ignoredErrors deadlocks and such, which sysbench retries
     */
    public record Result(double transactionsPerSecond, double percentile95Millis, long ignoredErrors) {}

    /** Makes the tables. */
    public void prepare(String workload) throws IOException {
        execute(workload, 1, 0, "prepare");
    }

    /** Drops the tables. */
    public void cleanUp(String workload) throws IOException {
        execute(workload, 1, 0, "cleanup");
    }

    /** Inserts so many rows, each a transaction. */
    public void insert(int threads, int rows) throws IOException {
        execute("oltp_insert", threads, 0, "run", "--events=" + rows);
    }

    /** Runs a workload; fails if sysbench fails. */
    public Result run(String workload, int threads, int seconds) throws IOException {
        String output = execute(workload, threads, seconds, "run");
        return new Result(number(TRANSACTIONS, output), number(PERCENTILE_95, output), (long) number(ERRORS, output));
    }

    private String execute(String workload, int threads, int seconds, String command, String... more)
            throws IOException {
        List<String> line = new ArrayList<>(List.of(
                "sysbench",
                workload,
                "--db-driver=mysql",
                "--mysql-socket="
                        + servers.stream()
                                .map(server -> server.socket().toString())
                                .collect(Collectors.joining(",")),
                "--mysql-user=root",
                "--mysql-db=test",
                "--tables=" + tables,
                "--table-size=" + rows,
                "--threads=" + threads,
                "--time=" + seconds,
                "--rand-type=uniform",
                command));
        line.addAll(List.of(more));
        return Command.run(line);
    }

    private static double number(Pattern pattern, String output) throws IOException {
        Matcher matcher = pattern.matcher(output);
        if (!matcher.find()) {
            throw new IOException("no " + pattern + " in the output of sysbench:\n" + output);
        }
        return Double.parseDouble(matcher.group(1));
    }
}
