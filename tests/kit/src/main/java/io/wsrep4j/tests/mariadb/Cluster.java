package io.wsrep4j.tests.mariadb;

import io.wsrep4j.kit.Await;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** Servers that are, or were, one cluster. {@link #close} ends and removes them all. Not thread-safe. */
public final class Cluster implements AutoCloseable {

    /** A deadline for what takes moments: there to end a hang, not to judge speed. */
    public static final Duration SOON = Duration.ofSeconds(120);

    private final List<MariaDbServer> servers = new ArrayList<>();

    /** Starts the first as a new cluster, lets the others join one after the other, and waits until all are synced. */
    public static Cluster form(MariaDbServer... servers) throws IOException {
        Cluster cluster = new Cluster();
        cluster.servers.addAll(List.of(servers));
        boolean formed = false;
        try {
            servers[0].bootstrap();
            for (int i = 1; i < servers.length; i++) {
                servers[i].join(servers[0]);
            }
            cluster.awaitSynced();
            formed = true;
            return cluster;
        } finally {
            if (!formed) {
                cluster.close();
            }
        }
    }

    /** The server of this place, from 0 on. */
    public MariaDbServer node(int place) {
        return servers.get(place);
    }

    /**
     * Those that run.
     *
     * @throws AssertionError if one has ended and nobody wanted that
     */
    public List<MariaDbServer> running() {
        return servers.stream().filter(MariaDbServer::isRunning).toList();
    }

    /** Takes one more server into account; it need not run. */
    public MariaDbServer add(MariaDbServer server) {
        servers.add(server);
        return server;
    }

    /** Waits until all that run are synced, and are the whole cluster. */
    public void awaitSynced() {
        awaitSynced(running());
    }

    /** Demands that all of its servers run, and waits until they are synced. */
    public void awaitAllSynced() {
        if (running().size() != servers.size()) {
            throw new AssertionError(running().size() + " of " + servers.size() + " servers run");
        }
        awaitSynced();
    }

    /** Waits until these are synced, and are the whole cluster. */
    public static void awaitSynced(List<MariaDbServer> members) {
        for (MariaDbServer member : members) {
            member.awaitStatus("wsrep_cluster_size", Integer.toString(members.size()), SOON);
            member.awaitStatus("wsrep_cluster_status", "Primary", SOON);
            member.awaitStatus("wsrep_local_state_comment", "Synced", SOON);
            member.awaitStatus("wsrep_ready", "ON", SOON);
        }
    }

    /** Waits until a query answers the same on all that run, and gives the answer. */
    public String awaitAlike(String query) {
        List<MariaDbServer> members = running();
        Await.until(
                "all answer '" + query + "' alike",
                SOON,
                () -> answers(members, query).distinct().count() == 1,
                () -> answers(members, query).toList().toString());
        return answers(members, query).findFirst().orElseThrow();
    }

    /** Waits until a query gives this answer on all that run. */
    public void awaitEverywhere(String query, String answer) {
        List<MariaDbServer> members = running();
        Await.until(
                "all answer '" + query + "' with " + answer,
                SOON,
                () -> answers(members, query).allMatch(answer::equals),
                () -> answers(members, query).toList().toString());
    }

    /** Waits until CHECKSUM TABLE gives the same for each of these tables on all that run; a table that does not exist is an error. */
    public void awaitSameChecksums(String... tables) {
        for (String table : tables) {
            awaitAlike("SELECT COUNT(*) FROM " + table);
        }
        List<MariaDbServer> members = running();
        Await.until(
                "all have the same checksums of " + List.of(tables),
                SOON,
                () -> checksums(members, tables).distinct().count() == 1,
                () -> checksums(members, tables).toList().toString());
    }

    private static Stream<String> checksums(List<MariaDbServer> members, String... tables) {
        return members.stream().map(member -> {
            member.demandRunning();
            try (Connection connection = member.connect();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("CHECKSUM TABLE " + String.join(", ", tables))) {
                StringBuilder checksums = new StringBuilder();
                while (rows.next()) {
                    // null for a table that could not be read; the nodes' names make such answers differ
                    checksums
                            .append(rows.getString(2) == null ? member.name() : rows.getLong(2))
                            .append(' ');
                }
                return checksums.toString();
            } catch (SQLException e) {
                return member.name() + ": " + e.getMessage();
            }
        });
    }

    private static Stream<String> answers(List<MariaDbServer> members, String query) {
        return members.stream().map(member -> {
            member.demandRunning();
            try {
                return String.valueOf(member.queryOne(query));
            } catch (SQLException e) {
                return member.name() + ": " + e.getMessage();
            }
        });
    }

    /**
     * Ends and removes them all.
     *
     * @throws AssertionError if one had ended and nobody wanted that; all are removed nevertheless
     */
    @Override
    public void close() throws IOException {
        close(servers.iterator());
    }

    @SuppressWarnings("try") // a resource, so that all are closed whatever one of them throws
    private static void close(Iterator<MariaDbServer> rest) throws IOException {
        if (rest.hasNext()) {
            try (MariaDbServer server = rest.next()) {
                close(rest);
            }
        }
    }
}
